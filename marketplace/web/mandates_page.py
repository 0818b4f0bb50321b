"""What the pages of standing orders show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

import matching
from kernel import Currency, Money, Rate
from marketplace import formats
from marketplace.schemas.listings import GRADES
from marketplace.schemas.mandates import BORROWERS, METHODS
from marketplace.words import purpose_word
from matching import EVERY, Criteria, MandateLine, MandatePreview, Mix, Reason, Wishes

PRESETS = {
    "cautious": _l("Cautious"),
    "balanced": _l("Balanced"),
    "bold": _l("Bold"),
}
# Why the last batch placed nothing, by the allocator's reason.
IDLE: dict[str, Any] = {
    Reason.NOTHING_OPEN.name: _l("No loan is open."),
    Reason.OWN_LISTING.name: _l("The only loan that fits is your own."),
    Reason.GRADE.name: _l("No open loan has one of its grades."),
    Reason.RATE.name: _l("No open loan of its grades has such a rate."),
    Reason.TERM.name: _l("No open loan has such a term."),
    Reason.PURPOSE.name: _l("No open loan is for one of its purposes."),
    Reason.REGION.name: _l("No open loan is from one of its regions."),
    Reason.UNTESTED.name: _l("Pass the knowledge test first."),
    Reason.LEGAL_LIMIT.name: _l("You have placed what the rules of your home allow."),
    Reason.METHOD.name: _l("No open loan is repaid in one of its ways."),
    Reason.SCORE.name: _l("No open loan has such a score."),
    Reason.SECURITY.name: _l("No open loan is secured as it asks."),
    Reason.BORROWER.name: _l("No open loan has such a borrower."),
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
    """The form: a new one or one that is changed; `preview` says which loans would fit."""

    mandate: MandateLine | None
    currency: Currency
    preview: MandatePreview | None
    presets: tuple[tuple[str, Any], ...] = ()


def standing(line: MandateLine, *, fitting: int) -> Standing:
    """Return a standing order in the reader's words."""
    why = IDLE.get(line.idle_why.upper()) if line.idle_why else None
    return Standing(line, buys=buys(line.criteria), matching=fitting, idle_why=why)


def buys(criteria: Criteria) -> str:
    """Say in one line what may be bought."""
    separator = " · "
    parts = [
        _("Grades %(grades)s", grades=", ".join(criteria.grades)) if criteria.grades else "",
        _range(_rate(criteria.rate_min), _rate(criteria.rate_max)),
        _months(criteria.installments_min, criteria.installments_max),
        separator.join(purpose_word(purpose) for purpose in criteria.purposes),
        ", ".join(criteria.regions),
        separator.join(str(METHODS[each]) for each in criteria.methods),
        separator.join(str(BORROWERS[each]) for each in criteria.borrowers),
        _scores(criteria.score_min, criteria.score_max),
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


def _scores(low: int | None, high: int | None) -> str:
    words = _range(str(low) if low else None, str(high) if high else None)
    return str(_("score %(range)s", range=words)) if words else ""


def criteria(values: Mapping[str, Any]) -> Criteria:
    """Return what a form asks to buy."""
    regions = (values["region"] or "").replace("，", ",").replace("、", ",").split(",")
    return Criteria(
        grades=values["grade"],
        rate_min=values["rate_min"],
        rate_max=values["rate_max"],
        installments_min=values["term_min"],
        installments_max=values["term_max"],
        purposes=values["purpose"],
        regions=tuple(region.strip() for region in regions if region.strip()),
        methods=values["method"],
        score_min=values["score_min"],
        score_max=values["score_max"],
        borrowers=values["borrower"],
    )


def wishes(values: Mapping[str, Any]) -> Wishes:
    """Return what else a form asks of a standing order."""
    grades = {grade: _share(values[f"share_{grade}"]) for grade in GRADES}
    shares = {"grade": {grade: share for grade, share in grades.items() if share is not None}}
    every = {kind: _share(values[f"each_{kind}"]) for kind in ("purpose", "region")}
    caps = {kind: {EVERY: share} for kind, share in every.items() if share is not None}
    mix = Mix(caps=caps, targets=shares) if values["aims"] else Mix(caps=shares | caps)
    return Wishes(
        ends_on=values["ends_on"],
        borrower_cap=values["borrower_cap"],
        group_cap=values["group_cap"],
        mix=Mix.from_json(mix.to_json()),
        reinvests_principal=not values["keeps_principal"],
        reinvests_interest=not values["keeps_interest"],
    )


def _share(rate: Rate | None) -> int | None:
    return None if rate is None else int(rate.value * 10_000)


def preset(name: str) -> dict[str, str]:
    """Return a preset as it would be typed into the form."""
    values = matching.presets().get(name, {})
    shares = values.get("shares", {})
    typed = {
        "grade": ",".join(values.get("grades", ())),
        "term_max": str(values.get("installments_max", "")),
        "cap": values.get("cap", ""),
        "each_purpose": values.get("each_purpose", ""),
    }
    return typed | {f"share_{grade}": share for grade, share in shares.items()}


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
        "method": ",".join(wanted.methods),
        "borrower": ",".join(wanted.borrowers),
        "score_min": wanted.score_min or "",
        "score_max": wanted.score_max or "",
        "region": ", ".join(wanted.regions),
        "borrower_cap": _plain(line.borrower_cap),
        "group_cap": _plain(line.group_cap),
        "ends_on": line.ends_on or "",
        "keeps_principal": "" if line.reinvests_principal else "1",
        "keeps_interest": "" if line.reinvests_interest else "1",
        **_mixed(line.mix),
        "cap": _plain(line.cap),
        "keep": _plain(line.keep),
        "total": _plain(line.total),
    }
    return {name: str(value) for name, value in values.items()}


def _mixed(mix: Mix) -> dict[str, str]:
    targets = mix.targets.get("grade", {})
    grades = targets or mix.caps.get("grade", {})
    typed = {f"share_{grade}": f"{share / 100:g}" for grade, share in grades.items()}
    for kind in ("purpose", "region"):
        if EVERY in mix.caps.get(kind, {}):
            typed[f"each_{kind}"] = f"{mix.caps[kind][EVERY] / 100:g}"
    return typed | {"aims": "1" if targets else ""}


def _percent(rate: Rate | None) -> str:
    return "" if rate is None else str(rate).removesuffix("%")


def _plain(amount: Money | None) -> str:
    return "" if amount is None or amount.is_zero else str(amount.decimal)
