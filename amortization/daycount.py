"""Day counts: which part of a year lies between two days, exactly.

Intervals are half-open: the first day counts, the last does not. "30/360" has several meanings that
differ at the end of February, so each stands here under its full name. Sources: 2006 ISDA
Definitions, section 4.16 (b) to (h); for 30/360 US, the SIA Standard Securities Calculation Methods
with the end-of-month rule.
"""

from calendar import isleap
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from fractions import Fraction

from kernel import is_month_end

_FEBRUARY = 2
_THIRTY = 30


class DayCount(StrEnum):
    """How a product counts the days for which interest is owed."""

    ACT_360 = "act_360"
    ACT_365F = "act_365f"
    ACT_ACT_ISDA = "act_act_isda"
    THIRTY_360_BOND_BASIS = "thirty_360_bond_basis"
    THIRTY_360_US = "thirty_360_us"
    THIRTY_E_360 = "thirty_e_360"
    THIRTY_E_360_ISDA = "thirty_e_360_isda"
    EQUAL_PERIODS = "equal_periods"


def year_fraction(
    start: date, end: date, convention: DayCount, *, termination: date | None = None
) -> Fraction:
    """Return the part of a year from `start` to `end`, exact; negative where `end` is earlier.

    Args:
        start: the first day that counts.
        end: the first day that no longer counts.
        convention: any but EQUAL_PERIODS, which counts along the due days of a contract
            (`Contract.years`).
        termination: the contract's last day; only 30E/360 ISDA asks, which leaves that day at the
            end of February.
    """
    if convention is DayCount.EQUAL_PERIODS:
        raise ValueError("EQUAL_PERIODS counts along due days; ask the contract")
    if end < start:
        return -year_fraction(end, start, convention, termination=termination)
    if convention is DayCount.THIRTY_E_360_ISDA:
        return _thirty_e_360_isda(start, end, termination)
    return _COUNTS[convention](start, end)


def _thirty_e_360_isda(start: date, end: date, termination: date | None) -> Fraction:
    if start == end:
        return Fraction(0)
    stays = end.month == _FEBRUARY and end == termination
    first = 30 if is_month_end(start) else start.day
    last = 30 if is_month_end(end) and not stays else end.day
    return _thirty_360(start, end, first, last)


def _act_360(start: date, end: date) -> Fraction:
    return Fraction((end - start).days, 360)


def _act_365f(start: date, end: date) -> Fraction:
    return Fraction((end - start).days, 365)


def _act_act_isda(start: date, end: date) -> Fraction:
    if start.year == end.year:
        return Fraction((end - start).days, _days_of_year(start.year))
    head = Fraction((date(start.year + 1, 1, 1) - start).days, _days_of_year(start.year))
    tail = Fraction((end - date(end.year, 1, 1)).days, _days_of_year(end.year))
    return head + (end.year - start.year - 1) + tail


def _thirty_360_bond_basis(start: date, end: date) -> Fraction:
    first = min(start.day, 30)
    last = min(end.day, 30) if first == _THIRTY else end.day
    return _thirty_360(start, end, first, last)


def _thirty_360_us(start: date, end: date) -> Fraction:
    first = 30 if _is_february_end(start) else min(start.day, 30)
    last = min(end.day, 30) if first == _THIRTY else end.day
    if _is_february_end(start) and _is_february_end(end):
        last = 30
    return _thirty_360(start, end, first, last)


def _thirty_e_360(start: date, end: date) -> Fraction:
    return _thirty_360(start, end, min(start.day, 30), min(end.day, 30))


def _thirty_360(start: date, end: date, first: int, last: int) -> Fraction:
    months = 12 * (end.year - start.year) + end.month - start.month
    return Fraction(30 * months + last - first, 360)


def _is_february_end(day: date) -> bool:
    return day.month == _FEBRUARY and is_month_end(day)


def _days_of_year(year: int) -> int:
    return 366 if isleap(year) else 365


_COUNTS: dict[DayCount, Callable[[date, date], Fraction]] = {
    DayCount.ACT_360: _act_360,
    DayCount.ACT_365F: _act_365f,
    DayCount.ACT_ACT_ISDA: _act_act_isda,
    DayCount.THIRTY_360_BOND_BASIS: _thirty_360_bond_basis,
    DayCount.THIRTY_360_US: _thirty_360_us,
    DayCount.THIRTY_E_360: _thirty_e_360,
}
