"""How often a contract pays, and the days on which it does."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from kernel import add_months

_HALF_MONTH = 15


class Frequency(StrEnum):
    """How often an installment falls due."""

    DAILY = "daily"
    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    SEMIMONTHLY = "semimonthly"
    MONTHLY = "monthly"
    BIMONTHLY = "bimonthly"
    QUARTERLY = "quarterly"
    SEMIANNUAL = "semiannual"
    ANNUAL = "annual"

    @property
    def periods_per_year(self) -> int:
        """How many whole periods make a year."""
        return _PER_YEAR[self]


class MonthEnd(StrEnum):
    """Where a due day goes in a month that is too short for it."""

    LAST_DAY = "last_day"
    FIRST_DAY_OF_NEXT_MONTH = "first_day_of_next_month"


_PER_YEAR = {
    Frequency.DAILY: 365,
    Frequency.WEEKLY: 52,
    Frequency.BIWEEKLY: 26,
    Frequency.SEMIMONTHLY: 24,
    Frequency.MONTHLY: 12,
    Frequency.BIMONTHLY: 6,
    Frequency.QUARTERLY: 4,
    Frequency.SEMIANNUAL: 2,
    Frequency.ANNUAL: 1,
}
_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.BIWEEKLY: 14}


@dataclass(frozen=True, slots=True)
class Timetable:
    """The endless row of due days of which a contract uses some; number 1 is its first.

    Attributes:
        first_due: the day with number 1.
        frequency: how far the days lie apart.
        anchor: the day of the month to aim at, so that 31 January, 28 February, 31 March stay on
            the 31st.
        every: how many of these intervals lie between due days; 2 with MONTHLY is every two months.
        month_end: where the anchor goes in a month that lacks it.
    """

    first_due: date
    frequency: Frequency
    anchor: int
    every: int = 1
    month_end: MonthEnd = MonthEnd.LAST_DAY

    def due(self, number: int) -> date:
        """Return the due day with this number; zero and negative numbers go back from the first."""
        steps = (number - 1) * self.every
        if self.frequency in _DAYS:
            return self.first_due + timedelta(days=_DAYS[self.frequency] * steps)
        if self.frequency is Frequency.SEMIMONTHLY:
            return self._half_months(steps)
        months = 12 // self.frequency.periods_per_year
        return self._in_month(months * steps, self.anchor)

    def periods(self, start: date, end: date) -> Fraction:
        """Count the periods between two days: whole ones, and parts by days over the period's."""
        return self._place(end) - self._place(start)

    def _half_months(self, steps: int) -> date:
        """Pay twice a month: on a day of its first half and fifteen days later."""
        early = self.anchor if self.anchor <= _HALF_MONTH else self.anchor - _HALF_MONTH
        begins_late = self.first_due.day > early
        months, half = divmod(steps + begins_late, 2)
        return self._in_month(months, early + _HALF_MONTH * half)

    def _in_month(self, months: int, anchor: int) -> date:
        """Return the due day so many months after the month to which the first belongs."""
        if self.month_end is MonthEnd.LAST_DAY:
            return add_months(self.first_due, months, anchor=anchor)
        rolled = self.first_due.day == 1 and self.anchor > 1
        nominal = self.first_due - timedelta(days=1) if rolled else self.first_due
        day = add_months(nominal, months, anchor=anchor)
        return day if day.day == anchor else day + timedelta(days=1)

    def _place(self, day: date) -> Fraction:
        number = self._number_before(day)
        since, until = self.due(number), self.due(number + 1)
        return number + Fraction((day - since).days, (until - since).days)

    def _number_before(self, day: date) -> int:
        """Find the last due day that is not after `day`: guess by the average, then walk."""
        yearly = self.frequency.periods_per_year
        number = 1 + (day - self.first_due).days * yearly // (365 * self.every)
        while self.due(number) > day:
            number -= 1
        while self.due(number + 1) <= day:
            number += 1
        return number
