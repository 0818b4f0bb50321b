"""What happens to the money of a listing that will not become a loan."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import escrow
import origination
from escrow import Movement, Spread
from kernel import Currency, lock
from matching.columns import ints
from matching.errors import ListingAlive
from matching.models import Mandate, Order, OrderStatus
from matching.operations.batches import forget
from matching.operations.orders import listing_account
from origination import Listing, ListingStatus

DEAD = frozenset({ListingStatus.EXPIRED, ListingStatus.WITHDRAWN})


def expire_listing(session: Session, *, listing_id: UUID, at: datetime) -> Listing:
    """Close a listing whose time is over, and release its money unless its borrower may take it.

    Raises:
        StillOpen: it is not time yet.
        MoveNotAllowed: it is neither open nor partial.
    """
    listing = origination.expire(session, listing_id=listing_id, at=at)
    if listing.status == ListingStatus.EXPIRED:
        release(session, listing_id=listing_id, at=at, why="the listing expired")
    return listing


def withdraw_listing(
    session: Session, *, listing_id: UUID, by: str, at: datetime, why: str
) -> Listing:
    """Take a listing back before it is disbursed, and release its money.

    Raises:
        NotYours: another borrower's listing.
        MoveNotAllowed: it is disbursed, expired or already withdrawn.
    """
    listing = origination.withdraw(session, listing_id=listing_id, by=by, at=at, why=why)
    release(session, listing_id=listing_id, at=at, why="the listing was withdrawn")
    return listing


def decline_partial(
    session: Session, *, listing_id: UUID, borrower_id: UUID, at: datetime
) -> Listing:
    """Leave a smaller amount than was asked for, and release its money.

    Raises:
        NotYours: somebody else's listing.
        MoveNotAllowed: it is not partly funded.
    """
    listing = origination.decline_partial(
        session, listing_id=listing_id, borrower_id=borrower_id, at=at
    )
    release(session, listing_id=listing_id, at=at, why="the borrower declined the smaller amount")
    return listing


def release(session: Session, *, listing_id: UUID, at: datetime, why: str) -> int:
    """Give back, in one entry, all the money reserved for a dead listing; return to how many.

    Doing it again gives nothing back.

    Raises:
        ListingAlive: the listing has neither expired nor been withdrawn.
    """
    session.flush()
    listing = lock(session, Listing, listing_id)
    if listing.status not in DEAD:
        raise ListingAlive(number=listing.number, status=listing.status)
    reserved = (Order.listing_id == listing_id, Order.status == OrderStatus.RESERVED)
    orders = session.execute(
        select(Order.account_id, Order.amount_minor).where(*reserved).order_by(Order.id)
    ).all()
    if not orders:
        return 0

    _take_from_mandates(session, listing_id)
    escrow.post(
        session,
        key=f"release:{listing_id}",
        postings=[
            Spread(
                Movement.RELEASE,
                listing_account(session, listing),
                ints(order.account_id for order in orders),
                ints(order.amount_minor for order in orders),
                Currency(listing.currency),
            )
        ],
        at=at,
        memo=f"L-{listing.number}: {why}",
    )
    session.execute(
        update(Order)
        .where(*reserved)
        .values(status=OrderStatus.RELEASED, closed_at=at, closed_why=why)
        .execution_options(synchronize_session=False)
    )
    forget(session, Order)
    listing.reserved_minor = 0
    listing.orders = 0
    return len(orders)


def _take_from_mandates(session: Session, listing_id: UUID) -> None:
    """Let the mandates place again what comes back."""
    placed = (
        select(Order.mandate_id, func.sum(Order.amount_minor).label("amount"))
        .where(
            Order.listing_id == listing_id,
            Order.status == OrderStatus.RESERVED,
            Order.mandate_id.is_not(None),
        )
        .group_by(Order.mandate_id)
    )
    ids = select(placed.subquery().c.mandate_id)
    session.execute(
        select(Mandate.id).where(Mandate.id.in_(ids)).order_by(Mandate.id).with_for_update()
    )
    back = placed.subquery()
    amount = select(back.c.amount).where(back.c.mandate_id == Mandate.id).scalar_subquery()
    session.execute(
        update(Mandate)
        .where(Mandate.id.in_(ids))
        .values(invested_minor=Mandate.invested_minor - amount)
        .execution_options(synchronize_session=False)
    )
    forget(session, Mandate)
