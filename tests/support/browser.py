"""A real browser on a real server; every page is watched while a journey walks through it.

`site` serves the application over the test's own database, and `visit(...)` opens a page in a fresh
browser context. What a page must never do - break the content-security policy, complain on the
console, ask another host, scroll sideways - fails the test at its end.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)
from werkzeug.serving import make_server

from app import create_app
from marketplace.db import db
from tools import browser as chromium

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]

# Runs before anything of the page does, and survives every navigation.
WATCH = """
addEventListener('securitypolicyviolation', event =>
  tesseraTrouble(`policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`));
addEventListener('load', () => setTimeout(() => {
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth)
    tesseraTrouble(`layout: ${page.scrollWidth} px wide in a window of ${page.clientWidth}`);
}));
"""

# Whatever the page had still to say is said when this returns.
REST = "new Promise(done => setTimeout(done))"


@dataclass(frozen=True)
class Site:
    """A running application."""

    url: str
    app: Flask


class Visit(Protocol):
    """Opens a page of the site, as a person with these preferences sees it."""

    def __call__(
        self, path: str = "/", *, locale: str = "en-US", width: int = 1280, dark: bool = False
    ) -> Page:
        """Open the page at `path`."""
        ...


@pytest.fixture
def settings() -> dict[str, Any]:
    """Return what a module's site is set to beyond the ordinary; modules override it."""
    return {}


@pytest.fixture
def site(database: str, tmp_path: Path, settings: dict[str, Any]) -> Iterator[Site]:
    ordinary = {
        "DATABASE_URL": database,
        "DEMO": True,
        "INSTANCE": tmp_path,
        "MAILER": "memory",
        "PASSWORD_PROFILE": "cheapest",
    }
    app = create_app(ordinary | settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", app)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium.find()
    if program is None:
        pytest.fail("no Chromium: `make test` gets one, or says how to", pytrace=False)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=ARGUMENTS)


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    troubles: list[str] = []

    def tell(trouble: str) -> None:
        troubles.append(trouble)

    with ExitStack() as stack:

        def open_page(
            path: str = "/", *, locale: str = "en-US", width: int = 1280, dark: bool = False
        ) -> Page:
            context = browser.new_context(
                base_url=site.url,
                locale=locale,
                viewport={"width": width, "height": 900},
                color_scheme="dark" if dark else "light",
            )
            stack.callback(context.close)
            page = _watched(context, site.url, tell)
            stack.callback(page.evaluate, REST)
            page.goto(path)
            return page

        yield open_page
    assert not troubles, "\n".join(troubles)


def _watched(context: BrowserContext, home: str, tell: Callable[[str], None]) -> Page:
    def look(request: Request) -> None:
        if not request.url.startswith((home, "data:", "blob:")):
            tell(f"network: asked {request.url}")

    context.expose_function("tesseraTrouble", tell)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.on("request", look)
    page.on("pageerror", lambda error: tell(f"script: {error}"))
    page.on("console", lambda word: tell(f"console: {word.text}") if is_trouble(word) else None)
    return page


def is_trouble(word: ConsoleMessage) -> bool:
    """Say whether the console complains, other than of a page that was refused on purpose."""
    refused = "status of 4" in word.text and word.page and word.location["url"] == word.page.url
    return word.type == "error" and not refused
