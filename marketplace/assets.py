"""Static files: served by WhiteNoise, named by their content, kept by browsers for a year."""

import hashlib
from functools import cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise

from marketplace.headers import ALWAYS

ROOT = Path(__file__).parents[1] / "static"
A_YEAR = 31536000


def init_assets(app: Flask) -> None:
    """Serve `static/` in front of the application and let templates name its files."""
    app.jinja_env.globals["asset"] = asset
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(ROOT),
        prefix="static/",
        autorefresh=app.debug,
        allow_all_origins=False,
        max_age=A_YEAR,
        immutable_file_test=lambda path, url: True,  # noqa: ARG005 - every URL carries its hash
        add_headers_function=_add_headers,
    )


@cache
def asset(path: str) -> str:
    """Return the URL of a file under `static/`, with the hash of its content."""
    digest = hashlib.sha256((ROOT / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def _add_headers(headers: Headers, path: str, url: str) -> None:
    del path, url
    for name, value in ALWAYS.items():
        headers.add_header(name, value)
