import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from kernel import Currency, Refused
from marketplace.fields import Key, MoneyField, Text
from marketplace.forms import Form, FormSchema, any_refused
from tests.support.web import Visitor


class TooMuch(Refused):
    """Only {left} is left."""


class Order(FormSchema):
    name = Text(missing="Enter your name.")
    amount = MoneyField(Currency.USD)
    key = Key(required=False)


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def request_(app: Flask) -> object:
    with app.test_request_context():
        yield


def filled(**sent: str) -> Form:
    form = Form(Order())
    form.load(MultiDict(sent))
    return form


def test_a_form_gives_typed_values() -> None:
    form = filled(name="Bob", amount="$1,000", csrf_token="x")

    assert form.status == 200
    assert (form.values["name"], form.values["amount"].minor) == ("Bob", 100000)


def test_a_refused_form_keeps_what_was_typed() -> None:
    form = filled(name="  ", amount="a lot")

    assert form.status == 422
    assert form.value("amount") == "a lot"
    assert [name for name, _ in form.errors] == ["name", "amount"]
    assert form.error("name") == "Enter your name."
    assert any_refused()


def test_a_field_that_nobody_asked_for_is_refused() -> None:
    form = filled(name="Bob", amount="5", role="operator")

    assert form.errors == [("_form", "This form does not take “role”.")]


def test_a_refusal_of_the_business_stands_at_its_field() -> None:
    form = filled(name="Bob", amount="5")

    with form.catching(too_much="amount"):
        raise TooMuch(left="nothing")

    assert form.errors == [("amount", "Only nothing is left.")]


def test_any_other_refusal_concerns_the_whole_form() -> None:
    form = filled(name="Bob", amount="5")

    with form.catching():
        raise TooMuch(left="nothing")

    assert form.errors == [("_form", "Only nothing is left.")]


def test_a_programming_error_is_not_caught() -> None:
    form = filled(name="Bob", amount="5")

    with pytest.raises(ZeroDivisionError), form.catching():
        raise ZeroDivisionError


def test_the_key_stays_the_same_while_a_form_is_mended() -> None:
    fresh = Form(Order())
    key = fresh.key

    assert fresh.key == key
    assert filled(key=key).key == key
    assert Form(Order()).key != key


def test_a_refused_page_says_so_three_times(visitor: Visitor) -> None:
    page = visitor.post("/sign-in", email="bob@", password="x").text

    assert "<title>Error: Sign in" in page
    assert 'role="alert"' in page
    assert '<a href="#f-email">Enter an e-mail address' in page
    assert 'aria-invalid="true" aria-describedby="f-email-error' in page
    assert 'value="bob@"' in page


def test_a_page_that_is_fine_says_nothing(visitor: Visitor) -> None:
    page = visitor.get("/sign-in").text

    assert "<title>Sign in" in page
    assert "aria-invalid" not in page
