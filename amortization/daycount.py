"""Day counts: which part of a year lies between two days, exactly.

Intervals are half-open: the first day counts, the last does not. "30/360" has several meanings that
differ at the end of February, so each stands here under its full name. Sources: 2006 ISDA
Definitions, section 4.16 (b) to (h); for 30/360 US, the SIA Standard Securities Calculation Methods
with the end-of-month rule; for ACT/ACT AFB, the French master agreement of 1994; for the others,
the names and meanings of OpenGamma Strata and of the engines that count so.
"""

from calendar import isleap
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from kernel import add_months, is_month_end

_FEBRUARY = 2
_THIRTY = 30


class DayCount(StrEnum):
    """How a product counts the days for which interest is owed.

    Four read the year in ways of their own: ACT_ACT_EVE counts the night of 31 December in the new
    year (Fineract's progressive loans), ACT_ACT_LAST_DAY takes the year of the interval's last day
    for all of it (Frappe Lending), ACT_365_ACTUAL has 366 days where the interval meets a leap day,
    and ACT_366 is for loans of a leap year where the year of the start holds throughout.
    """

    ACT_360 = "act_360"
    ACT_364 = "act_364"
    ACT_365F = "act_365f"
    ACT_365_25 = "act_365_25"
    ACT_365_ACTUAL = "act_365_actual"
    ACT_366 = "act_366"
    ACT_ACT_ISDA = "act_act_isda"
    ACT_ACT_AFB = "act_act_afb"
    ACT_ACT_YEAR = "act_act_year"
    ACT_ACT_EVE = "act_act_eve"
    ACT_ACT_LAST_DAY = "act_act_last_day"
    NL_360 = "nl_360"
    NL_365 = "nl_365"
    THIRTY_360_BOND_BASIS = "thirty_360_bond_basis"
    THIRTY_360_PSA = "thirty_360_psa"
    THIRTY_360_US = "thirty_360_us"
    THIRTY_E_360 = "thirty_e_360"
    THIRTY_E_360_ISDA = "thirty_e_360_isda"
    THIRTY_E_365 = "thirty_e_365"
    THIRTY_E_PLUS_360 = "thirty_e_plus_360"
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
    if start == end:
        return Fraction(0)
    if end < start:
        return -year_fraction(end, start, convention, termination=termination)
    if convention is DayCount.THIRTY_E_360_ISDA:
        return _thirty_e_360_isda(start, end, termination)
    return _COUNTS[convention](start, end)


def act_act_icma(start: date, end: date, *, period: tuple[date, date]) -> Fraction:
    """Return the part of a year by ACT/ACT ICMA: days over those of the coupon period around them.

    A contract that counts by EQUAL_PERIODS does this along its own due days.

    Args:
        start: the first day that counts.
        end: the first day that no longer counts.
        period: first and last day of the regular period, which is a whole number of months.
    """
    begins, ends = period
    months = 12 * (ends.year - begins.year) + ends.month - begins.month
    return Fraction((end - start).days * months, (ends - begins).days * 12)


def _thirty_e_360_isda(start: date, end: date, termination: date | None) -> Fraction:
    stays = end.month == _FEBRUARY and end == termination
    first = 30 if is_month_end(start) else start.day
    last = 30 if is_month_end(end) and not stays else end.day
    return _thirty_360(start, end, first, last)


def _over(year: int | Fraction) -> Callable[[date, date], Fraction]:
    """Count actual days over a year of fixed length."""

    def count(start: date, end: date) -> Fraction:
        return Fraction((end - start).days) / year

    return count


def _without_leap_days(year: int) -> Callable[[date, date], Fraction]:
    """Count actual days, leap days left out, over a year of fixed length."""

    def count(start: date, end: date) -> Fraction:
        return Fraction((end - start).days - _leap_days(start, end), year)

    return count


def _act_365_actual(start: date, end: date) -> Fraction:
    return Fraction((end - start).days, 366 if _leap_days(start, end) else 365)


def _act_act_last_day(start: date, end: date) -> Fraction:
    return Fraction((end - start).days, _days_of_year(end.year))


def _act_act_isda(start: date, end: date) -> Fraction:
    if start.year == end.year:
        return Fraction((end - start).days, _days_of_year(start.year))
    head = Fraction((date(start.year + 1, 1, 1) - start).days, _days_of_year(start.year))
    tail = Fraction((end - date(end.year, 1, 1)).days, _days_of_year(end.year))
    return head + (end.year - start.year - 1) + tail


