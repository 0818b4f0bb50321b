"""The pages of the demo bank, as a part of the site: a newcomer pays where they are.

The bank itself is a program of its own, which `make run` starts; both read the same file.
"""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

PLACE = "/demo-bank"


def init_demo_bank(app: Flask) -> None:
    """Show the bank's pages below one path, where the settings name its file."""
    file = app.config["DEMO_BANK"]
    if not file:
        return
    import simulator  # noqa: PLC0415 - only a demo has a use for it

    pages = simulator.create_app(
        store=simulator.Store(Path(file)), public_url=PLACE, control_api=False
    )
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {PLACE: pages})  # type: ignore[method-assign]
