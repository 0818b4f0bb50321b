"""Loans, notes and payments as the shell shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from kernel import Currency, Money, Rate, find
from origination import Keyset, Page, Terms, page
from servicing.kinds import RepaymentKind, Source
from servicing.models import Ending, Loan, LoanStatus, Note, Repayment
from servicing.queries.standing import Standing, standing


@dataclass(frozen=True, slots=True)
class LoanCard:
    """What a list shows of a loan."""

    id: UUID
    number: int
    borrower_id: UUID
    listing_id: UUID
    status: LoanStatus
    grade: str
    rate: Rate
    principal: Money
    outstanding: Money
    installments: int
    notes: int
    started_on: date
    next_event_on: date | None
    opened_at: datetime
    closed_at: datetime | None
    charged_off_on: date | None
    ended_as: Ending | None


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a loan's history; of a return every amount is below zero.

    `changed` says that it was computed anew, since an earlier one was entered or returned later.
    """

    id: UUID
    seq: int
    kind: RepaymentKind
    paid_on: date
    amount: Money
    principal: Money
    interest: Money
    late_fee: Money
    recovery: Money
    collection_fee: Money
    excess: Money
    returned: bool
    changed: bool
    source: Source | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What was agreed to be enough, if it comes in time."""

    amount: Money
    until: date


@dataclass(frozen=True, slots=True)
class LoanDetail:
    """One loan with where it stands on a day; its payments are `payments`."""

    card: LoanCard
    terms: Terms
    standing: Standing
    paid_principal: Money
    paid_interest: Money
    paid_late_fee: Money
    recovered: Money
    charged_off: Money
    settlement: Settlement | None


@dataclass(frozen=True, slots=True)
class NoteCard:
    """What a lender's list shows of a note."""

    id: UUID
    loan: LoanCard
    principal: Money
    outstanding: Money
    received_principal: Money
    received_interest: Money
    received_late_fee: Money
    received_recovery: Money
    fee_paid: Money


_NEWEST_LOAN = Keyset(Loan.number.expression, Loan.id.expression, descending=True)
_NEWEST_NOTE = Keyset(Loan.number.expression, Note.id.expression, descending=True)


def loans(
    session: Session,
    *,
    borrower_id: UUID | None = None,
    status: LoanStatus | None = None,
    after: str | None = None,
    limit: int = 25,
) -> Page[LoanCard]:
    """Return a page of the loan book, the newest first, of one borrower or of all.

    Raises:
        UnusableCursor: `after` was not given out by this list.
    """
    query = select(Loan)
    if borrower_id is not None:
        query = query.where(Loan.borrower_id == borrower_id)
    if status is not None:
        query = query.where(Loan.status == status)
    rows = session.scalars(_NEWEST_LOAN.order(query, after=after, limit=limit)).all()
    return page(rows, limit=limit, show=card, key=lambda row: (row.number, row.id))


def loan_detail(session: Session, *, loan_id: UUID, on: date) -> LoanDetail:
    """Return one loan and where it stands on a day.

    Raises:
        NotFound: there is no such loan.
    """
    loan = find(session, Loan, loan_id)
    currency = Currency(loan.currency)
    return LoanDetail(
        card=card(loan),
        terms=Terms.from_json(loan.terms),
        standing=standing(loan, on=on),
        paid_principal=Money(loan.paid_principal_minor, currency),
        paid_interest=Money(loan.paid_interest_minor, currency),
        paid_late_fee=Money(loan.paid_late_fee_minor, currency),
        recovered=Money(loan.recovered_minor, currency),
        charged_off=Money(loan.charged_off_minor, currency),
        settlement=_settlement(loan),
    )


def payments(session: Session, *, loan_id: UUID) -> list[Payment]:
    """Return the payments of a loan, the latest first.

    One that was computed anew stands there once, as it counts now.
    """
    back = aliased(Repayment)
    anew = (Repayment.kind == RepaymentKind.REVERSAL) & Repayment.cause_id.is_not(None)
    rows = session.execute(
        select(Repayment, back.id.label("back"))
        .outerjoin(back, back.reverses_id == Repayment.id)
        .where(Repayment.loan_id == loan_id, ~anew, back.cause_id.is_(None))
        .where(Repayment.kind != RepaymentKind.CHANGE)
        .order_by(Repayment.place.desc())
    )
    return [_payment(row.Repayment, returned=row.back is not None) for row in rows]


def notes_of(
    session: Session,
    *,
    lender_id: UUID,
    statuses: Sequence[LoanStatus] = (),
    after: str | None = None,
    limit: int = 25,
) -> Page[NoteCard]:
    """Return a page of a lender's notes, those of the newest loans first.

    Raises:
        UnusableCursor: `after` was not given out by this list.
    """
    query = select(Note, Loan).join(Loan, Loan.id == Note.loan_id)
    query = query.where(Note.lender_id == lender_id)
    if statuses:
        query = query.where(Loan.status.in_(statuses))
    rows = session.execute(_NEWEST_NOTE.order(query, after=after, limit=limit)).all()
    return page(
        rows,
        limit=limit,
        show=lambda row: _note_card(row.Note, row.Loan),
        key=lambda row: (row.Loan.number, row.Note.id),
    )


def card(loan: Loan) -> LoanCard:
    """Return what a list shows of a loan."""
    return LoanCard(
        id=loan.id,
        number=loan.number,
        borrower_id=loan.borrower_id,
        listing_id=loan.listing_id,
        status=LoanStatus(loan.status),
        grade=loan.grade,
        rate=loan.rate,
        principal=loan.principal,
        outstanding=loan.outstanding,
        installments=loan.installments,
        notes=loan.notes,
        started_on=loan.started_on,
        next_event_on=loan.next_event_on,
        opened_at=loan.opened_at,
        closed_at=loan.closed_at,
        charged_off_on=loan.charged_off_on,
        ended_as=None if loan.ended_as is None else Ending(loan.ended_as),
    )


def _settlement(loan: Loan) -> Settlement | None:
    agreed = loan.settlement
    if agreed is None:
        return None
    amount = Money(agreed["amount_minor"], Currency(loan.currency))
    return Settlement(amount, date.fromisoformat(agreed["until"]))


def _payment(paid: Repayment, *, returned: bool) -> Payment:
    currency = Currency(paid.currency)
    return Payment(
        id=paid.id,
        seq=paid.seq,
        kind=RepaymentKind(paid.kind),
        paid_on=paid.paid_on,
        amount=paid.amount,
        principal=Money(paid.principal_minor, currency),
        interest=Money(paid.interest_minor, currency),
        late_fee=Money(paid.late_fee_minor, currency),
        recovery=Money(paid.recovery_minor, currency),
        collection_fee=Money(paid.collection_fee_minor, currency),
        excess=Money(paid.excess_minor, currency),
        returned=returned,
        changed=paid.root_id is not None,
        source=None if paid.source is None else Source(paid.source),
    )


def _note_card(note: Note, loan: Loan) -> NoteCard:
    currency = Currency(note.currency)
    return NoteCard(
        id=note.id,
        loan=card(loan),
        principal=note.principal,
        outstanding=note.principal - Money(note.received_principal_minor, currency),
        received_principal=Money(note.received_principal_minor, currency),
        received_interest=Money(note.received_interest_minor, currency),
        received_late_fee=Money(note.received_late_fee_minor, currency),
        received_recovery=Money(note.received_recovery_minor, currency),
        fee_paid=Money(note.fee_paid_minor, currency),
    )
