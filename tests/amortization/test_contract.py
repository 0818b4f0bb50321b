"""A contract refuses terms that no schedule can follow, and says which."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from amortization import Method, RateChange, UnusableTerms, schedule
from kernel import Rate
from tests.amortization.builders import PLAIN, contract, usd


@pytest.mark.parametrize(
    "wrong",
    [
        {"principal": usd("0")},
        {"rate": Rate.percent(-1)},
        {"installments": 0},
        {"first_due": date(2024, 1, 15)},
        {"amortized_over": 35},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_terms_that_no_schedule_can_follow_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnusableTerms, match=next(iter(wrong))):
        replace(contract(), **wrong)


def test_a_bullet_has_one_rate_to_its_end() -> None:
    later = (RateChange(2, Rate.percent(5)),)

    with pytest.raises(UnusableTerms, match="rate_changes"):
        contract(conventions=replace(PLAIN, method=Method.BULLET), rate_changes=later)


def test_a_schedule_adds_up_to_its_totals() -> None:
    promised = schedule(contract("1000.00", "12", 3))

    amounts = [row.amount.minor for row in promised.rows]

    assert promised.total.minor == sum(amounts)
    assert promised.total_interest == usd("20.07")
    assert promised.maturity == date(2024, 4, 15)
