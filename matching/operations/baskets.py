"""Several orders in one instruction; each line is placed or refused by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from escrow import InsufficientFunds
from kernel import DomainError, Money, new_id
from matching import basket
from matching.basket import BasketLine, Confirmation, LineStatus, Merged
from matching.errors import (
    BasketKeyTaken,
    ConsentNeeded,
    EmptyBasket,
    KnowledgeTestMissing,
    LegalLimitReached,
    ListingClosed,
    ListingFull,
    OrderOffStep,
    OrderTooSmall,
)
from matching.models import Basket, Order
from matching.operations.orders import place_order
from origination import Listing, ListingStatus, Terms

MOST_LINES = 200
REFUSALS: dict[type[DomainError], LineStatus] = {
    ListingFull: LineStatus.LOAN_AMNT_EXCEEDED,
    ListingClosed: LineStatus.NOT_AN_INFUNDING_LOAN,
    OrderTooSmall: LineStatus.REQUESTED_AMNT_LOW,
    OrderOffStep: LineStatus.REQUESTED_AMNT_LOW,  # the room has changed since it was rounded
    InsufficientFunds: LineStatus.INSUFFICIENT_CASH,
    KnowledgeTestMissing: LineStatus.SUITABILITY_REQUIREMENTS_NOT_MET,
    LegalLimitReached: LineStatus.LENDER_NOT_ELIGIBLE_TO_BID,
    ConsentNeeded: LineStatus.MAX_PERCENT_PER_LOAN_EXCEEDED,
}


def place_basket(
    session: Session,
    *,
    lender_id: UUID,
    lines: Sequence[BasketLine],
    key: str,
    at: datetime,
    take_less: bool = False,
    consents: bool = False,
) -> Basket:
    """Place every line that can be placed, or return what this key's basket became before.

    Args:
        session: the writing session.
        lender_id: whose cash.
        lines: what to fund; lines of one listing are merged into the first.
        key: the lender's name for the whole instruction.
        at: when it was placed.
        take_less: whether to take what is left where that is less than the amount.
        consents: whether the lender has said yes to more than its rule pack advises in one loan.

    Raises:
        EmptyBasket: there is no line, or there are too many.
        BasketKeyTaken: the key stands for another basket.
    """
    if not 0 < len(lines) <= MOST_LINES:
        raise EmptyBasket(field="lines", why="empty or too long", most=MOST_LINES)
    content = basket.digest(lines, take_less=take_less, consents=consents)
    known = _known(session, lender_id, key)
    if known is not None:
        return _the_same(known, content, key)
    placed = Basket(
        id=new_id(),
        lender_id=lender_id,
        key=key,
        content_digest=content,
        confirmations=[],
        placed_at=at,
    )
    try:
        with session.begin_nested():
            session.add(placed)
            session.flush()
    except IntegrityError:
        # The key was used at the same moment; what it stands for is visible now.
        return _the_same(_known(session, lender_id, key), content, key)
    how = _Manner(placed, take_less=take_less, consents=consents)
    placed.confirmations = [each.to_json() for each in _confirm(session, how, lines)]
    session.flush()
    return placed


def _known(session: Session, lender_id: UUID, key: str) -> Basket | None:
    return session.scalar(select(Basket).where(Basket.lender_id == lender_id, Basket.key == key))


def _the_same(known: Basket | None, content: str, key: str) -> Basket:
    if known is None or known.content_digest != content:
        raise BasketKeyTaken(key=key)
    return known


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the lines of one basket are placed."""

    basket: Basket
    take_less: bool
    consents: bool


def _confirm(session: Session, how: _Manner, lines: Sequence[BasketLine]) -> list[Confirmation]:
    """Place the lines, and answer in their order.

    They are placed in the order of their listings' ids, so that two baskets never lock each other
    out.
    """
    merged = basket.merge(lines)
    answers: dict[int, Confirmation] = {}
    for place in sorted(range(len(merged)), key=lambda at: merged[at].line.listing_id.bytes):
        answers[place] = _place(session, how, merged[place], place)
    return [answers[place] for place in range(len(merged))]


def _place(session: Session, how: _Manner, each: Merged, place: int) -> Confirmation:
    """Try one line and say what became of it."""
    if each.wanted is None:
        return _nothing(each.line, LineStatus.ELIM_BY_MERGE)
    notes = [LineStatus.AUGMENTED_BY_MERGE] if each.is_augmented else []
    listing = session.get(Listing, each.line.listing_id, populate_existing=True)
    if listing is None or not _is_for(listing, how.basket.lender_id, each.wanted):
        return _nothing(each.line, *notes, LineStatus.NOT_A_VALID_INVESTMENT)
    if listing.status != ListingStatus.OPEN:
        return _nothing(each.line, *notes, LineStatus.NOT_AN_INFUNDING_LOAN)
    amount = _rounded(listing, each.wanted)
    if amount.is_zero:
        return _nothing(each.line, *notes, LineStatus.REQUESTED_AMNT_LOW)
    if amount != each.wanted:
        notes.append(LineStatus.REQUESTED_AMNT_ROUNDED)
    try:
        order = place_order(
            session,
            listing_id=listing.id,
            lender_id=how.basket.lender_id,
            amount=amount,
            key=f"basket:{how.basket.id.hex}:{place}",
            at=how.basket.placed_at,
            allow_partial=how.take_less,
            consents=how.consents,
        )
    except tuple(REFUSALS) as refused:
        return _nothing(each.line, *notes, REFUSALS[type(refused)])
    return _something(each.line, order, notes)


def _is_for(listing: Listing, lender_id: UUID, wanted: Money) -> bool:
    return listing.borrower_id != lender_id and listing.currency == wanted.currency


def _rounded(listing: Listing, wanted: Money) -> Money:
    terms = Terms.from_json(listing.terms)
    room = listing.amount - listing.reserved
    return basket.rounded(wanted, minimum=terms.order_minimum, step=terms.order_step, room=room)


def _nothing(line: BasketLine, *statuses: LineStatus) -> Confirmation:
    return Confirmation(line.listing_id, line.amount, Money.zero(line.amount.currency), statuses)


def _something(line: BasketLine, order: Order, notes: list[LineStatus]) -> Confirmation:
    whole = order.amount == order.requested
    last = LineStatus.ORDER_FULFILLED if whole else LineStatus.LOAN_AMNT_EXCEEDED
    statuses = (*notes, last)
    return Confirmation(line.listing_id, line.amount, order.amount, statuses, order.id)
