"""The application as a test's own visitor meets it: with cookies, with CSRF, without a browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from marketplace import accounts, clock, passwords
from marketplace.db import atomic, db
from marketplace.models import Role

PASSWORD = "correct horse battery"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        """Start at noon."""
        self.moment = NOON

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.moment

    def move(self, **distance: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**distance)


class Visitor:
    """Somebody with a cookie jar who fills in forms."""

    def __init__(self, app: Flask, *, language: str = "en") -> None:
        """Come without cookies."""
        self.client: FlaskClient = app.test_client()
        self.headers = {"Accept-Language": language}

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, headers=self.headers | headers, buffered=True)

    def post(self, path: str, **filled: Any) -> TestResponse:
        """Send a form the way a page of the site does."""
        page = self.get("/dev/inbox").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        return self.client.post(path, data=filled | {"csrf_token": token[1]}, headers=self.headers)

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        """Sign in as one of the cast."""
        return self.post("/sign-in", email=f"{name}@tessera.example", password=password)


@contextmanager
def shell(database: str, folder: Path, **settings: Any) -> Iterator[Flask]:
    """Lend an application over this database whose clock is a `Watch`."""
    given = {
        "DATABASE_URL": database,
        "DEMO": True,
        "INSTANCE": folder,
        "MAILER": "memory",
        "PASSWORD_PROFILE": "cheapest",
        "CLOCK": Watch(),
    }
    app = create_app(given | settings)
    yield app
    with app.app_context():
        db.engine.dispose()


def settle(app: Flask, name: str, role: Role) -> None:
    """Open an account for one of the cast."""
    with app.app_context(), atomic() as session:
        accounts.register(
            session,
            email=f"{name}@tessera.example",
            name=name.capitalize(),
            password_hash=passwords.hash_password(PASSWORD),
            role=role,
            at=clock.now(),
        )
