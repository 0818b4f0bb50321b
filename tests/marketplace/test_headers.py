from pathlib import Path

import pytest
from flask import Flask

from marketplace.headers import ALWAYS
from tests.support.web import Visitor, shell

SECRET = "0123456789abcdef0123456789abcdef"
EVERYWHERE = ["/", "/sign-in", "/nothing-here", "/health", "/account", "/static/css/shell.css"]


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_strict_policy(visitor: Visitor, path: str) -> None:
    headers = visitor.get(path).headers

    assert {name: headers[name] for name in ALWAYS} == ALWAYS


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = ALWAYS["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


def test_what_belongs_to_one_person_is_kept_by_no_cache(bob: Visitor) -> None:
    assert bob.get("/account").headers["Cache-Control"] == "no-store"


def test_files_are_kept_for_a_year_and_offered_to_no_other_site(visitor: Visitor) -> None:
    headers = visitor.get("/static/css/shell.css").headers

    assert "immutable" in headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in headers


def test_every_file_that_a_page_names_carries_its_hash(visitor: Visitor) -> None:
    page = visitor.get("/").text

    for part in ("css/tokens.css?v=", "js/theme.js?v=", "vendor/icons.svg?v="):
        assert f"/static/{part}" in page


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(visitor: Visitor) -> None:
    cookie = visitor.get("/sign-in").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_https_everything_is_bound_to_it(database: str, tmp_path: Path) -> None:
    with shell(database, tmp_path, HTTPS=True, DEMO=False, SECRET_KEY=SECRET) as app:
        answer = app.test_client().get("/sign-in", base_url="https://tessera.example")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-tessera=")
    assert "Secure" in cookie
    assert "Path=/" in cookie


def test_a_form_without_its_token_changes_nothing(visitor: Visitor) -> None:
    answer = visitor.client.post("/sign-in", data={"email": "bob@tessera.example"})

    assert answer.status_code == 400
    assert "This page was open for too long" in answer.text


def test_every_form_that_posts_carries_a_token(visitor: Visitor) -> None:
    for path in ("/", "/sign-in", "/register", "/dev/components"):
        page = visitor.get(path).text
        assert page.count('method="post"') == page.count('name="csrf_token"')


def test_the_demo_pages_exist_only_in_the_demo(database: str, tmp_path: Path) -> None:
    with shell(database, tmp_path, DEMO=False, SECRET_KEY=SECRET) as app:
        client = app.test_client()

        assert client.get("/dev/inbox").status_code == 404
        assert client.get("/dev/components").status_code == 404


def test_every_view_says_for_whom_it_opens(app: Flask) -> None:
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, "allows")]

    assert not silent, f"Say @public or @requires(...) at: {silent}"
