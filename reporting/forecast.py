"""What loans will pay if everybody pays on time, for thousands of loans at once. Pure.

Loans that stand at the beginning of a period and repay in equal installments over equal months are
counted in columns; the few others one by one, by the function that bills them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from amortization import Contract, Conventions, DayCount, Frequency, Method
from kernel import Money, Rate, Rounding, add_months
from origination import Terms
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


@dataclass(frozen=True, slots=True)
class Lent:
    """A loan as far as its future goes: what was agreed, and where it stands."""

    principal: Money
    rate: Rate
    installments: int
    started_on: date
    first_due_on: date
    terms: Terms
    state: State

    @property
    def plan(self) -> Plan:
        """The agreement, in the form in which it is billed."""
        contract = Contract(
            principal=self.principal,
            rate=self.rate,
            installments=self.installments,
            start=self.started_on,
            first_due=self.first_due_on,
            conventions=self.terms.conventions,
        )
        return Plan(contract, self.terms)

    @property
    def is_regular(self) -> bool:
        """Whether it can be counted in columns: whole equal months, nothing accrued."""
        return has_equal_months(self.terms.conventions) and self._begins_a_period

    @property
    def _begins_a_period(self) -> bool:
        state = self.state
        if state.due_on is None or state.accrued or state.remainder:
            return False
        # Overdue principal bears interest; a loan that has some is counted day by day.
        paid_up = not state.bills or state.as_of <= state.accrues_from
        return paid_up and add_months(state.due_on, -1, anchor=self._anchor) == state.accrues_from

    @property
    def _anchor(self) -> int:
        """The day of the month on which installments fall due."""
        follows = add_months(self.started_on, 1) == self.first_due_on
        return self.started_on.day if follows else self.first_due_on.day


def dues(loans: Sequence[Lent], *, on: date) -> Due:
    """Return every amount that the loans will ask for; what is overdue counts in the month of `on`.

    Amounts are those of the whole loan.
    """
    regular = [place for place, loan in enumerate(loans) if loan.is_regular]
    rest = sorted(set(range(len(loans))) - set(regular))
    rows = [
        *(row for place in regular for row in _open_bills(place, loans[place].state, on=on)),
        *(row for place in rest for row in _one(place, loans[place], on=on)),
    ]
    parts = [_due(rows)]
    for rounding in Rounding:
        places = [at for at in regular if _rounding(loans[at]) is rounding]
        parts += _periods(loans, np.array(places, dtype=np.int64), rounding) if places else []
    return Due(*(np.concatenate([getattr(part, name) for part in parts]) for name in Due.__slots__))


@lru_cache(maxsize=256)
def has_equal_months(rules: Conventions) -> bool:
    """Say whether every installment is level and its interest a twelfth of the year's."""
    found = (rules.method, rules.day_count, rules.frequency, rules.compounding_per_year)
    level = (Method.EQUAL_INSTALLMENT, DayCount.EQUAL_PERIODS, Frequency.MONTHLY, None)
    plain = rules.every == 1 and rules.period_rate_decimals is None
    return found == level and plain and not rules.beyond_billing()


def month(day: date) -> int:
    """Return the months from the year zero to the month of a day."""
    return day.year * _YEAR + day.month - 1


def first_day(month: int) -> date:
    """Return the first day of a month that is counted from the year zero."""
    return date(month // _YEAR, month % _YEAR + 1, 1)


Row: TypeAlias = tuple[int, int, int, int]


def _rounding(loan: Lent) -> Rounding:
    return loan.terms.conventions.interest_rounding


def _open_bills(place: int, state: State, *, on: date) -> list[Row]:
    """Return what has been asked for and is not paid."""
    return [
        (place, month(max(bill.due_on, on)), bill.principal, bill.interest) for bill in state.bills
    ]


def _one(place: int, loan: Lent, *, on: date) -> list[Row]:
    """Count one loan by the function that bills it."""
    asked = _open_bills(place, loan.state, on=on)
    return [*asked, *((place, *row) for row in _later(loan))]


# A loan that nothing has happened to since is not simulated again when the next page asks.
@lru_cache(maxsize=2048)
def _later(loan: Lent) -> tuple[tuple[int, int, int], ...]:
    bills = forecast(loan.state, plan=loan.plan)
    return tuple((month(bill.due_on), bill.principal, bill.interest) for bill in bills)


def _periods(loans: Sequence[Lent], places: Column, rounding: Rounding) -> list[Due]:
    """Walk all regular loans through their periods together, period by period."""
    here = [loans[place] for place in places]
    balance = _column(loan.state.unbilled for loan in here)
    rate = _column(loan.rate.e8 for loan in here)
    level = _column(loan.state.installment for loan in here)
    left = _column(loan.installments - loan.state.number + 1 for loan in here)
    begins = _column(month(loan.state.due_on or loan.first_due_on) for loan in here)
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
