"""Working days: which days a calendar leaves open, and where a due day on a closed one moves."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays
from holidays import HolidayBase

from amortization.errors import UnusableTerms

_DAY = timedelta(days=1)


class BusinessDays(StrEnum):
    """Where a due day goes that is no working day; the names are ISDA's (2006, section 4.12).

    The modified rules turn back rather than leave the month.
    """

    UNADJUSTED = "unadjusted"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"
    PRECEDING = "preceding"
    MODIFIED_PRECEDING = "modified_preceding"


def adjusted(day: date, rule: BusinessDays, *, calendar: str) -> date:
    """Return the working day on which something due on `day` is due.

    Args:
        day: the day that was agreed.
        rule: where to look for a working day.
        calendar: a name that `is_known` knows.
    """
    is_open = _opening(calendar)
    if rule is BusinessDays.UNADJUSTED or is_open(day):
        return day
    backwards = rule in {BusinessDays.PRECEDING, BusinessDays.MODIFIED_PRECEDING}
    step = -_DAY if backwards else _DAY
    found = _next_open(day, step, is_open)
    is_modified = rule in {BusinessDays.MODIFIED_FOLLOWING, BusinessDays.MODIFIED_PRECEDING}
    if is_modified and found.month != day.month:
        return _next_open(day, -step, is_open)
    return found


def check_calendar(calendar: str) -> None:
    """Refuse a calendar of which no holidays are known.

    Raises:
        UnusableTerms: nobody publishes a calendar under this name.
    """
    try:
        _opening(calendar)
    except (NotImplementedError, AttributeError):
        why = "name a country (CN), its part (US-NY) or a market (ECB, XNYS)"
        raise UnusableTerms(field="calendar", why=why) from None


def _next_open(day: date, step: timedelta, is_open: Callable[[date], bool]) -> date:
    while not is_open(day):
        day += step
    return day


@lru_cache(maxsize=64)
def _opening(calendar: str) -> Callable[[date], bool]:
    """Return the question whether a day is a working day: weekends, holidays, days worked instead.

    Calendars come from the `holidays` package, China's working weekends included.
    """
    return _published(calendar).is_working_day


def _published(calendar: str) -> HolidayBase:
    country, _, part = calendar.partition("-")
    if country in holidays.list_supported_countries():
        return holidays.country_holidays(country, subdiv=part or None)
    return holidays.financial_holidays(calendar)
