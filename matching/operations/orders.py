"""Orders by hand: one lender's amount in one listing, reserved at once or refused with a reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, Movement, Posting
from kernel import Currency, Money, NotFound, find, lock, new_id
from matching import queries
from matching.errors import OrderFixed, OrderKeyTaken, OwnListing
from matching.models import Mandate, Order, OrderStatus
from matching.operations.standings import check_standing
from matching.room import can_cancel, is_whole_order, refusal
from origination import Listing, ListingStatus


def place_order(
    session: Session,
    *,
    listing_id: UUID,
    lender_id: UUID,
    amount: Money,
    key: str,
    at: datetime,
    allow_partial: bool = False,
    consents: bool = False,
) -> Order:
    """Reserve a lender's money for a listing, or return the order placed with this key before.

    A refusal leaves the session as it was, so that the rest of a basket can still be placed.

    Args:
        session: the writing session.
        listing_id: what to fund.
        lender_id: whose cash.
        amount: at least the minimum and a multiple of the step, or exactly what is left.
        key: the lender's name for this order.
        at: when it was placed.
        allow_partial: whether to take what is left where that is less than the amount.
        consents: whether the lender has said yes to more than its rule pack advises in one loan.

    Raises:
        NotFound: there is no such listing.
        OwnListing: the lender is its borrower.
        ListingFull: less is left than was asked for.
        ListingClosed: it takes no orders.
        OrderTooSmall: the amount is below the minimum.
        OrderOffStep: the amount is not a multiple of the step.
        InsufficientFunds: the lender's cash does not suffice.
        KnowledgeTestMissing, LegalLimitReached, ConsentNeeded: its rule pack does not allow it.
        OrderKeyTaken: the key stands for another order.
    """
    known = queries.order_by_key(session, lender_id=lender_id, key=key)
    if known is not None:
        return _the_same(known, listing_id, amount)
    order = Order(
        id=new_id(),
        listing_id=listing_id,
        lender_id=lender_id,
        requested=amount,
        status=OrderStatus.RESERVED,
        key=key,
        placed_at=at,
    )
    try:
        with session.begin_nested():
            _place(session, order, at=at, allow_partial=allow_partial, consents=consents)
    except IntegrityError:
        # The key was used at the same moment; what it stands for is visible now.
        mine = (Order.lender_id == lender_id, Order.key == key)
        return _the_same(session.scalars(select(Order).where(*mine)).one(), listing_id, amount)
    return order


def cancel_order(session: Session, *, order_id: UUID, lender_id: UUID, at: datetime) -> Order:
    """Take an order back; doing it again changes nothing.

    It can be taken back while its listing is open and, where its lender's rule pack asks for a
    reflection period, until that is over. A listing that was full takes orders again then; whoever
    calls this ends one whose time has passed.

    Raises:
        NotFound: the lender has no such order.
        OrderFixed: it is too late for both, or the order is no longer reserved.
    """
    order = find(session, Order, order_id)
    if order.lender_id != lender_id:
        raise NotFound(what="Order", id=order_id)
    listing = lock(session, Listing, order.listing_id)
    order = lock(session, Order, order_id)
    if order.status == OrderStatus.CANCELLED:
        return order
    if not can_cancel(order.status, listing.status, order.revocable_until, at=at):
        raise OrderFixed(order=order.status, listing=listing.status)

    order.status = OrderStatus.CANCELLED
    order.closed_at, order.closed_why = at, "cancelled by the lender"
    listing.reserved -= order.amount
    listing.orders -= 1
    if listing.status == ListingStatus.FUNDED:
        by = f"lender:{lender_id}"
        listing.move(session, ListingStatus.OPEN, by=by, at=at, why="an order was revoked")
        listing.closed_at = None
    if order.mandate_id is not None:
        lock(session, Mandate, order.mandate_id).invested_minor -= order.amount_minor
    escrow.post(
        session,
        key=f"order:{order.id}:cancel",
        postings=[
            Posting(
                Movement.RELEASE, listing_account(session, listing), order.account_id, order.amount
            )
        ],
        at=at,
        memo=f"Order on L-{listing.number} cancelled",
        actor=f"lender:{lender_id}",
    )
    return order


def listing_account(session: Session, listing: Listing) -> int:
    """Return the account that holds a listing's money, opened with its first order."""
    if listing.account_id is None:
        listing.account_id = escrow.open_account(
            session,
            kind=AccountKind.LISTING,
            owner_id=listing.id,
            currency=Currency(listing.currency),
        )
    return listing.account_id


def _the_same(order: Order, listing_id: UUID, amount: Money) -> Order:
    if (order.listing_id, order.requested) != (listing_id, amount):
        raise OrderKeyTaken(key=order.key)
    return order


def _place(
    session: Session, order: Order, *, at: datetime, allow_partial: bool, consents: bool
) -> None:
    listing = find(session, Listing, order.listing_id)
    if listing.borrower_id == order.lender_id:
        raise OwnListing
    pack = check_standing(
        session, lender_id=order.lender_id, amount=order.requested, consents=consents, at=at
    )
    order.revocable_until = pack.revocable_until(at)
    order.amount = _take(session, listing, order.requested, at=at, allow_partial=allow_partial)
    source = escrow.open_account(
        session, kind=AccountKind.LENDER, owner_id=order.lender_id, currency=order.amount.currency
    )
    order.account_id = source
    session.add(order)
    session.flush()
    escrow.post(
        session,
        key=f"order:{order.id}",
        postings=[
            Posting(Movement.RESERVE, source, listing_account(session, listing), order.amount)
        ],
        at=at,
        memo=f"Order on L-{listing.number}",
        actor=f"lender:{order.lender_id}",
    )


def _take(
    session: Session, listing: Listing, wanted: Money, *, at: datetime, allow_partial: bool
) -> Money:
    """Take room of a listing, and fund it with the last of it; return how much was taken.

    The first try holds no lock. Only where it fails is the row locked, to tell why, or to take
    what is left.
    """
    left = _try_to_take(session, listing, wanted, at=at)
    if left is None:
        listing = lock(session, Listing, listing.id)
        room = listing.amount - listing.reserved
        if allow_partial and room.is_positive and room < wanted:
            wanted = room
        left = _try_to_take(session, listing, wanted, at=at)
        if left is None:
            raise refusal(listing, wanted, room, at=at)
    if left == 0:
        session.refresh(listing)
        listing.move(session, ListingStatus.FUNDED, by="system", at=at, why="full")
        listing.closed_at = at
    return wanted


def _try_to_take(session: Session, listing: Listing, amount: Money, *, at: datetime) -> int | None:
    """Take room in one conditional statement; return what is left, or nothing if it did not fit."""
    room = Listing.amount_minor - Listing.reserved_minor
    whole = is_whole_order(listing, amount)
    left = session.scalar(
        update(Listing)
        .where(
            Listing.id == listing.id,
            Listing.status == ListingStatus.OPEN,
            Listing.closes_at > at,
            room >= amount.minor if whole else room == amount.minor,
        )
        .values(reserved_minor=Listing.reserved_minor + amount.minor, orders=Listing.orders + 1)
        .returning(room)
        .execution_options(synchronize_session=False)
    )
    session.expire(listing, ["reserved_minor", "orders"])
    return left
