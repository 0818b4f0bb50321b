"""Which loans are debited by themselves, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
from escrow import Collection, CollectionStatus, SavedMethod
from kernel import Money, find
from servicing.autopay_models import Autopay, AutopayStatus
from servicing.models import Loan, LoanStatus
from servicing.queries.standing import Standing, standing

UNDER_WAY = {CollectionStatus.PREPARED, CollectionStatus.CALLED, CollectionStatus.PROCESSING}
OPEN = (AutopayStatus.AGREED, AutopayStatus.ACTIVE)


@dataclass(frozen=True, slots=True)
class NextDebit:
    """What will be debited next, and which try it will be."""

    on: date
    amount: Money
    attempt: int


@dataclass(frozen=True, slots=True)
class AutopayDetail:
    """How a loan is paid by itself, as its borrower sees it.

    Attributes:
        status: whether it is, or was.
        label: what the way to pay is called.
        method_id: the way to pay.
        next: the next debit, while it is active and something is to be paid.
        text: what the borrower agreed to.
    """

    status: AutopayStatus
    label: str
    method_id: UUID
    next: NextDebit | None
    text: str


def autopay_of(session: Session, *, loan_id: UUID) -> Autopay | None:
    """Return the leave to debit a loan that was given last, whether or not it still stands."""
    given = select(Autopay).where(Autopay.loan_id == loan_id)
    return session.scalar(given.order_by(Autopay.id.desc()).limit(1))


def autopay_detail(session: Session, *, loan_id: UUID, on: date) -> AutopayDetail | None:
    """Return how a loan is paid by itself; none where its borrower never agreed to that."""
    row = autopay_of(session, loan_id=loan_id)
    if row is None:
        return None
    loan = find(session, Loan, loan_id)
    is_active = row.status == AutopayStatus.ACTIVE and loan.status == LoanStatus.ACTIVE
    return AutopayDetail(
        status=AutopayStatus(row.status),
        label=find(session, SavedMethod, row.method_id).label,
        method_id=row.method_id,
        next=next_debit(session, loan, on=on) if is_active else None,
        text=row.text,
    )


def debited_loans(session: Session) -> Sequence[UUID]:
    """Return the loans that are debited by themselves, in order."""
    active = select(Autopay.loan_id).join(Loan, Loan.id == Autopay.loan_id)
    return session.scalars(
        active.where(
            Autopay.status == AutopayStatus.ACTIVE, Loan.status == LoanStatus.ACTIVE
        ).order_by(Autopay.loan_id)
    ).all()


def next_debit(session: Session, loan: Loan, *, on: date) -> NextDebit | None:
    """Return what is to be debited next, seen from a day; due when its day has come.

    Nothing is, while something is on its way. What failed is tried again on its day; what failed
    for good, or came back, waits for the next installment.
    """
    tried = debits_of(session, loan_id=loan.id)
    if any(row.status in UNDER_WAY for row in tried):
        return None
    stands = standing(loan, on=on)
    number = installment_due(stands, on=on)
    if number is not None and stands.to_pay.is_positive:
        again = _again([row for row in tried if is_for(row, number)], on=on)
        if again is not None:
            return NextDebit(max(again[0], on), stands.to_pay, again[1])
    coming = next((each for each in stands.upcoming if each.due_on > on), None)
    if coming is None:
        return None
    later = standing(loan, on=coming.due_on).to_pay
    return NextDebit(coming.due_on, later, 1) if later.is_positive else None


def _again(tried: Sequence[Collection], *, on: date) -> tuple[date, int] | None:
    """Return when an installment that is due is tried next, and which try that will be."""
    latest = max(tried, key=lambda row: row.attempt, default=None)
    if latest is None:
        return on, 1
    if latest.status == CollectionStatus.CANCELLED:
        return on, latest.attempt + 1
    if latest.status == CollectionStatus.FAILED and latest.again_on is not None:
        return latest.again_on, latest.attempt + 1
    return None


def installment_due(stands: Standing, *, on: date) -> int | None:
    """Return the number of the newest installment that is due, where one is not paid."""
    return max((each.number for each in stands.upcoming if each.due_on <= on), default=None)


def debits_of(session: Session, *, loan_id: UUID) -> Sequence[Collection]:
    """Return a loan's payments through the gateway that count against the next debit."""
    return [
        row
        for row in escrow.collections_of(session, loan_id=loan_id)
        if row.method_id is not None or row.status == CollectionStatus.PROCESSING
    ]


def is_for(row: Collection, number: int) -> bool:
    """Say whether a debit was for an installment."""
    return row.key.startswith(debit_key(row.loan_id, number, 0)[:-1])


def debit_key(loan_id: UUID, number: int, attempt: int) -> str:
    """Return the key of a debit: the loan, its installment and the try."""
    return f"autopay:{loan_id}:{number}:{attempt}"
