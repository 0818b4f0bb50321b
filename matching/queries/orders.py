"""Who has put how much into what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kernel import Currency, Money
from matching.models import Mandate, Order, OrderStatus
from origination import Listing


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


def orders_of(
    session: Session,
    *,
    lender_id: UUID,
    status: OrderStatus | None = None,
    limit: int = 100,
    before: UUID | None = None,
) -> list[OrderLine]:
    """Return a lender's orders, the latest first; `before` is the last id of the page before."""
    wanted = _lines().where(Order.lender_id == lender_id)
    if status is not None:
        wanted = wanted.where(Order.status == status)
    if before is not None:
        wanted = wanted.where(Order.id < before)
    return _read(session, wanted.order_by(Order.id.desc()).limit(limit))


def order_book(session: Session, *, listing_id: UUID, limit: int = 1_000) -> list[OrderLine]:
    """Return what is or was in a listing: reserved or filled, the largest first."""
    working = (OrderStatus.RESERVED, OrderStatus.FILLED)
    wanted = _lines().where(Order.listing_id == listing_id, Order.status.in_(working))
    return _read(session, wanted.order_by(Order.amount_minor.desc(), Order.id).limit(limit))


def order_by_key(session: Session, *, lender_id: UUID, key: str) -> Order | None:
    """Return the order that a lender placed with this key."""
    return session.scalar(select(Order).where(Order.lender_id == lender_id, Order.key == key))


def _lines() -> Select[Order, int, str]:
    return (
        select(Order, Listing.number, Mandate.name)
        .join(Listing, Listing.id == Order.listing_id)
        .outerjoin(Mandate, Mandate.id == Order.mandate_id)
    )


def _read(session: Session, wanted: Select[Order, int, str]) -> list[OrderLine]:
    return [_line(order, number, name) for order, number, name in session.execute(wanted)]


def _line(order: Order, number: int, mandate: str | None) -> OrderLine:
    currency = Currency(order.currency)
    return OrderLine(
        id=order.id,
        listing_id=order.listing_id,
        listing_number=number,
        lender_id=order.lender_id,
        amount=Money(order.amount_minor, currency),
        requested=Money(order.requested_minor, currency),
        status=OrderStatus(order.status),
        mandate=mandate,
        placed_at=order.placed_at,
        closed_at=order.closed_at,
        closed_why=order.closed_why,
    )
