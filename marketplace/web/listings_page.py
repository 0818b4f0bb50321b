"""What the pages of listings show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from kernel import Currency, Money
from marketplace import formats
from marketplace.forms import Form
from marketplace.schemas.listings import SORTS
from marketplace.vocabulary import fact_name, fact_value
from marketplace.web.pages import here
from marketplace.words import purpose_word
from matching import OrderLine
from origination import (
    VOCABULARY,
    ListingCard,
    ListingFilters,
    ListingStatus,
    Quote,
    Terms,
)
from reporting import Prospect

SOON = timedelta(days=1)


@dataclass(frozen=True)
class Offered:
    """One listing of the list."""

    card: ListingCard
    closes_soon: bool


@dataclass(frozen=True)
class BrowsePage:
    """The list: what is shown, how many there are in all, and what narrows it."""

    rows: tuple[Offered, ...]
    count: int
    after: str | None
    chips: list[tuple[str, str]]
    sorts: list[tuple[str, Any, bool]]
    is_narrowed: bool


@dataclass(frozen=True)
class Fact:
    """One thing that is known of the borrower, in words."""

    name: str
    value: str


@dataclass(frozen=True)
class ListingPage:
    """Everything a lender reads before lending.

    Attributes:
        takes_orders: whether it may be funded now.
        cash: what the lender has free in its currency.
        mine: the lender's own orders in it.
        quote: what its borrower pays.
        prospect: what a round sum would bring the lender.
        asks_consent: whether the law of the lender's home asks for consent to large orders.
    """

    card: ListingCard
    terms: Terms
    facts: tuple[Fact, ...]
    takes_orders: bool
    closes_soon: bool
    cash: Money
    mine: tuple[OrderLine, ...]
    quote: Quote
    prospect: Prospect
    asks_consent: bool


def offered(card: ListingCard, *, at: datetime) -> Offered:
    """Return a row of the list."""
    return Offered(card, closes_soon=closes_soon(card, at=at))


def closes_soon(card: ListingCard, *, at: datetime) -> bool:
    """Say whether a listing has less than a day left."""
    return card.closes_at is not None and card.closes_at - at < SOON


def takes_orders(card: ListingCard, *, at: datetime) -> bool:
    """Say whether a listing may be funded now."""
    in_time = card.closes_at is not None and card.closes_at > at
    return card.status is ListingStatus.OPEN and in_time and card.left.is_positive


def filters(values: Mapping[str, Any]) -> ListingFilters:
    """Return what was asked for; an amount left is in the currency it was typed in."""
    left, currency = values.get("left"), values.get("currency")
    chosen = Currency(currency) if currency else None
    return ListingFilters(
        currency=left.currency if left is not None else chosen,
        grades=values.get("grade", ()),
        installments=tuple(int(term) for term in values.get("term", ())),
        purposes=(values["purpose"],) if values.get("purpose") else (),
        rate_from=values.get("rate_from"),
        rate_to=values.get("rate_to"),
        left_from=left,
    )


def chips(form: Form) -> list[tuple[str, str]]:
    """Return what narrows the list, each with the URL that takes it off."""
    words: dict[str, Callable[[Any], str]] = {
        "grade": lambda value: _("Grade %(grade)s", grade=", ".join(value)),
        "term": lambda value: _("%(term)s months", term=", ".join(value)),
        "purpose": purpose_word,
        "rate_from": lambda value: _("From %(rate)s", rate=formats.pct(value)),
        "rate_to": lambda value: _("Up to %(rate)s", rate=formats.pct(value)),
        "currency": str,
        "left": lambda value: _("At least %(sum)s left", sum=formats.money(value)),
    }
    given = ((name, say, form.values.get(name)) for name, say in words.items())
    return [
        (say(value), here(**{name: None, "after": None}))
        for name, say, value in given
        if value not in {None, ()}
    ]


def sorts(form: Form) -> list[tuple[str, Any, bool]]:
    """Return the orders to choose from: where each leads, its name, and whether it is this one."""
    now = form.values.get("sort", next(iter(SORTS)))
    return [(here(sort=code, after=None), text, code == now) for code, text in SORTS.items()]


def facts(stored: Mapping[str, Any], currency: Currency) -> tuple[Fact, ...]:
    """Return what is known of the borrower, in the order in which it is asked."""
    return tuple(
        Fact(fact_name(name), fact_value(name, stored[name], currency))
        for name in VOCABULARY
        if name in stored
    )