def _act_act_eve(start: date, end: date) -> Fraction:
    if start.year == end.year:
        return Fraction((end - start).days, _days_of_year(start.year))
    head = Fraction((date(start.year, 12, 31) - start).days, _days_of_year(start.year))
    tail = Fraction((end - date(end.year - 1, 12, 31)).days, _days_of_year(end.year))
    return head + (end.year - start.year - 1) + tail


def _act_act_afb(start: date, end: date) -> Fraction:
    """Take whole years off the end; the rest has 366 days if a leap day lies in it."""
    years = end.year - start.year
    begin = _years_before(end, years)
    if begin < start:
        years -= 1
        begin = _years_before(end, years)
    leaps = _leap_days(start - timedelta(days=1), begin - timedelta(days=1))
    return years + Fraction((begin - start).days, 366 if leaps else 365)


def _years_before(day: date, years: int) -> date:
    """Return the day so many years before; the last of February stays the last of February."""
    return add_months(day, -12 * years, anchor=31 if _is_february_end(day) else None)


def _act_act_year(start: date, end: date) -> Fraction:
    """Count whole years from the start; the rest over the length of the year that follows them."""
    years = end.year - start.year
    if add_months(start, 12 * years) > end:
        years -= 1
    since, until = add_months(start, 12 * years), add_months(start, 12 * years + 12)
    return years + Fraction((end - since).days, (until - since).days)


def _leap_days(start: date, end: date) -> int:
    """Count the leap days after `start` up to and with `end`."""
    years = range(start.year, end.year + 1)
    return sum(start < date(year, _FEBRUARY, 29) <= end for year in years if isleap(year))


def _thirty_360_bond_basis(start: date, end: date) -> Fraction:
    first = min(start.day, 30)
    last = min(end.day, 30) if first == _THIRTY else end.day
    return _thirty_360(start, end, first, last)


def _thirty_360_psa(start: date, end: date) -> Fraction:
    first = 30 if _is_february_end(start) else min(start.day, 30)
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


def _thirty_e_365(start: date, end: date) -> Fraction:
    """Take the last of February for the 30th, too, at both ends."""
    first = 30 if _is_february_end(start) else min(start.day, 30)
    last = 30 if _is_february_end(end) else min(end.day, 30)
    return _thirty_360(start, end, first, last) * 360 / 365


def _thirty_e_plus_360(start: date, end: date) -> Fraction:
    """Take the 31st as the first of the month after it, where the interval ends."""
    ends = end + timedelta(days=1) if end.day > _THIRTY else end
    return _thirty_360(start, ends, min(start.day, 30), ends.day)


def _thirty_360(start: date, end: date, first: int, last: int) -> Fraction:
    months = 12 * (end.year - start.year) + end.month - start.month
    return Fraction(30 * months + last - first, 360)


def _is_february_end(day: date) -> bool:
    return day.month == _FEBRUARY and is_month_end(day)


def _days_of_year(year: int) -> int:
    return 366 if isleap(year) else 365


_COUNTS: dict[DayCount, Callable[[date, date], Fraction]] = {
    DayCount.ACT_360: _over(360),
    DayCount.ACT_364: _over(364),
    DayCount.ACT_365F: _over(365),
    DayCount.ACT_365_25: _over(Fraction(1461, 4)),
    DayCount.ACT_365_ACTUAL: _act_365_actual,
    DayCount.ACT_366: _over(366),
    DayCount.ACT_ACT_ISDA: _act_act_isda,
    DayCount.ACT_ACT_AFB: _act_act_afb,
    DayCount.ACT_ACT_YEAR: _act_act_year,
    DayCount.ACT_ACT_EVE: _act_act_eve,
    DayCount.ACT_ACT_LAST_DAY: _act_act_last_day,
    DayCount.NL_360: _without_leap_days(360),
    DayCount.NL_365: _without_leap_days(365),
    DayCount.THIRTY_360_BOND_BASIS: _thirty_360_bond_basis,
    DayCount.THIRTY_360_PSA: _thirty_360_psa,
    DayCount.THIRTY_360_US: _thirty_360_us,
    DayCount.THIRTY_E_360: _thirty_e_360,
    DayCount.THIRTY_E_365: _thirty_e_365,
    DayCount.THIRTY_E_PLUS_360: _thirty_e_plus_360,
}
