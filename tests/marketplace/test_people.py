import pytest
from flask import Flask
from werkzeug.exceptions import Forbidden

from marketplace.people import requires, safe_next
from tests.support.web import Visitor


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/a\\..\\b",
        "javascript:alert(1)",
        "account",
        "/\n/elsewhere.example",
        "/\t/elsewhere.example",
    ],
)
def test_a_redirect_never_leaves_the_site(target: str | None) -> None:
    assert safe_next(target, otherwise="/home") == "/home"


def test_a_path_of_the_site_is_followed() -> None:
    assert safe_next("/loans/?sort=-rate", otherwise="/") == "/loans/?sort=-rate"


def test_a_guest_is_asked_to_sign_in_and_brought_back(visitor: Visitor) -> None:
    asked = visitor.get("/account?tab=devices")
    page = visitor.get(asked.headers["Location"])
    answer = visitor.post(
        "/sign-in",
        email="bob@tessera.example",
        password="correct horse battery",
        next="/account?tab=devices",
    )

    assert asked.status_code == 303
    assert 'name="next" value="/account?tab=devices"' in page.text
    assert answer.headers["Location"] == "/account?tab=devices"


def test_a_link_from_elsewhere_does_not_lead_there_after_signing_in(visitor: Visitor) -> None:
    answer = visitor.post(
        "/sign-in",
        email="bob@tessera.example",
        password="correct horse battery",
        next="https://elsewhere.example/",
    )

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/")


def test_htmx_is_led_to_the_whole_page(visitor: Visitor) -> None:
    answer = visitor.get("/account", **{"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in"


def test_a_page_opens_for_its_roles_only(app: Flask, bob: Visitor) -> None:
    @requires("operator")
    def desk() -> str:
        return "the desk"

    @requires("lender", "operator")
    def market() -> str:
        return "the market"

    cookie = bob.client.get_cookie("tessera")
    assert cookie is not None
    with app.test_request_context(headers={"Cookie": f"tessera={cookie.value}"}):
        assert market() == "the market"
        with pytest.raises(Forbidden):
            desk()
