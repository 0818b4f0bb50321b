"""A lender's notes, one line each, page by page."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from kernel import Currency, Money, NotFound, Rate
from origination import Keyset, Listing, Page, page
from reporting.delinquency import bucket, days_past_due, may_be_late, standing
from servicing import Loan, LoanStatus, Note, State


@dataclass(frozen=True, slots=True)
class NoteLine:
    """What a lender reads of one note.

    Attributes:
        principal: what was lent.
        outstanding: principal that has not come back.
        received_principal: before fees, as everything that was received.
        fees_paid: the platform's fee on it.
        standing: a bucket of lateness, `settled`, `charged_off`, or how the claim ended.
        next_due_on: when the loan's next installment falls due; None when none will.
    """

    id: UUID
    loan_id: UUID
    loan_number: int
    listing_number: int
    grade: str
    purpose: str
    rate: Rate
    installments: int
    started_on: date
    status: LoanStatus
    standing: str
    days_past_due: int
    next_due_on: date | None
    principal: Money
    outstanding: Money
    received_principal: Money
    received_interest: Money
    received_late_fees: Money
    received_recoveries: Money
    fees_paid: Money


@dataclass(frozen=True, slots=True)
class NoteFilters:
    """Which notes to show; what is empty or None does not narrow.

    `standings` are buckets of lateness, `settled` or `charged_off`.
    """

    currency: Currency | None = None
    statuses: tuple[LoanStatus, ...] = ()
    standings: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()


# Ids rise with time, and the index on lender and loan already has this order.
_NEWEST = Keyset(Note.loan_id.expression, Note.id.expression, descending=True)


def portfolio(
    session: Session,
    *,
    lender_id: UUID,
    on: date,
    filters: NoteFilters | None = None,
    after: str | None = None,
    limit: int = 25,
) -> Page[NoteLine]:
    """Return a page of a lender's notes, those of the newest loans first.

    Raises:
        UnusableCursor: `after` was not given out by this list.
    """
    wanted = filters or NoteFilters()
    notes = _notes(lender_id).where(*_conditions(wanted))
    if wanted.standings:
        notes = notes.where(_stands(session, lender_id, wanted.standings, on=on))
    rows = session.execute(_NEWEST.order(notes, after=after, limit=limit)).all()
    return page(
        rows,
        limit=limit,
        show=lambda row: _line(*row, on=on),
        key=lambda row: (row[0].loan_id, row[0].id),
    )


def note_line(session: Session, *, note_id: UUID, lender_id: UUID, on: date) -> NoteLine:
    """Return one note of a lender.

    Raises:
        NotFound: the lender has no such note.
    """
    row = session.execute(_notes(lender_id).where(Note.id == note_id)).one_or_none()
    if row is None:
        raise NotFound(what="Note", id=note_id)
    return _line(*row, on=on)


def _notes(lender_id: UUID) -> Any:
    return (
        select(Note, Loan, Listing.number, Listing.purpose)
        .join(Loan, Loan.id == Note.loan_id)
        .join(Listing, Listing.id == Loan.listing_id)
        .where(Note.lender_id == lender_id)
    )


def _stands(session: Session, lender_id: UUID, standings: tuple[str, ...], *, on: date) -> Any:
    """Return the condition that a note's loan stands in one of these ways.

    The few loans that may be late are looked at one by one; all other active ones are current.
    """
    states = session.execute(
        select(Loan.id, Loan.state)
        .join(Note, Note.loan_id == Loan.id)
        .where(Note.lender_id == lender_id, may_be_late(on))
    )
    names = {ident: bucket(days_past_due(state, on=on)) for ident, state in states}
    among = [ident for ident, name in names.items() if name in standings]
    ways: list[ColumnElement[bool]] = [Loan.status.in_(standings), Loan.id.in_(among)]
    if bucket(0) in standings:
        ways.append(and_(Loan.status == LoanStatus.ACTIVE, Loan.id.not_in(names)))
    return or_(*ways)


def _conditions(filters: NoteFilters) -> list[Any]:
    among = (
        (Note.currency, (filters.currency,) if filters.currency else ()),
        (Loan.status, filters.statuses),
        (Loan.grade, filters.grades),
    )
    return [column.in_(values) for column, values in among if values]


def _line(note: Note, loan: Loan, listing_number: int, purpose: str, *, on: date) -> NoteLine:
    currency = Currency(note.currency)
    late = days_past_due(loan.state, on=on) if loan.status == LoanStatus.ACTIVE else 0
    return NoteLine(
        id=note.id,
        loan_id=loan.id,
        loan_number=loan.number,
        listing_number=listing_number,
        grade=loan.grade,
        purpose=purpose,
        rate=loan.rate,
        installments=loan.installments,
        started_on=loan.started_on,
        status=LoanStatus(loan.status),
        standing=loan.ended_as or standing(loan.status, loan.state, on=on),
        days_past_due=late,
        next_due_on=next_due(loan),
        principal=note.principal,
        outstanding=Money(note.principal_minor - note.received_principal_minor, currency),
        received_principal=Money(note.received_principal_minor, currency),
        received_interest=Money(note.received_interest_minor, currency),
        received_late_fees=Money(note.received_late_fee_minor, currency),
        received_recoveries=Money(note.received_recovery_minor, currency),
        fees_paid=Money(note.fee_paid_minor, currency),
    )


def next_due(loan: Loan) -> date | None:
    """Return when the oldest unpaid installment fell due, or else when the next one will."""
    if loan.status != LoanStatus.ACTIVE:
        return None
    state = State.from_json(loan.state)
    return state.unpaid_since or state.due_on
