from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amortization import DayCount, Method
from kernel import Rounding
from reporting.forecast import Due, Lent, _one, dues, first_day, month
from servicing import Plan, State, advance
from servicing.booking import start
from servicing.owing import Parts
from servicing.paying import settle
from tests.support.plans import STARTED, conventions, plan, state_on, terms

LOOK = date(2026, 6, 20)


def rows(due: Due) -> list[tuple[int, ...]]:
    columns = (due.loan, due.month, due.principal, due.interest)
    return sorted(tuple(map(int, row)) for row in zip(*columns, strict=True))


def one_by_one(loans: list[Lent], on: date) -> list[tuple[int, ...]]:
    return sorted(row for place, loan in enumerate(loans) for row in _one(place, loan, on=on))


def lent(of: Plan, state: State) -> Lent:
    contract = of.contract
    return Lent(
        principal=contract.principal,
        rate=contract.rate,
        installments=contract.installments,
        started_on=contract.start,
        first_due_on=of.due(1),
        terms=of.terms,
        state=state,
    )


def paid_until(day: date, of: Plan) -> State:
    """Return the state of a loan whose borrower paid everything on time."""
    state = start(of)
    while state.due_on is not None and state.due_on <= day:
        state = advance(state, state.due_on, plan=of)
        state = settle(state, Parts.of(state.bills), plan=of)
    return state


lives = st.tuples(
    st.integers(500_00, 40_000_00),
    st.integers(0, 3000),
    st.sampled_from((1, 6, 12, 36, 60)),
    st.integers(0, 400),
    st.sampled_from(Rounding),
    st.booleans(),
)


def a_life(
    minor: int, points: int, installments: int, days: int, rounding: Rounding, *, pays: bool
) -> Lent:
    agreed = terms(conventions=conventions(interest_rounding=rounding))
    of = plan(
        f"{Decimal(minor) / 100:.2f}",
        rate=f"{Decimal(points) / 100:.2f}",
        installments=installments,
        agreed=agreed,
    )
    day = STARTED + timedelta(days=days)
    return lent(of, paid_until(day, of) if pays else state_on(day, of))


@settings(max_examples=60, deadline=None)
@given(st.lists(lives, min_size=1, max_size=5))
def test_columns_say_what_billing_each_loan_says(
    drawn: list[tuple[int, int, int, int, Rounding, bool]],
) -> None:
    loans = [a_life(*life[:5], pays=life[5]) for life in drawn]

    assert rows(dues(loans, on=LOOK)) == one_by_one(loans, LOOK)


def test_a_loan_on_time_is_counted_in_columns_and_a_late_one_is_not() -> None:
    of = plan()

    assert lent(of, start(of)).is_regular
    assert lent(of, paid_until(LOOK, of)).is_regular
    assert not lent(of, state_on(date(2026, 3, 20), of)).is_regular


@pytest.mark.parametrize(
    "rules",
    [
        conventions(method=Method.INTEREST_FIRST),
        conventions(day_count=DayCount.ACT_365F),
        conventions(period_rate_decimals=6),
        conventions(compounding_per_year=2),
    ],
)
def test_what_columns_do_not_know_is_billed_one_by_one(rules: object) -> None:
    of = plan(agreed=terms(conventions=rules))
    loans = [lent(of, start(of))]

    assert not loans[0].is_regular
    assert rows(dues(loans, on=STARTED)) == one_by_one(loans, STARTED)


def test_an_odd_first_period_is_billed_one_by_one_and_the_later_ones_in_columns() -> None:
    of = plan(first_due=date(2026, 3, 1))

    assert not lent(of, start(of)).is_regular
    assert lent(of, paid_until(date(2026, 3, 1), of)).is_regular


def test_month_ends_are_whole_months() -> None:
    of = plan(started=date(2026, 1, 31))

    for day in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)):
        assert lent(of, paid_until(day, of)).is_regular


def test_interest_that_has_accrued_is_billed_one_by_one() -> None:
    of = plan()
    state = replace(start(of), accrued=Decimal("1.5"))

    assert not lent(of, state).is_regular


def test_what_is_overdue_counts_in_the_month_of_the_look() -> None:
    of = plan()
    state = state_on(date(2026, 2, 20), of)

    months = dues([lent(of, state)], on=LOOK).month

    assert np.count_nonzero(months == month(LOOK)) == 2
    assert first_day(int(months.max())) == date(2027, 1, 1)
