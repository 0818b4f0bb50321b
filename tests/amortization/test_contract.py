"""A contract refuses terms that no schedule can follow, and says which."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from amortization import (
    Advance,
    DatedRate,
    Frequency,
    Method,
    MonthEnd,
    RateChange,
    UnusableTerms,
    schedule,
)
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
        {"dated_rates": (DatedRate(date(2024, 1, 14), Rate.percent(5)),)},
        {"dated_rates": (DatedRate(date(2027, 1, 15), Rate.percent(5)),)},
        {
            "dated_rates": tuple(
                DatedRate(date(2024, month, 1), Rate.percent(5)) for month in (3, 2)
            )
        },
        {"advances": (Advance(date(2024, 2, 1), usd("0")),)},
        {"due_days": (date(2024, 2, 1),)},
        {"due_days": (*(date(2025, 1, day) for day in range(1, 30)), *[date(2026, 1, 1)] * 7)},
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


def test_grace_ends_before_the_loan_does() -> None:
    with pytest.raises(UnusableTerms, match="principal_grace"):
        contract(installments=3, conventions=replace(PLAIN, principal_grace=3))


def test_flat_interest_is_settled_for_the_whole_term() -> None:
    flat = replace(PLAIN, method=Method.FLAT)

    with pytest.raises(UnusableTerms, match="method"):
        contract(conventions=flat, advances=(Advance(date(2024, 3, 1), usd("5")),))


def test_a_down_payment_belongs_to_one_payout() -> None:
    rules = replace(PLAIN, down_payment=Rate.percent(10))

    with pytest.raises(UnusableTerms, match="advances"):
        contract(conventions=rules, advances=(Advance(date(2024, 3, 1), usd("5")),))


@pytest.mark.parametrize(
    ("start", "more", "days"),
    [
        (date(2022, 10, 17), {"due_day": 1}, ["2022-11-01", "2022-12-01", "2023-01-01"]),
        (date(2022, 10, 17), {"due_day": 31}, ["2022-10-31", "2022-11-30", "2022-12-31"]),
        (
            date(2022, 10, 17),
            {"due_day": 20, "first_period_days": 10},
            ["2022-11-20", "2022-12-20", "2023-01-20"],
        ),
        (
            date(2022, 10, 17),
            {"due_day": 1, "frequency": Frequency.QUARTERLY},
            ["2022-12-01", "2023-03-01", "2023-06-01"],
        ),
        (
            date(2022, 10, 17),
            {"due_day": 5, "frequency": Frequency.SEMIMONTHLY},
            ["2022-10-20", "2022-11-05", "2022-11-20"],
        ),
        (date(2024, 4, 30), {"keep_month_end": True}, ["2024-05-31", "2024-06-30", "2024-07-31"]),
        (date(2024, 4, 30), {}, ["2024-05-30", "2024-06-30", "2024-07-30"]),
        (
            date(2025, 1, 31),
            {"month_end": MonthEnd.FIRST_DAY_OF_NEXT_MONTH},
            ["2025-03-01", "2025-03-31", "2025-05-01"],
        ),
        (
            date(2025, 1, 1),
            {"frequency": Frequency.DAILY, "every": 15},
            ["2025-01-16", "2025-01-31", "2025-02-15"],
        ),
        (date(2024, 1, 31), {"every": 2}, ["2024-03-31", "2024-05-31", "2024-07-31"]),
    ],
    ids=str,
)
def test_due_days_are_data(start: date, more: dict[str, Any], days: list[str]) -> None:
    signed = contract(installments=3, start=start, conventions=replace(PLAIN, **more))

    assert [day.isoformat() for day in signed.due_dates()] == days
    assert replace(signed, first_due=signed.timetable.first_due).due_dates() == signed.due_dates()


def test_a_first_due_day_of_its_own_may_leave_the_day_of_the_product() -> None:
    rules = replace(PLAIN, due_day=5)

    signed = contract(installments=2, first_due=date(2024, 2, 10), conventions=rules)

    assert signed.due_dates() == [date(2024, 2, 10), date(2024, 3, 10)]


def test_a_first_due_day_at_the_end_of_a_month_keeps_to_ends() -> None:
    rules = replace(PLAIN, keep_month_end=True)

    signed = contract(installments=2, first_due=date(2024, 2, 29), conventions=rules)

    assert signed.due_dates() == [date(2024, 2, 29), date(2024, 3, 31)]


def test_a_schedule_adds_up_to_its_totals() -> None:
    promised = schedule(contract("1000.00", "12", 3))

    amounts = [row.amount.minor for row in promised.rows]

    assert promised.total.minor == sum(amounts)
    assert promised.total_interest == usd("20.07")
    assert promised.maturity == date(2024, 4, 15)
