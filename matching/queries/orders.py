"""Who has put how much into what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kernel import Currency, Money, NotFound, Rate
from matching.models import Mandate, Order, OrderStatus
from matching.room import can_cancel
from origination import Listing, ListingStatus


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order as a page shows it; `mandate` is the name of the standing order that placed it."""

    id: UUID
    listing_id: UUID
    listing_number: int
    lender_id: UUID
    amount: Money
    requested: Money
    status: OrderStatus
    mandate: str | None
    placed_at: datetime
    closed_at: datetime | None
    closed_why: str | None
    listing_status: ListingStatus
    listing_closes_at: datetime | None
    grade: str
    rate: Rate
    installments: int
    purpose: str
    revocable_until: datetime | None = None

    def is_cancellable(self, at: datetime) -> bool:
        """Say whether the lender may take it back at an instant."""
        return can_cancel(self.status, self.listing_status, self.revocable_until, at=at)


def orders_of(
    session: Session,
    *,
    lender_id: UUID,
    status: OrderStatus | None = None,
    listing_id: UUID | None = None,
    limit: int = 100,
    before: UUID | None = None,
) -> list[OrderLine]:
    """Return a lender's orders, the latest first; `before` is the last id of the page before."""
    wanted = _lines().where(Order.lender_id == lender_id)
    if status is not None:
        wanted = wanted.where(Order.status == status)
    if listing_id is not None:
        wanted = wanted.where(Order.listing_id == listing_id)
    if before is not None:
        wanted = wanted.where(Order.id < before)
    return _read(session, wanted.order_by(Order.id.desc()).limit(limit))


def order_of(session: Session, *, order_id: UUID, lender_id: UUID) -> OrderLine:
    """Return one order of a lender.

    Raises:
        NotFound: the lender has no such order.
    """
    wanted = _lines().where(Order.id == order_id, Order.lender_id == lender_id)
    for line in _read(session, wanted):
        return line
    raise NotFound(what="Order", id=order_id)


def order_book(session: Session, *, listing_id: UUID, limit: int = 1_000) -> list[OrderLine]:
    """Return what is or was in a listing: reserved or filled, the largest first."""
    working = (OrderStatus.RESERVED, OrderStatus.FILLED)
    wanted = _lines().where(Order.listing_id == listing_id, Order.status.in_(working))
    return _read(session, wanted.order_by(Order.amount_minor.desc(), Order.id).limit(limit))


def order_by_key(session: Session, *, lender_id: UUID, key: str) -> Order | None:
    """Return the order that a lender placed with this key."""
    return session.scalar(select(Order).where(Order.lender_id == lender_id, Order.key == key))


def revocable_until(session: Session, *, listing_id: UUID) -> datetime | None:
    """Return until when lenders may take reserved orders in a full listing back, if any may."""
    last = select(func.max(Order.revocable_until)).where(
        Order.listing_id == listing_id, Order.status == OrderStatus.RESERVED
    )
    return session.scalar(last)


def _lines() -> Select[Order, Listing, str]:
    return (
        select(Order, Listing, Mandate.name)
        .join(Listing, Listing.id == Order.listing_id)
        .outerjoin(Mandate, Mandate.id == Order.mandate_id)
    )


def _read(session: Session, wanted: Select[Order, Listing, str]) -> list[OrderLine]:
    return [_line(order, listing, name) for order, listing, name in session.execute(wanted)]


def _line(order: Order, listing: Listing, mandate: str | None) -> OrderLine:
    currency = Currency(order.currency)
    return OrderLine(
        id=order.id,
        listing_id=order.listing_id,
        listing_number=listing.number,
        lender_id=order.lender_id,
        amount=Money(order.amount_minor, currency),
        requested=Money(order.requested_minor, currency),
        status=OrderStatus(order.status),
        mandate=mandate,
        placed_at=order.placed_at,
        closed_at=order.closed_at,
        closed_why=order.closed_why,
        listing_status=ListingStatus(listing.status),
        listing_closes_at=listing.closes_at,
        grade=listing.grade,
        rate=listing.rate,
        installments=listing.installments,
        purpose=listing.purpose,
        revocable_until=order.revocable_until,
    )
