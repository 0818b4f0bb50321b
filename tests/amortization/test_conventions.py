"""Conventions are data: stored, read back, and refused where nothing could be counted by them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from amortization import (
    BusinessDays,
    Conventions,
    DeferredInterest,
    Frequency,
    Method,
    Remainder,
    UnusableTerms,
)
from kernel import Rate
from tests.amortization.builders import CONVENTIONS, PLAIN, special_conventions


@given(rules=CONVENTIONS | special_conventions())
@settings(deadline=None)
def test_conventions_come_back_from_storage_as_they_went(rules: Conventions) -> None:
    assert Conventions.from_json(rules.to_json()) == rules


def test_an_older_record_reads_with_the_defaults_of_what_it_does_not_name() -> None:
    stored = PLAIN.to_json()
    del stored["remainder"], stored["carry_balance"]

    assert Conventions.from_json(stored) == PLAIN


def test_a_word_that_is_no_choice_is_not_read() -> None:
    with pytest.raises(ValueError, match="thirty_360"):
        Conventions.from_json({**PLAIN.to_json(), "day_count": "thirty_360"})


def test_what_is_as_usual_is_not_written_down() -> None:
    """So a product whose file did not change keeps its version when new choices come."""
    assert set(PLAIN.to_json()) == {
        "method",
        "frequency",
        "day_count",
        "interest_rounding",
        "installment_rounding",
        "installment_unit",
        "remainder",
        "installment_basis",
        "compounding_per_year",
        "period_rate_decimals",
        "carry_balance",
    }


def test_a_share_is_written_on_a_product_in_per_cent() -> None:
    read = Conventions.from_json({**PLAIN.to_json(), "down_payment": "25"})

    assert read.down_payment == Rate.percent(25)
    assert read.to_json()["down_payment"] == 25_000_000


def test_what_needs_rows_of_its_own_is_named() -> None:
    special = replace(PLAIN, method=Method.FLAT, principal_grace=2)

    assert PLAIN.beyond_billing() == ()
    assert special.beyond_billing() == ("method", "principal_grace")


@pytest.mark.parametrize(
    "wrong",
    [
        {"installment_unit": 0},
        {"compounding_per_year": 0},
        {"principal_grace": -1},
        {"every": 0},
        {"due_day": 32},
        {"due_day": 1, "frequency": Frequency.WEEKLY},
        {"frequency": Frequency.SEMIMONTHLY, "every": 2},
        {"calendar": "CN"},
        {"calendar": "Atlantis", "business_days": BusinessDays.FOLLOWING},
        {"down_payment": Rate.percent(100)},
        {"principal_grace": 1, "method": Method.BULLET},
        {
            "deferred_interest": DeferredInterest.CAPITALIZED,
            "interest_grace": 1,
            "method": Method.FLAT,
        },
        {"carry_balance": True, "remainder": Remainder.ADJUSTED},
        {"carry_installment": True},
    ],
    ids=str,
)
def test_what_cannot_be_counted_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnusableTerms, match=next(iter(wrong))):
        replace(PLAIN, **wrong)
