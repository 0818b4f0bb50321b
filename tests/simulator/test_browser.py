"""A real browser, with scripts off, on the pages of the demo bank."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page
from stripe import StripeClient

from simulator import Simulator
from tests.simulator import people

TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@contextmanager
def opened(
    browser: Browser, url: str | None, *, width: int, locale: str = "en-US", dark: bool = False
) -> Iterator[Page]:
    """Open a page as somebody with these preferences sees it; it must not complain."""
    troubles: list[str] = []

    def listen(word: ConsoleMessage) -> None:
        if word.type == "error" and "status of 422" not in word.text:
            troubles.append(word.text)

    context = browser.new_context(
        locale=locale,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=False,
    )
    page = context.new_page()
    page.on("console", listen)
    page.goto(str(url))
    yield page
    wide = page.evaluate(TOO_WIDE)
    context.close()
    assert not wide, "the page scrolls sideways"
    assert not troubles, "\n".join(troubles)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_deposit_is_paid_on_the_page(
    bank: Simulator, client: StripeClient, browser: Browser, width: int
) -> None:
    session = people.session(
        client, customer=people.bob(client).id, success_url=f"{bank.url}/?paid"
    )

    with opened(browser, session.url, width=width, dark=width == 390) as page:
        page.get_by_label("Card number").fill("4000 0000 0000 0002")
        page.get_by_role("button", name="Pay $25.00 USD").click()
        assert page.get_by_role("alert").inner_text() == "Your card was declined."
        page.get_by_label("Card number").fill("4242 4242 4242 4242")
        page.get_by_role("button", name="Pay $25.00 USD").click()
        page.wait_for_url("**/?paid")

    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_a_chinese_reader_pays_from_a_bank_account(
    bank: Simulator, client: StripeClient, browser: Browser
) -> None:
    session = people.session(client, success_url=f"{bank.url}/?paid")

    with opened(browser, session.url, width=390, locale="zh-CN") as page:
        page.get_by_role("link", name="银行账户").click()
        page.get_by_label("电子邮箱").fill("bob@example.com")
        page.get_by_label("账户持有人").fill("Bob")
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="支付").click()
        assert page.get_by_role("heading").inner_text() == "处理中"

    assert client.v1.checkout.sessions.retrieve(session.id).status == "complete"


@pytest.mark.parametrize("width", [390, 1280])
def test_somebody_says_on_the_page_who_is_paid(
    bank: Simulator, client: StripeClient, browser: Browser, width: int
) -> None:
    account = client.v1.accounts.create(
        {"type": "express", "capabilities": {"transfers": {"requested": True}}}
    )
    link: Any = {"account": account.id, "type": "account_onboarding"}
    link |= {"return_url": f"{bank.url}/?back", "refresh_url": f"{bank.url}/?fresh"}
    url = client.v1.account_links.create(link).url

    with opened(browser, url, width=width) as page:
        page.get_by_label("First name").fill("Carol")
        page.get_by_label("Last name").fill("Lender")
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Submit").click()
        assert page.get_by_role("heading").inner_text() == "You can be paid"
        page.get_by_role("link", name="Back to Tessera").click()

    assert client.v1.accounts.retrieve(account.id).payouts_enabled
