"""What the pages of baskets show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from kernel import Money
from marketplace.schemas.baskets import field
from matching import BasketAnswer, Confirmation, LineStatus
from origination import ListingCard

# What became of a line, in words; the codes are those that lenders' programs know.
WORDS: dict[LineStatus, Any] = {
    LineStatus.ORDER_FULFILLED: _l("All of it is reserved."),
    LineStatus.LOAN_AMNT_EXCEEDED: _l("Less was left than you asked for."),
    LineStatus.NOT_AN_INFUNDING_LOAN: _l("The loan takes no more orders."),
    LineStatus.REQUESTED_AMNT_LOW: _l("The amount is below the smallest order."),
    LineStatus.REQUESTED_AMNT_ROUNDED: _l("Rounded down to the step of this loan."),
    LineStatus.AUGMENTED_BY_MERGE: _l("Another line of the same loan was added."),
    LineStatus.ELIM_BY_MERGE: _l("Added to an earlier line of the same loan."),
    LineStatus.INSUFFICIENT_CASH: _l("Your free cash was too little."),
    LineStatus.NOT_A_VALID_INVESTMENT: _l("This is not a loan that you can fund."),
    LineStatus.MAX_PERCENT_PER_LOAN_EXCEEDED: _l("So much in one loan needs your consent."),
    LineStatus.LENDER_NOT_ELIGIBLE_TO_BID: _l("You have placed what the rules of your home allow."),
    LineStatus.SUITABILITY_REQUIREMENTS_NOT_MET: _l("Pass the knowledge test first."),
}


@dataclass(frozen=True)
class BasketPage:
    """The listings to put amounts beside, and what may be free; `asks_consent` as the law asks."""

    cards: tuple[ListingCard, ...]
    cash: tuple[Money, ...]
    asks_consent: bool

    def name(self, card: ListingCard) -> str:
        """Return the name of the field beside a listing."""
        return field(card.number)


@dataclass(frozen=True)
class CheckedLine:
    """An amount beside its listing."""

    card: ListingCard
    amount: Money


@dataclass(frozen=True)
class CheckPage:
    """The last look before money is reserved; `fields` are sent along."""

    lines: tuple[CheckedLine, ...]
    totals: tuple[Money, ...]
    cash: tuple[Money, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True)
class AnsweredLine:
    """One line of an answer, in words."""

    number: int | None
    confirmation: Confirmation
    words: tuple[Any, ...]


@dataclass(frozen=True)
class AnswerPage:
    """What became of a basket."""

    lines: tuple[AnsweredLine, ...]
    placed: tuple[Money, ...]


def answer(found: BasketAnswer) -> AnswerPage:
    """Return an answer in the reader's words."""
    lines = tuple(
        AnsweredLine(number, each, tuple(WORDS[status] for status in each.statuses))
        for number, each in zip(found.numbers, found.confirmations, strict=True)
    )
    return AnswerPage(lines, placed=totals(each.placed for each in found.confirmations))


def totals(amounts: Any) -> tuple[Money, ...]:
    """Add amounts up by currency."""
    sums: dict[Any, Money] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount
    return tuple(sums.values())
