"""Listings as lenders see them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from operator import ge, le
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from kernel import Currency, Money, NotFound, Rate, find
from origination.models import Listing, ListingStatus
from origination.paging import Keyset, Page, page
from origination.terms import Terms


@dataclass(frozen=True, slots=True)
class ListingCard:
    """What a list shows of a listing."""

    id: UUID
    number: int
    status: ListingStatus
    grade: str
    score: int
    rate: Rate
    amount: Money
    reserved: Money
    minimum: Money
    installments: int
    purpose: str
    region: str
    orders: int
    opened_at: datetime | None
    closes_at: datetime | None

    @property
    def left(self) -> Money:
        """What lenders may still put in."""
        return self.amount - self.reserved

    @property
    def funded(self) -> Decimal:
        """The share that is reserved, in whole hundredths and never rounded up."""
        share = Decimal(self.reserved.minor) / self.amount.minor
        return share.quantize(Decimal("0.01"), rounding=ROUND_DOWN)


@dataclass(frozen=True, slots=True)
class ListingDetail:
    """Everything a lender may know of a listing."""

    card: ListingCard
    borrower_id: UUID
    application_id: UUID
    facts: Mapping[str, Any]
    terms: Terms
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListingFilters:
    """Which listings to show; what is empty or None does not narrow."""

    currency: Currency | None = None
    grades: tuple[str, ...] = ()
    installments: tuple[int, ...] = ()
    purposes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    rate_from: Rate | None = None
    rate_to: Rate | None = None
    left_from: Money | None = None


class ListingSort(StrEnum):
    """In which order to show listings."""

    CLOSING = "closing"  # the one that closes first
    NEWEST = "newest"
    RATE = "rate"  # the highest first
    LEFT = "left"  # the one that needs most first


_LEFT: ColumnElement[int] = Listing.amount_minor - Listing.reserved_minor

_ORDERS = {
    ListingSort.CLOSING: Keyset(Listing.closes_at.expression, Listing.id.expression),
    ListingSort.NEWEST: Keyset(
        Listing.opened_at.expression, Listing.id.expression, descending=True
    ),
    ListingSort.RATE: Keyset(Listing.rate.expression, Listing.id.expression, descending=True),
    ListingSort.LEFT: Keyset(_LEFT, Listing.id.expression, descending=True),
}


def open_listings(
    session: Session,
    *,
    filters: ListingFilters | None = None,
    sort: ListingSort = ListingSort.CLOSING,
    after: str | None = None,
    limit: int = 25,
) -> Page[ListingCard]:
    """Return a page of the listings that may be funded.

    Raises:
        UnusableCursor: `after` was not given out by this list.
    """
    query = _ORDERS[sort].order(_narrowed(filters, select(Listing)), after=after, limit=limit)
    rows = session.scalars(query).all()
    return page(rows, limit=limit, show=card, key=lambda row: (_sorted_by(row, sort), row.id))


def count_open(session: Session, *, filters: ListingFilters | None = None) -> int:
    """Return how many listings may be funded."""
    query = _narrowed(filters, select(func.count()).select_from(Listing))
    found: int = session.scalars(query).one()
    return found


def listing_detail(session: Session, *, listing_id: UUID) -> ListingDetail:
    """Return everything a lender may know of a listing.

    Raises:
        NotFound: there is no such listing.
    """
    listing = find(session, Listing, listing_id)
    return ListingDetail(
        card=card(listing),
        borrower_id=listing.borrower_id,
        application_id=listing.application_id,
        facts=listing.facts,
        terms=Terms.from_json(listing.terms),
        closed_at=listing.closed_at,
    )


def listing_numbered(session: Session, *, number: int) -> UUID:
    """Return the id of the listing with a short number.

    Raises:
        NotFound: there is no such listing.
    """
    ident = session.scalar(select(Listing.id).where(Listing.number == number))
    if ident is None:
        raise NotFound(what="Listing", id=number)
    return ident


@dataclass(frozen=True, slots=True)
class FundingRecord:
    """How listings of a span of time were funded; those that are still open do not count.

    Attributes:
        ended: how many are over, filled or not.
        filled: how many of them were filled.
        time_p50, time_p95: within what time half of these were, and all but a twentieth.
    """

    ended: int
    filled: int
    time_p50: timedelta | None
    time_p95: timedelta | None


def funding_record(
    session: Session, *, currency: Currency, since: datetime, until: datetime
) -> FundingRecord:
    """Say how the listings that opened in a span of time were funded."""
    rows = session.execute(
        select(Listing.status, Listing.opened_at, Listing.closed_at).where(
            Listing.currency == currency,
            Listing.opened_at > since,
            Listing.opened_at <= until,
            Listing.closed_at.is_not(None),
        )
    ).all()
    good = {ListingStatus.FUNDED, ListingStatus.DISBURSED}
    times = sorted(row.closed_at - row.opened_at for row in rows if row.status in good)
    return FundingRecord(len(rows), len(times), _within(times, 50), _within(times, 95))


def _within(times: list[timedelta], percent: int) -> timedelta | None:
    """Return the shortest time that at least so many per cent did not exceed."""
    return times[-(-len(times) * percent // 100) - 1] if times else None


def card(listing: Listing) -> ListingCard:
    """Return what a list shows of a listing."""
    return ListingCard(
        id=listing.id,
        number=listing.number,
        status=ListingStatus(listing.status),
        grade=listing.grade,
        score=listing.score,
        rate=listing.rate,
        amount=listing.amount,
        reserved=listing.reserved,
        minimum=listing.minimum,
        installments=listing.installments,
        purpose=listing.purpose,
        region=listing.region,
        orders=listing.orders,
        opened_at=listing.opened_at,
        closes_at=listing.closes_at,
    )


def _narrowed(filters: ListingFilters | None, query: Select[Any]) -> Select[Any]:
    query = query.where(Listing.status == ListingStatus.OPEN)
    return query if filters is None else query.where(*_conditions(filters))


def _conditions(filters: ListingFilters) -> list[ColumnElement[bool]]:
    among = (
        (Listing.currency, (filters.currency,) if filters.currency else ()),
        (Listing.grade, filters.grades),
        (Listing.installments, filters.installments),
        (Listing.purpose, filters.purposes),
        (Listing.region, filters.regions),
    )
    bounds: tuple[tuple[Callable[[Any, Any], Any], Any, Any], ...] = (
        (ge, Listing.rate, filters.rate_from),
        (le, Listing.rate, filters.rate_to),
        (ge, _LEFT, None if filters.left_from is None else filters.left_from.minor),
    )
    wanted = [column.in_(values) for column, values in among if values]
    within = [holds(column, bound) for holds, column, bound in bounds if bound is not None]
    return [*wanted, *within]


def _sorted_by(listing: Listing, sort: ListingSort) -> Any:
    if sort is ListingSort.LEFT:
        return listing.amount_minor - listing.reserved_minor
    return getattr(listing, str(_ORDERS[sort].column.key))
