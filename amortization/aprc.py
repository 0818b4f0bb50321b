"""The annual percentage rate of charge of the European Union, an effective rate.

Directive 2008/48/EC, Annex I, and Directive 2014/17/EU, Annex I, remarks (c): a year has twelve
equal months or fifty-two weeks. Where an interval is no whole number of these, they are counted
back from its end, and the days left over are parts of the year that ends with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from amortization.cashflow import Flow, TimedFlow, balancing_rate, days_of
from amortization.months import Months
from kernel import Rate, add_months

_YEAR = 12
_WEEK_DAYS = 7
_WEEKS = 52


def annual_percentage_rate_of_charge(flows: Sequence[Flow]) -> Rate:
    """Return the effective yearly rate, which is shown with one decimal.

    Args:
        flows: every drawdown (positive) and payment (negative), the costs of the credit included.

    Raises:
        UnusableTerms: nothing is drawn down or nothing paid, or no rate makes them equal.
    """
    drawdowns, payments = days_of(flows)
    calendar = _Calendar.of(drawdowns[0], payments)
    timed = [
        TimedFlow(calendar.years(flow.on), Fraction(0), Decimal(flow.amount.minor))
        for flow in flows
    ]
    return Rate(round(balancing_rate(timed), 8))


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Counts years from the first drawdown, in steps of `step` months or, if zero, of weeks."""

    begin: date
    months: Months
    step: int

    @classmethod
    def of(cls, begin: date, payments: list[date]) -> "_Calendar":
        """Count in years, months or weeks, whichever all payments lie apart."""
        months = Months.along(begin, payments)
        apart = [months.between(*period) for period in pairwise(payments)]
        if all(rest == 0 and whole % _YEAR == 0 for whole, rest in apart):
            return cls(begin, months, _YEAR)
        weekly = all((end - day).days % _WEEK_DAYS == 0 for day, end in pairwise(payments))
        return cls(begin, months, 0 if weekly else 1)

    def years(self, day: date) -> Fraction:
        """Return the years from the beginning to `day`."""
        whole, rest = self.months.between(self.begin, day)
        if rest == 0:
            return Fraction(whole, _YEAR)
        if self.step == 0:
            weeks = (day - self.begin).days // _WEEK_DAYS
            return Fraction(weeks, _WEEKS) + self._odd(day - timedelta(weeks=weeks))
        whole -= whole % self.step
        return Fraction(whole, _YEAR) + self._odd(self.months.back(day, whole))

    def _odd(self, day: date) -> Fraction:
        """Return the days up to `day` as a part of the year that ends with it."""
        year = (day - add_months(day, -_YEAR)).days
        return Fraction((day - self.begin).days, year)
