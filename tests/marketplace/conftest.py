"""The shell over a fresh database of each kind, with a few of the cast settled in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from marketplace.models import Role
from tests.support.web import Visitor, Watch, settle, shell


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    with shell(database, tmp_path) as app:
        settle(app, "alice", Role.BORROWER)
        settle(app, "bob", Role.LENDER)
        settle(app, "olga", Role.OPERATOR)
        yield app


@pytest.fixture
def watch(app: Flask) -> Watch:
    watch = app.config["CLOCK"]
    assert isinstance(watch, Watch)
    return watch


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def bob(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("bob")
    return visitor
