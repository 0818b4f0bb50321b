"""What the pages of standing orders show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

import matching
from kernel import Currency, Money, Rate
from marketplace import formats
from marketplace.forms import Form
from marketplace.schemas.listings import GRADES
from marketplace.schemas.mandates import BORROWERS, METHODS, SECURITIES
from marketplace.words import PURPOSES, purpose_word
from matching import EVERY, Criteria, MandateLine, MandatePreview, Mix, Reason, Wishes

PRESETS = {
    "cautious": _l("Cautious"),
    "balanced": _l("Balanced"),
    "bold": _l("Bold"),
}
# By kind, the field that makes its shares targets.
AIMS = {"grade": "aims", "purpose": "aims_purpose", "region": "aims_region"}
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
    purposes: tuple[tuple[str, Any], ...] = tuple(PURPOSES.items())

    def opens(self, form: Form, kind: str) -> bool:
        """Say whether anything is filled in or wrong among the shares of a kind."""
        words = {"grade": GRADES, "purpose": PURPOSES, "region": ()}[kind]
        names = [AIMS[kind], f"each_{kind}", f"{kind}_shares", *(f"share_{w}" for w in words)]
        return any(form.value(name) or form.error(name) for name in names)


def standing(line: MandateLine, *, fitting: int) -> Standing:
    """Return a standing order in the reader's words."""
    why = IDLE.get(line.idle_why.upper()) if line.idle_why else None
    limits = bool(line.mix) or line.borrower_cap is not None or line.group_cap is not None
    if limits and line.idle_why == Reason.QUEUE.name.lower():
        why = _("Others were served first, or it holds the most it may of such loans.")
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
        separator.join(str(SECURITIES[each]) for each in criteria.securities),
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
        securities=values["security"],
        borrowers=values["borrower"],
    )


def wishes(values: Mapping[str, Any]) -> Wishes:
    """Return what else a form asks of a standing order."""
    named = {
        "grade": {grade: values[f"share_{grade}"] for grade in GRADES},
        "purpose": {purpose: values[f"share_{purpose}"] for purpose in PURPOSES},
        "region": values["region_shares"] or {},
    }
    every = {kind: {EVERY: values[f"each_{kind}"]} for kind in ("purpose", "region")}
    aims = {kind for kind, name in AIMS.items() if values[name]}
    capped = {kind: words for kind, words in named.items() if kind not in aims}
    mix = Mix(
        caps={kind: _shares(every.get(kind, {}) | capped.get(kind, {})) for kind in named},
        targets={kind: _shares(named[kind]) for kind in sorted(aims)},
    )
    return Wishes(
        ends_on=values["ends_on"],
        borrower_cap=values["borrower_cap"],
        group_cap=values["group_cap"],
        mix=Mix.from_json(mix.to_json()),
        reinvests_principal=not values["keeps_principal"],
        reinvests_interest=not values["keeps_interest"],
    )


def _shares(rates: Mapping[str, Rate | None]) -> dict[str, int]:
    """Return the shares that were given, in ten-thousandths."""
    return {word: int(rate.value * 10_000) for word, rate in rates.items() if rate is not None}


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
        "security": ",".join(wanted.securities),
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
    typed = {name: "1" if mix.targets.get(kind) else "" for kind, name in AIMS.items()}
    for kind in AIMS:
        caps = dict(mix.caps.get(kind, {}))
        if EVERY in caps:
            typed[f"each_{kind}"] = _hundredths(caps.pop(EVERY))
        named = {word: _hundredths(share) for word, share in mix.targets.get(kind, caps).items()}
        if kind == "region":
            typed["region_shares"] = ", ".join(f"{word} {share}" for word, share in named.items())
        else:
            typed |= {f"share_{word}": share for word, share in named.items()}
    return typed


def _hundredths(share: int) -> str:
    return f"{share / 100:g}"


def _percent(rate: Rate | None) -> str:
    return "" if rate is None else str(rate).removesuffix("%")


def _plain(amount: Money | None) -> str:
    return "" if amount is None or amount.is_zero else str(amount.decimal)
