"""What the pages of standing orders show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel import Currency, Money, Rate
from marketplace import formats
from marketplace.words import purpose_word
from matching import Criteria, MandateLine, Reason

# Why the last batch placed nothing, by the allocator's reason.
IDLE: dict[str, Any] = {
    Reason.NOTHING_OPEN.name: _l("No loan is open."),
    Reason.OWN_LISTING.name: _l("The only loan that fits is your own."),
    Reason.GRADE.name: _l("No open loan has one of its grades."),
    Reason.RATE.name: _l("No open loan of its grades has such a rate."),
    Reason.TERM.name: _l("No open loan has such a term."),
    Reason.PURPOSE.name: _l("No open loan is for one of its purposes."),
    Reason.REGION.name: _l("No open loan is from one of its regions."),
    Reason.CAP.name: _l("You already hold the most you allow of every loan that fits."),
    Reason.LIMIT.name: _l("It holds the most it may of such loans or of their borrowers."),
    Reason.TOTAL.name: _l("It has placed all that it may."),
    Reason.CASH.name: _l("Your free cash, less what you keep, is too little for an order."),
    Reason.OTHER_MANDATE.name: _l("Another standing order of yours went first."),
    Reason.MANUAL.name: _l("What is left of the loans that fit is kept for orders by hand."),
    Reason.SHORT.name: _l("The loans that fit would not have reached their minimum."),
    Reason.QUEUE.name: _l("Others were served first; it comes earlier next time."),
}


@dataclass(frozen=True)
class Standing:
    """One standing order with how many open loans fit it now."""

    line: MandateLine
    buys: str
    matching: int
    idle_why: Any


@dataclass(frozen=True)
class MandatesPage:
    """All of a lender's standing orders, those that have ended apart."""

    working: tuple[Standing, ...]
    ended: tuple[Standing, ...]


@dataclass(frozen=True)
class EditPage:
    """The form: a new one or one that is changed; `matching` counts the loans that fit now."""

    mandate: MandateLine | None
    currency: Currency
    matching: int | None


def standing(line: MandateLine, *, matching: int) -> Standing:
    """Return a standing order in the reader's words."""
    why = IDLE.get(line.idle_why.upper()) if line.idle_why else None
    return Standing(line, buys=buys(line.criteria), matching=matching, idle_why=why)


def buys(criteria: Criteria) -> str:
    """Say in one line what may be bought."""
    separator = " · "
    parts = [
        _("Grades %(grades)s", grades=", ".join(criteria.grades)) if criteria.grades else "",
        _range(_rate(criteria.rate_min), _rate(criteria.rate_max)),
        _months(criteria.installments_min, criteria.installments_max),
        separator.join(purpose_word(purpose) for purpose in criteria.purposes),
        ", ".join(criteria.regions),
    ]
    return separator.join(part for part in parts if part) or str(_("Every loan"))


def _rate(rate: Rate | None) -> str | None:
    return None if rate is None else formats.pct(rate)


def _range(low: str | None, high: str | None) -> str:
    if low and high:
        return str(_("%(low)s to %(high)s", low=low, high=high))
    if low:
        return str(_("from %(low)s", low=low))
    return str(_("up to %(high)s", high=high)) if high else ""


def _months(low: int | None, high: int | None) -> str:
    words = _range(str(low) if low else None, str(high) if high else None)
    return str(_("%(range)s months", range=words)) if words else ""


def criteria(values: Mapping[str, Any], *, before: Criteria | None = None) -> Criteria:
    """Return what a form asks to buy; regions, which it does not show, stay as they were."""
    return Criteria(
        grades=values["grade"],
        rate_min=values["rate_min"],
        rate_max=values["rate_max"],
        installments_min=values["term_min"],
        installments_max=values["term_max"],
        purposes=values["purpose"],
        regions=before.regions if before else (),
    )


def typed(line: MandateLine) -> dict[str, str]:
    """Return a standing order as it would be typed into the form."""
    wanted = line.criteria
    values = {
        "name": line.name,
        "currency": line.cap.currency.value,
        "grade": ",".join(wanted.grades),
        "rate_min": _percent(wanted.rate_min),
        "rate_max": _percent(wanted.rate_max),
        "term_min": wanted.installments_min or "",
        "term_max": wanted.installments_max or "",
        "purpose": ",".join(wanted.purposes),
        "cap": _plain(line.cap),
        "keep": _plain(line.keep),
        "total": _plain(line.total),
    }
    return {name: str(value) for name, value in values.items()}


def _percent(rate: Rate | None) -> str:
    return "" if rate is None else str(rate).removesuffix("%")


def _plain(amount: Money | None) -> str:
    return "" if amount is None or amount.is_zero else str(amount.decimal)
