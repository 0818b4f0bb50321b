"""What irregular cash flows earn in a year: the rate at which they are worth nothing (XIRR)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

import pyxirr

from amortization.daycount import DayCount
from amortization.errors import UnusableTerms

Dated: TypeAlias = tuple[date, Decimal]

_TOTAL_LOSS = Decimal(-1)
# The names of pyxirr for what it counts as we do.
_NAMES = {
    DayCount.ACT_360: "act/360",
    DayCount.ACT_364: "act/364",
    DayCount.ACT_365F: "act/365f",
    DayCount.ACT_365_25: "act/365.25",
    DayCount.ACT_ACT_ISDA: "act/act isda",
    DayCount.NL_360: "nl/360",
    DayCount.NL_365: "nl/365",
    DayCount.THIRTY_360_BOND_BASIS: "30/360 isda",
    DayCount.THIRTY_E_360: "30e/360",
    DayCount.THIRTY_E_PLUS_360: "30e+/360",
}


def xirr(flows: Sequence[Dated], *, day_count: DayCount = DayCount.ACT_365F) -> Decimal | None:
    """Return the effective yearly rate at which the flows are worth nothing; None without one.

    Time runs from the earliest flow; the flows may stand in any order. There is no rate where
    nothing is paid in, nothing comes back, or everything moves on one day.

    Raises:
        UnusableTerms: rates are not found under this day count.
    """
    amounts = [amount for _, amount in flows]
    days = {day for day, amount in flows if amount}
    if len(days) < 2 or not min(amounts) < 0 < max(amounts):  # noqa: PLR2004 - time must pass
        return None
    return _decimal(pyxirr.xirr(_ordered(flows), day_count=_name(day_count), silent=True))


def xnpv(
    rate: Decimal, flows: Sequence[Dated], *, day_count: DayCount = DayCount.ACT_365F
) -> Decimal | None:
    """Return what the flows are worth on the day of the earliest, discounted at a yearly rate.

    Raises:
        UnusableTerms: flows are not discounted under this day count.
    """
    return _decimal(pyxirr.xnpv(rate, _ordered(flows), day_count=_name(day_count), silent=True))


def annual_return(flows: Sequence[Dated]) -> Decimal | None:
    """Return what an investor earned in a year, as a fraction; None where it cannot be said.

    Money that was paid in (negative) and never came back is lost: the return is -1.
    """
    amounts = [amount for _, amount in flows]
    if amounts and min(amounts) < 0 and not max(amounts) > 0:
        return _TOTAL_LOSS
    return xirr(flows)


def _name(day_count: DayCount) -> Any:
    if day_count not in _NAMES:
        raise UnusableTerms(field="day_count", why=f"no rate is found under {day_count}")
    return _NAMES[day_count]


def _ordered(flows: Sequence[Dated]) -> list[Dated]:
    return sorted(flows, key=lambda flow: flow[0])


def _decimal(found: Any) -> Decimal | None:
    """Keep the digits that were found; what is no number is none."""
    value = Decimal("NaN") if found is None else Decimal(repr(found))
    return value if value.is_finite() else None
