"""Every route of the application, tried by everybody: the list is the URL map itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, BaseConverter, IntegerConverter, UUIDConverter
from werkzeug.test import TestResponse

from marketplace.models import Role
from tests.support.web import Visitor, settle, shell

CAST = {"guest": None, "alice": Role.BORROWER, "bob": Role.LENDER, "olga": Role.OPERATOR}
SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    with shell(database, tmp_path) as app:
        for name, role in CAST.items():
            if role is not None:
                settle(app, name, role)
        yield app


def test_every_view_says_for_whom_it_is(app: Flask) -> None:
    silent = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if not isinstance(getattr(view, "allows", None), frozenset)
    ]

    assert not silent, f"Say @public or @requires(...) above these views: {silent}"


@pytest.mark.parametrize("name", CAST)
def test_every_route_opens_for_those_it_is_for_and_for_nobody_else(app: Flask, name: str) -> None:
    visitor = Visitor(app)
    if CAST[name] is not None:
        visitor.sign_in(name)

    faults = [
        f"{method} {path} answers {answer.status_code} {answer.location or ''} to {name}"
        for rule, method, path in routes(app)
        if (answer := tried(visitor, method, path)) and verdict(answer) != due(app, rule, name)
    ]

    assert not faults, "\n".join(faults)


def test_no_unsafe_route_answers_without_the_token_of_a_page(app: Flask) -> None:
    faults = []
    for name, role in CAST.items():
        visitor = Visitor(app)
        if role is not None:
            visitor.sign_in(name)
        for _rule, method, path in routes(app):
            if method not in SAFE:
                bare = visitor.client.open(path, method=method, headers=visitor.headers)
                forged = visitor.client.open(path, method=method, data={"csrf_token": "forged"})
                if (bare.status_code, forged.status_code) != (400, 400):
                    faults.append(f"{method} {path} listens to {name} without a token")

    assert not faults, "\n".join(faults)


def test_the_list_of_routes_is_not_empty(app: Flask) -> None:
    paths = {path for _rule, _method, path in routes(app)}

    assert {"/wallet/", "/desk/", "/sign-in"} <= paths
    assert len(paths) > 40


def routes(app: Flask) -> list[tuple[Rule, str, str]]:
    """Return every route with a path of its form; whoever signs out does it last."""
    adapter = app.url_map.bind("tessera.example")
    found = [
        (rule, method, adapter.build(rule.endpoint, values(rule)))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda each: each[2] == "/sign-out")


def values(rule: Rule) -> dict[str, object]:
    """Return something of the right form for every part of a path."""
    return {name: example(part) for name, part in rule._converters.items()}


def example(part: BaseConverter) -> object:
    if isinstance(part, UUIDConverter):
        return UUID(int=1)
    if isinstance(part, IntegerConverter):
        return 1
    if isinstance(part, AnyConverter):
        return min(part.items)
    return "nothing"


def tried(visitor: Visitor, method: str, path: str) -> TestResponse:
    return visitor.get(path) if method == "GET" else visitor.post(path)


def verdict(answer: TestResponse) -> str:
    """Say in a word what an answer means."""
    if answer.status_code == 403:
        return "refused"
    if answer.status_code == 303 and (answer.location or "").startswith("/sign-in"):
        return "asked to sign in"
    return "let in" if answer.status_code < 500 else "broken"


def due(app: Flask, rule: Rule, name: str) -> str:
    """Say what the view's own declaration promises to somebody."""
    view: Any = app.view_functions[rule.endpoint]
    allows: frozenset[Role] = view.allows
    if not allows:
        return "let in"
    if CAST[name] is None:
        return "asked to sign in"
    return "let in" if CAST[name] in allows else "refused"
