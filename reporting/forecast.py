"""What loans will pay if everybody pays on time, for thousands of loans at once. Pure.

Loans that stand at the beginning of a period and repay in equal installments over equal months are
counted in columns; the few others one by one, by the function that bills them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from amortization import DayCount, Frequency, Method
from kernel import Rate, Rounding
from servicing import Plan, State, forecast

Column: TypeAlias = NDArray[np.int64]

_YEAR = 12
_ONE = Rate.percent(100).e8


@dataclass(frozen=True, slots=True)
class Due:
    """What one loan will ask for in one month.

    Attributes:
        loan: the place of the loan in the list.
        month: the months since the year zero.
        principal: minor units.
        interest: minor units.
    """

    loan: Column
    month: Column
    principal: Column
    interest: Column


def dues(loans: Sequence[tuple[Plan, State]], *, on: date) -> Due:
    """Return every amount that the loans will ask for; what is overdue counts in the month of `on`.

    Amounts are those of the whole loan.
    """
    regular = [place for place, loan in enumerate(loans) if is_regular(*loan)]
    rest = sorted(set(range(len(loans))) - set(regular))
    rows = [
        *_open_bills(loans, regular, on=on),
        *(row for place in rest for row in _one(place, *loans[place], on=on)),
    ]
    parts = [_due(rows)]
    for rounding in Rounding:
        places = [at for at in regular if _rounding(loans[at][0]) is rounding]
        parts += _periods(loans, np.array(places, dtype=np.int64), rounding) if places else []
    return Due(*(np.concatenate([getattr(part, name) for part in parts]) for name in Due.__slots__))


def is_regular(plan: Plan, state: State) -> bool:
    """Say whether a loan can be counted in columns: whole equal periods, nothing accrued."""
    rules = plan.contract.conventions
    plain = (rules.method, rules.day_count, rules.frequency, rules.compounding_per_year) == (
        Method.EQUAL_INSTALLMENT,
        DayCount.EQUAL_PERIODS,
        Frequency.MONTHLY,
        None,
    )
    begins = plan.contract.timetable.due(state.number - 1)
    untouched = state.accrues_from == begins and not state.accrued and not state.remainder
    # Overdue principal bears interest; a loan that has some is counted day by day.
    paid_up = not state.bills or state.as_of <= state.accrues_from
    return plain and rules.period_rate_decimals is None and untouched and paid_up


def month(day: date) -> int:
    """Return the months from the year zero to the month of a day."""
    return day.year * _YEAR + day.month - 1


def first_day(month: int) -> date:
    """Return the first day of a month that is counted from the year zero."""
    return date(month // _YEAR, month % _YEAR + 1, 1)


Row: TypeAlias = tuple[int, int, int, int]


def _rounding(plan: Plan) -> Rounding:
    return plan.contract.conventions.interest_rounding


def _open_bills(
    loans: Sequence[tuple[Plan, State]], places: Iterable[int], *, on: date
) -> list[Row]:
    """Return what has been asked for and is not paid."""
    return [
        (place, month(max(bill.due_on, on)), bill.principal, bill.interest)
        for place in places
        for bill in loans[place][1].bills
    ]


def _one(place: int, plan: Plan, state: State, *, on: date) -> list[Row]:
    """Count one loan by the function that bills it."""
    asked = _open_bills([(plan, state)], [0], on=on)
    later = forecast(state, plan=plan)
    rows = [
        *((when, principal, interest) for _, when, principal, interest in asked),
        *((month(bill.due_on), bill.principal, bill.interest) for bill in later),
    ]
    return [(place, *row) for row in rows]


def _periods(loans: Sequence[tuple[Plan, State]], places: Column, rounding: Rounding) -> list[Due]:
    """Walk all regular loans through their periods together, period by period."""
    plans, states = zip(*(loans[place] for place in places), strict=True)
    balance = _column(state.unbilled for state in states)
    rate = _column(plan.contract.rate.e8 for plan in plans)
    level = _column(state.installment for state in states)
    left = _column(p.last - s.number + 1 for p, s in zip(plans, states, strict=True))
    begins = _column(month(p.due(s.number)) for p, s in zip(plans, states, strict=True))
    parts = []
    for step in range(int(left.max())):
        interest = _rounded(balance * rate, _YEAR * _ONE, rounding)
        principal = np.clip(level - interest, 0, balance)
        principal[left == step + 1] = balance[left == step + 1]
        alive = balance > 0
        parts.append(Due(places[alive], begins[alive] + step, principal[alive], interest[alive]))
        balance = balance - principal
    return parts


def _column(numbers: Iterable[int]) -> Column:
    return np.fromiter(numbers, dtype=np.int64)


def _rounded(top: Column, bottom: int, rounding: Rounding) -> Column:
    """Divide numbers that are not negative, and round."""
    whole, rest = top // bottom, top % bottom
    up = {
        Rounding.DOWN: rest < 0,
        Rounding.UP: rest > 0,
        Rounding.HALF_UP: 2 * rest >= bottom,
        Rounding.HALF_EVEN: (2 * rest > bottom) | ((2 * rest == bottom) & (whole % 2 == 1)),
    }
    return np.asarray(whole + up[rounding], dtype=np.int64)


def _due(rows: list[Row]) -> Due:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Due(*columns)
