"""Unit-periods: the interval at which a credit pays, and how many of it lie between two days.

US Regulation Z, 12 CFR Part 1026, Appendix J, paragraphs (b)(3) to (b)(5). All months are equal.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Self

from amortization.months import Months

_YEAR = 12
_YEAR_DAYS = 365
_MONTH_DAYS = 30
_WEEK_DAYS = 7
_WEEKS = 52


@dataclass(frozen=True, slots=True)
class UnitPeriod:
    """An interval of so many days or so many months.

    Attributes:
        days: its size, a month taken as thirty days.
        months: its months, one half for a semimonth, zero for an interval of days.
        per_year: how many make a year.
    """

    days: int
    months: Fraction
    per_year: Fraction

    @classmethod
    def of_months(cls, months: int | Fraction) -> Self:
        """Return the interval of so many months, of which twelve make a year."""
        return cls(int(_MONTH_DAYS * months), Fraction(months), Fraction(_YEAR) / months)

    @classmethod
    def of_days(cls, days: int) -> Self:
        """Return the interval of so many days: 365 make a year, or 52 whole weeks."""
        year = _YEAR_DAYS if days % _WEEK_DAYS else _WEEKS * _WEEK_DAYS
        return cls(days, Fraction(0), Fraction(year, days))

    def count(self, begin: date, end: date, months: Months) -> tuple[int, Fraction]:
        """Return how many lie between two days, and the part of one before the first of them."""
        if self.months == 0:
            return _divided((end - begin).days, self.days)
        whole, rest = months.between(begin, end)
        if self.months == 1:
            return whole, Fraction(rest, _MONTH_DAYS)
        if self.months < _YEAR:
            return _divided(_MONTH_DAYS * whole + rest, self.days)
        years, left = divmod(whole, _YEAR)
        if rest == 0:
            return years, Fraction(left, _YEAR)
        return years, Fraction((months.back(end, _YEAR * years) - begin).days, _YEAR_DAYS)


def unit_of_term(begin: date, end: date) -> UnitPeriod:
    """Return the unit-period of one advance and one payment: the term, but at most a year."""
    months, rest = Months.along(begin, [end]).between(begin, end)
    if months >= _YEAR:
        return UnitPeriod.of_months(_YEAR)
    if rest == 0:
        return UnitPeriod.of_months(months)
    term = (end - begin).days
    return UnitPeriod(term, Fraction(0), Fraction(_YEAR_DAYS, term))


def common_unit(advances: Sequence[date], payments: Sequence[date]) -> UnitPeriod:
    """Return the period that occurs most often, the smaller of equals; else the average one.

    Args:
        advances: the days of advances, ascending; the first begins the credit.
        payments: the days of payments, ascending.
    """
    series = [sorted({advances[0], *payments}), sorted(set(advances))]
    found = Counter(unit for days in series for unit in _periods(days))
    common = [unit for unit, times in found.items() if times > 1 and unit.per_year >= 1]
    if common:
        return min(common, key=lambda unit: (-found[unit], unit.days))
    return _nearest([(end - begin).days for days in series for begin, end in pairwise(days)])


def _periods(days: list[date]) -> Iterator[UnitPeriod]:
    """Name each period: months where it is whole ones, else days; and semimonths besides."""
    months = Months.along(days[0], days[1:] or days)
    halves: set[date] = set()
    for begin, end in pairwise(days):
        whole, rest = months.between(begin, end)
        yield UnitPeriod.of_days((end - begin).days) if rest else UnitPeriod.of_months(whole)
    for begin, middle, end in zip(days, days[1:], days[2:], strict=False):
        if months.between(begin, end) == (1, 0):
            halves |= {begin, middle}
    yield from [UnitPeriod.of_months(Fraction(1, 2))] * len(halves)


def _nearest(lengths: list[int]) -> UnitPeriod:
    """Return the standard interval nearest to the average, the lower of two equally near."""
    average = Fraction(sum(lengths), len(lengths))
    months = [UnitPeriod.of_months(count) for count in (Fraction(1, 2), *range(1, _YEAR + 1))]
    weeks = [UnitPeriod.of_days(_WEEK_DAYS * count) for count in range(1, _WEEKS + 1)]
    standard = [UnitPeriod.of_days(1), *weeks, *months]
    return min(standard, key=lambda unit: (abs(unit.days - average), unit.days))


def _divided(days: int, by: int) -> tuple[int, Fraction]:
    whole, rest = divmod(days, by)
    return whole, Fraction(rest, by)
