"""Prices: the rate card of a product and the legal ceiling it must stay under. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self

from kernel import Rate, Refused
from origination.limits import Limits
from origination.policy import Table
from origination.scorecard import Scorecard
from origination.terms import Terms


class GradeNotOffered(Refused):
    """Grade {grade} is not offered; choose one of: {offered}."""


class RateAboveCap(Refused):
    """{covers} of {rate} exceeds the ceiling of {cap} on {on}; lower the rate or the fee."""


class Covers(StrEnum):
    """What a ceiling is held against."""

    RATE = "rate"  # the nominal rate alone
    APR = "apr"  # interest and fees together


@dataclass(frozen=True, slots=True)
class Cap:
    """The most a loan may cost a year: a fixed rate, or a multiple of a reference rate."""

    fixed: Rate | None
    series: str | None
    multiple: int
    covers: Covers
    history: tuple[tuple[date, Rate], ...] = ()

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read a ceiling from a policy file."""
        floating = table.has("series")
        cap = cls(
            fixed=None if floating else table.share("rate"),
            series=table.text("series") if floating else None,
            multiple=table.whole("multiple", least=1) if floating else 1,
            covers=table.word("covers", Covers),
            history=_history(table.table("history")) if floating else (),
        )
        table.finish()
        return cap

    def on(self, day: date) -> Rate:
        """Return the ceiling for a contract of `day`."""
        if self.fixed is not None:
            return self.fixed
        past = [rate for since, rate in self.history if since <= day]
        # Before the first published rate, the first is the nearest that is known.
        reference = past[-1] if past else self.history[0][1]
        return Rate(reference.value * self.multiple)


@dataclass(frozen=True, slots=True)
class GradePrice:
    """What borrowers of one grade pay."""

    origination: Rate
    rates: Mapping[int, Rate]  # by number of installments


@dataclass(frozen=True, slots=True)
class Pricing:
    """How a product judges and what it asks."""

    scorecard: Scorecard
    cap: Cap
    grades: Mapping[str, GradePrice]

    @classmethod
    def read(cls, table: Table, limits: Limits) -> Self:
        """Read scorecard, ceiling and rate card; every grade has a rate for every term."""
        cards = table.table("grades")
        card = Scorecard.read(table.table("scorecard"))
        prices = {name: _grade_price(cards.table(name), limits) for name, _ in card.grades}
        pricing = cls(scorecard=card, cap=Cap.read(table.table("cap")), grades=prices)
        _require_order(cards, pricing, limits)
        cards.finish()
        table.finish()
        return pricing

    def price(self, grade: str, installments: int) -> Rate:
        """Return the rate of the card.

        Raises:
            GradeNotOffered: the product has no such grade.
        """
        return self.of(grade).rates[installments]

    def of(self, grade: str) -> GradePrice:
        """Return all prices of a grade.

        Raises:
            GradeNotOffered: the product has no such grade.
        """
        if grade not in self.grades:
            raise GradeNotOffered(grade=grade, offered=", ".join(self.grades))
        return self.grades[grade]

    def terms(self, terms: Terms, grade: str) -> Terms:
        """Return the product's terms with the origination fee of a grade."""
        fees = replace(terms.fees, origination=self.of(grade).origination)
        return replace(terms, fees=fees)

    def check(self, rate: Rate, *, apr: Callable[[], Rate], on: date) -> None:
        """Refuse a price above the ceiling of the contract's day.

        Args:
            rate: the nominal rate.
            apr: finds the annual percentage rate; asked only where the ceiling covers it.
            on: the contract's day.

        Raises:
            RateAboveCap: the rate, or the annual percentage rate, is above it.
        """
        cap = self.cap.on(on)
        held = _as_shown(apr()) if self.cap.covers is Covers.APR else rate
        if held > cap:
            raise RateAboveCap(covers=self.cap.covers, rate=held, cap=cap, on=on)


def _as_shown(apr: Rate) -> Rate:
    """Return the rate with the two decimals that are disclosed; cents move the ones after them."""
    return Rate(round(apr.value, 4))


def _history(table: Table) -> tuple[tuple[date, Rate], ...]:
    days = sorted(table.values)
    if not days:
        raise table.refuse("history", "it is empty", "Write at least one rate")
    return tuple((_day(table, text), table.share(text)) for text in days)


def _day(table: Table, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise table.refuse(text, "this is no day", "Write it like 2025-05-20") from None


def _grade_price(table: Table, limits: Limits) -> GradePrice:
    rates = table.table("rates")
    price = GradePrice(
        origination=table.share("origination"),
        rates={term: rates.share(str(term)) for term in limits.installments},
    )
    if price.origination.value >= Decimal(1):
        raise table.refuse("origination", "it takes everything", "Write less than 100")
    rates.finish()
    table.finish()
    return price


def _require_order(cards: Table, pricing: Pricing, limits: Limits) -> None:
    """Refuse a card on which a worse grade pays less."""
    for term in limits.installments:
        rates = [price.rates[term] for price in pricing.grades.values()]
        if rates != sorted(rates):
            raise cards.refuse(
                "rates", f"a worse grade pays less at {term}", "Let rates rise from grade to grade"
            )
