"""The agreement states every convention of a loan, in both languages."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from amortization import (
    BusinessDays,
    DayCount,
    DeferredInterest,
    FirstPeriod,
    Frequency,
    Method,
    MonthEnd,
    Remainder,
)
from kernel import Rate, Rounding
from marketplace import reckoning as words
from marketplace.reckoning import reckoning
from origination import (
    STEPS,
    Early,
    Handling,
    InterestBasis,
    PayoffInterest,
    Processing,
    Terms,
    load_products,
)

TERMS = load_products()[0].terms


@pytest.fixture
def backend() -> str:
    return "sqlite"


def said(app: Flask, *, locale: str = "en", handling: Handling | None = None, **how: Any) -> str:
    terms: Terms = replace(
        TERMS,
        conventions=replace(TERMS.conventions, **how),
        handling=handling or TERMS.handling,
    )
    with app.test_request_context(), force_locale(locale):
        return " ".join(reckoning(terms))


def test_the_ordinary_product_is_told_in_full(app: Flask) -> None:
    text = said(app)

    assert "All installments are equal" in text
    assert "Installments fall due every month." in text
    assert "an equal part of the year" in text
    assert "Interest is rounded half up to $0.01, installments up to $0.01." in text
    assert "interest past due, principal past due, interest due" in text
    assert "so paying early costs less" in text


def test_it_is_told_in_chinese(app: Flask) -> None:
    text = said(app, locale="zh")

    assert "等额本息" in text
    assert "逾期利息、逾期本金、当期利息" in text


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"frequency": Frequency.WEEKLY, "every": 2}, "every 2th counts"),
        ({"due_day": 31, "month_end": MonthEnd.FIRST_DAY_OF_NEXT_MONTH}, "is the 31. Where a"),
        ({"business_days": BusinessDays.FOLLOWING, "calendar": "US"}, "are those of US"),
        ({"day_count": DayCount.THIRTY_E_360_ISDA}, "30E/360 (ISDA)"),
        ({"first_period": FirstPeriod.BROKEN_SPREAD}, "spread over all installments"),
        ({"installment_rounding": Rounding.DOWN, "installment_unit": 100}, "down to $1.00"),
        ({"remainder": Remainder.FIRST}, "The first installment takes"),
        ({"principal_grace": 3}, "The first 3 installments ask for no principal."),
        (
            {"interest_grace": 1, "deferred_interest": DeferredInterest.CAPITALIZED},
            "added to the principal",
        ),
        ({"interest_free": 2}, "The first 2 installments cost no interest."),
        ({"down_payment": Rate.percent(20)}, "20.00% is paid down"),
        ({"method": Method.BULLET}, "paid once, at the end"),
        ({"method": Method.FLAT}, "flat interest"),
    ],
)
def test_whatever_is_not_usual_is_told(app: Flask, how: dict[str, Any], says: str) -> None:
    assert says in said(app, **how)


def test_how_payments_are_handled_is_told(app: Flask) -> None:
    handling = Handling(
        interest=InterestBasis.SCHEDULED,
        payoff_interest=PayoffInterest.WHOLE,
        processing=Processing.HORIZONTAL,
        early=(("extra", Early.LOWER),),
    )

    text = said(app, handling=handling)

    assert "Interest is that of the schedule" in text
    assert "owes the interest of the whole term" in text
    assert "What is paid beyond the installments: it makes the installments to come smaller" in text
    assert "the oldest is paid whole before the next" in text


def test_there_are_words_for_everything_that_a_product_may_choose() -> None:
    assert set(words.METHODS) == set(Method)
    assert set(words.FREQUENCIES) == set(Frequency)
    assert set(words.DAY_COUNTS) == set(DayCount) - {DayCount.EQUAL_PERIODS}
    assert set(words.ROUNDINGS) == set(Rounding)
    assert set(words.REMAINDERS) == set(Remainder)
    assert set(words.WORKING_DAYS) == set(BusinessDays) - {BusinessDays.UNADJUSTED}
    assert set(words.FIRST_PERIODS) == set(FirstPeriod)
    assert set(words.EARLY) == set(Early)
    assert set(words.STEPS) == set(STEPS)
