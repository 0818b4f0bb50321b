from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from kernel import (
    Conflict,
    Currency,
    DomainError,
    Invalid,
    Money,
    NotFound,
    Rate,
    Refused,
    Unavailable,
)
from marketplace import errors
from marketplace.accounts import TooManyAttempts
from marketplace.people import public
from tests.support.web import Visitor


class Late(Refused):
    """{amount} at {rate} was due on {day:%Y} ({on}), {count} times, as a {noun}: {status}."""


FACTS: dict[str, Any] = {
    "amount": Money(123450, Currency.USD),
    "rate": Rate.percent("12.61"),
    "day": date(2026, 11, 23),
    "on": date(2026, 11, 23),
    "count": 1234,
    "noun": "loan",
    "status": "charged_off",
}


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(what="Loan", id=1), 404),
        (Conflict(), 409),
        (Refused(), 422),
        (Invalid(field="amount", why="it is too large"), 422),
        (Unavailable(), 503),
        (TooManyAttempts(minutes=15), 422),
    ],
)
def test_every_family_has_its_page(app: Flask, error: DomainError, status: int) -> None:
    @public
    def refuse() -> str:
        raise error

    app.add_url_rule("/refuse", "refuse", refuse)
    answer = Visitor(app).get("/refuse")

    assert answer.status_code == status
    assert f">{status}<" in answer.text
    with app.test_request_context():
        assert errors.message(error) in answer.text


def test_the_facts_of_a_refusal_are_written_like_the_rest_of_the_page(app: Flask) -> None:
    with app.test_request_context():
        english = errors.message(Late(**FACTS))

    assert english == (
        "$1,234.50 at 12.61% was due on 2026 (23 Nov 2026), 1,234 times, as a loan: Charged off."
    )


def test_a_refusal_speaks_the_readers_language(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh"):
        assert errors.message(Refused()) == "规则不允许此操作。"
        assert errors.message(NotFound(what="Loan", id=7)) == "没有编号为 7 的 借款。"


def test_an_accident_is_told_without_its_inside(app: Flask) -> None:
    @public
    def fall() -> str:
        raise ZeroDivisionError

    app.add_url_rule("/fall", "fall", fall)
    answer = Visitor(app).get("/fall")

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_a_wrong_method_keeps_the_list_of_the_right_ones(visitor: Visitor) -> None:
    answer = visitor.client.get("/sign-out")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_page_that_is_not_there_leads_home(visitor: Visitor) -> None:
    answer = visitor.get("/nothing-here")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
