"""Due days move to working days of real calendars, as the product says."""

from dataclasses import replace
from datetime import date

import pytest

from amortization import BusinessDays, DayCount, Method, UnusableTerms, schedule
from amortization.businessdays import adjusted, check_calendar
from tests.amortization.builders import PLAIN, contract, usd


@pytest.mark.parametrize(
    ("rule", "due", "moved"),
    [
        (BusinessDays.UNADJUSTED, date(2025, 8, 31), date(2025, 8, 31)),
        (BusinessDays.FOLLOWING, date(2025, 8, 29), date(2025, 8, 29)),
        (BusinessDays.FOLLOWING, date(2025, 8, 31), date(2025, 9, 2)),
        (BusinessDays.MODIFIED_FOLLOWING, date(2025, 8, 31), date(2025, 8, 29)),
        (BusinessDays.MODIFIED_FOLLOWING, date(2025, 9, 1), date(2025, 9, 2)),
        (BusinessDays.PRECEDING, date(2025, 6, 1), date(2025, 5, 30)),
        (BusinessDays.MODIFIED_PRECEDING, date(2025, 6, 1), date(2025, 6, 2)),
        (BusinessDays.MODIFIED_PRECEDING, date(2025, 6, 8), date(2025, 6, 6)),
    ],
)
def test_a_due_day_moves_as_its_rule_says(rule: BusinessDays, due: date, moved: date) -> None:
    """1 September 2025 is Labor Day; both ends of that August fall on a weekend."""
    assert adjusted(due, rule, calendar="US") == moved


@pytest.mark.parametrize(
    ("calendar", "due", "moved"),
    [
        ("CN", date(2025, 10, 1), date(2025, 10, 9)),
        ("CN", date(2025, 9, 28), date(2025, 9, 28)),
        ("US-CA", date(2025, 3, 31), date(2025, 4, 1)),
        ("ECB", date(2025, 4, 18), date(2025, 4, 22)),
    ],
    ids=["national day", "a Sunday worked instead", "César Chávez Day", "Good Friday"],
)
def test_calendars_are_those_that_are_published(calendar: str, due: date, moved: date) -> None:
    assert adjusted(due, BusinessDays.FOLLOWING, calendar=calendar) == moved


@pytest.mark.parametrize("calendar", ["Atlantis", "US-XX", ""])
def test_an_unknown_calendar_is_refused(calendar: str) -> None:
    with pytest.raises(UnusableTerms, match="calendar"):
        check_calendar(calendar)


def test_interest_stays_with_the_agreed_day_or_moves_along() -> None:
    stays = replace(
        PLAIN,
        method=Method.INTEREST_FIRST,
        day_count=DayCount.ACT_360,
        business_days=BusinessDays.FOLLOWING,
        calendar="US",
    )
    moves = replace(stays, interest_follows_date=True)
    start = date(2025, 7, 31)

    agreed = schedule(contract("3600", "10", 2, start=start, conventions=stays))
    moved = schedule(contract("3600", "10", 2, start=start, conventions=moves))

    assert [row.due_on for row in agreed.rows] == [date(2025, 9, 2), date(2025, 9, 30)]
    assert [row.due_on for row in moved.rows] == [date(2025, 9, 2), date(2025, 9, 30)]
    assert [row.interest for row in agreed.rows] == [usd("31"), usd("30")]
    assert [row.interest for row in moved.rows] == [usd("33"), usd("28")]


def test_days_that_were_fixed_when_the_loan_was_booked_stay() -> None:
    rules = replace(PLAIN, business_days=BusinessDays.FOLLOWING, calendar="US")
    signed = contract("1000", "12", 2, start=date(2025, 7, 31), conventions=rules)
    fixed = replace(signed, due_days=(date(2025, 9, 3), date(2025, 10, 1)))

    assert [row.due_on for row in schedule(fixed).rows] == [date(2025, 9, 3), date(2025, 10, 1)]
    assert [row.amount for row in schedule(fixed).rows] == [
        row.amount for row in schedule(signed).rows
    ]


def test_a_first_due_day_that_would_turn_back_to_the_start_is_passed_over() -> None:
    """The 1st of June 2025 is a Sunday, and the Friday before it the day of the payout."""
    rules = replace(PLAIN, due_day=1, business_days=BusinessDays.PRECEDING, calendar="US")

    signed = contract(installments=2, start=date(2025, 5, 30), conventions=rules)

    assert signed.due_dates() == [date(2025, 7, 1), date(2025, 8, 1)]
