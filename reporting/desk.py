"""What operators have on their desks: listings by status, loans by how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session

from kernel import Currency, Money, Rate
from origination import Keyset, Listing, ListingStatus, Page, ends_at, page
from reporting.delinquency import days_past_due, may_be_late, standing
from servicing import Loan, LoanStatus, State


@dataclass(frozen=True, slots=True)
class DeskListing:
    """A listing as operators see it; `ends_at` is when its time is up, where it has one."""

    id: UUID
    number: int
    application_id: UUID
    borrower_id: UUID
    status: ListingStatus
    grade: str
    rate: Rate
    installments: int
    amount: Money
    reserved: Money
    orders: int
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeskLoan:
    """A loan as operators see it.

    Attributes:
        owed_now: what has been asked for and is not paid, late fees included.
        next_event_on: the next day on which anything happens by itself.
    """

    id: UUID
    number: int
    borrower_id: UUID
    status: LoanStatus
    standing: str
    days_past_due: int
    grade: str
    rate: Rate
    started_on: date
    principal: Money
    outstanding: Money
    owed_now: Money
    lost: Money
    notes: int
    next_event_on: date | None


_NEWEST_LISTING = Keyset(Listing.opened_at.expression, Listing.id.expression, descending=True)
_NEWEST_LOAN = Keyset(Loan.opened_at.expression, Loan.id.expression, descending=True)


def desk_listings(
    session: Session,
    *,
    statuses: Sequence[ListingStatus],
    after: str | None = None,
    limit: int = 25,
) -> Page[DeskListing]:
    """Return a page of the listings in some statuses, the newest first.

    Raises:
        UnusableCursor: `after` was not given out by this list.
    """
    wanted = select(Listing).where(Listing.status.in_(statuses), Listing.opened_at.is_not(None))
    rows = session.scalars(_NEWEST_LISTING.order(wanted, after=after, limit=limit)).all()
    return page(rows, limit=limit, show=_listing, key=lambda row: (row.opened_at, row.id))


def desk_loans(
    session: Session, *, which: str, on: date, after: str | None = None, limit: int = 25
) -> Page[DeskLoan]:
    """Return a page of loans, the newest first.

    Args:
        session: a session.
        which: `active`, `late`, `settled` or `charged_off`.
        on: the day from which lateness is seen.
        after: where the page starts.
        limit: how many a page holds.

    Raises:
        UnusableCursor: `after` was not given out by this list.
    """
    wanted = select(Loan).where(_which(which, on))
    rows = session.scalars(_NEWEST_LOAN.order(wanted, after=after, limit=limit)).all()
    return page(
        rows,
        limit=limit,
        show=lambda row: desk_loan(row, on=on),
        key=lambda row: (row.opened_at, row.id),
    )


def desk_loan(loan: Loan, *, on: date) -> DeskLoan:
    """Return how one loan stands, seen from a day."""
    currency, active = Currency(loan.currency), loan.status == LoanStatus.ACTIVE
    return DeskLoan(
        id=loan.id,
        number=loan.number,
        borrower_id=loan.borrower_id,
        status=LoanStatus(loan.status),
        standing=loan.ended_as or standing(loan.status, loan.state, on=on),
        days_past_due=days_past_due(loan.state, on=on) if active else 0,
        grade=loan.grade,
        rate=loan.rate,
        started_on=loan.started_on,
        principal=loan.principal,
        outstanding=loan.outstanding,
        owed_now=Money(State.from_json(loan.state).billed if active else 0, currency),
        lost=Money(loan.charged_off_minor, currency),
        notes=loan.notes,
        next_event_on=loan.next_event_on,
    )


def _which(name: str, on: date) -> ColumnElement[bool]:
    if name == "late":
        return may_be_late(on)
    if name in set(LoanStatus):
        return Loan.status == name
    return false()


def _listing(row: Listing) -> DeskListing:
    return DeskListing(
        id=row.id,
        number=row.number,
        application_id=row.application_id,
        borrower_id=row.borrower_id,
        status=ListingStatus(row.status),
        grade=row.grade,
        rate=row.rate,
        installments=row.installments,
        amount=row.amount,
        reserved=row.reserved,
        orders=row.orders,
        ends_at=ends_at(row),
    )
