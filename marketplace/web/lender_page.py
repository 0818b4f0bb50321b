"""What a lender's overview shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from kernel import Currency
from marketplace import formats
from marketplace.words import state_word
from reporting import LenderSummary, MonthFlow, Receipt, Standing

MONTHS = 24

# The later a loan, the warmer its part of the ring; the names are those of the stylesheet.
COLOURS = {
    "current": "chart-1",
    "in_grace_period": "chart-2",
    "late_16_30": "fill-d",
    "late_31_120": "fill-e",
    "in_default": "fill-f",
}


@dataclass(frozen=True)
class LenderPage:
    """The overview in one currency.

    Attributes:
        has_begun: whether there is or was any money here.
        standings: a ring of what is outstanding, None where nothing is.
        cash: bars of what the coming months should bring, None where nothing is to come.
        later: how many months come after those shown.
    """

    summary: LenderSummary
    currencies: tuple[Currency, ...]
    receipts: tuple[Receipt, ...]
    has_begun: bool
    standings: dict[str, Any] | None
    cash: dict[str, Any] | None
    later: int


def lender_page(
    summary: LenderSummary, currencies: Sequence[Currency], receipts: tuple[Receipt, ...]
) -> LenderPage:
    """Return the overview with its two charts."""
    owned = [each for each in summary.standings if each.outstanding.is_positive]
    return LenderPage(
        summary=summary,
        currencies=tuple(currencies),
        receipts=receipts,
        has_begun=summary.total.is_positive or summary.notes > 0,
        standings=_ring(owned, summary.currency) if owned else None,
        cash=_bars(summary.expected[:MONTHS], summary.currency) if summary.expected else None,
        later=max(0, len(summary.expected) - MONTHS),
    )


def _ring(standings: Sequence[Standing], currency: Currency) -> dict[str, Any]:
    return {
        "kind": "donut",
        "format": "money",
        "currency": currency.value,
        "colours": [COLOURS.get(each.name, "chart-6") for each in standings],
        "labels": [str(state_word("loan", each.name).text) for each in standings],
        "series": [
            {
                "name": _("Outstanding"),
                "data": [str(each.outstanding.decimal) for each in standings],
            }
        ],
    }


def _bars(months: Sequence[MonthFlow], currency: Currency) -> dict[str, Any]:
    return {
        "kind": "bar",
        "stacked": True,
        "format": "money",
        "currency": currency.value,
        "labels": [formats.month(each.month) for each in months],
        "series": [
            {"name": _("Principal"), "data": [str(each.principal.decimal) for each in months]},
            {
                "name": _("Interest after fees"),
                "data": [str(each.interest_kept.decimal) for each in months],
            },
        ],
    }
