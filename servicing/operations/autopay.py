"""Paying by itself: agreed to in words, prepared on the due day, stopped at once.

Whoever prepares, claims or cancels a debit locks the loan first, so that a cancellation comes
either before a debit was called for, and then it is not, or after.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
from escrow import Collection, CollectionStatus, PaymentGateway, SavedMethod
from kernel import find, lock, new_id
from servicing import queries
from servicing.autopay_models import Autopay, AutopayStatus
from servicing.errors import LoanNotPayable
from servicing.kinds import RepaymentKind
from servicing.models import Loan, LoanStatus
from servicing.queries.autopay import OPEN, debit_key, installment_due, next_debit
from servicing.retrying import autopay_policy


def agree_autopay(
    session: Session, *, loan_id: UUID, method_id: UUID, text: str, language: str, at: datetime
) -> Autopay:
    """Note a borrower's leave to debit a loan; it takes the place of an earlier one.

    Debits begin once the way to pay is saved.

    Raises:
        LoanNotPayable: the loan is settled or charged off.
    """
    loan = lock(session, Loan, loan_id)
    if loan.status != LoanStatus.ACTIVE:
        raise LoanNotPayable(number=loan.number, status=loan.status)
    by = f"borrower:{loan.borrower_id}"
    _end(session, loan_id, AutopayStatus.CANCELLED, by=by, why="replaced", at=at)
    is_saved = find(session, SavedMethod, method_id).saved_at is not None
    fresh = Autopay(
        id=new_id(),
        loan_id=loan_id,
        method_id=method_id,
        status=AutopayStatus.ACTIVE if is_saved else AutopayStatus.AGREED,
        text=text,
        language=language,
        agreed_at=at,
    )
    session.add(fresh)
    fresh.begin(session, by=by, at=at)
    session.flush()
    return fresh


def activate_autopay(session: Session, *, method_id: UUID, at: datetime) -> None:
    """Begin to debit what was agreed to with a way to pay that is now saved."""
    agreed = session.scalars(
        select(Autopay)
        .where(Autopay.method_id == method_id, Autopay.status == AutopayStatus.AGREED)
        .with_for_update()
    )
    for row in agreed:
        row.move(session, AutopayStatus.ACTIVE, by="system", at=at)


def cancel_autopay(session: Session, *, loan_id: UUID, by: str, at: datetime) -> None:
    """Take the leave back, at once: what is prepared and was not called for is not any more."""
    lock(session, Loan, loan_id)
    _end(session, loan_id, AutopayStatus.CANCELLED, by=by, why="cancelled", at=at)


def prepare_debit(
    session: Session, *, loan_id: UUID, gateway: PaymentGateway, on: date, at: datetime
) -> Collection | None:
    """Write down the debit of a loan that is due on a day; none where none is."""
    loan = lock(session, Loan, loan_id)
    row = _active(session, loan)
    planned = next_debit(session, loan, on=on) if row is not None else None
    if row is None or planned is None or planned.on > on:
        return None
    number = installment_due(queries.standing(loan, on=on), on=on)
    return escrow.begin_collection(
        session,
        owner_id=loan.borrower_id,
        loan_id=loan_id,
        amount=planned.amount,
        kind=RepaymentKind.INSTALLMENT,
        key=debit_key(loan_id, number or 0, planned.attempt),
        gateway=gateway,
        counts_on=on,
        at=at,
        method_id=row.method_id,
        attempt=planned.attempt,
    )


def claim_debit(
    session: Session, *, collection_id: UUID, on: date, at: datetime
) -> Collection | None:
    """Say that a prepared debit is called for now, if it still is to be.

    One that was called for before is given again, so that its call is made again under its key. A
    loan that was paid meanwhile, or whose borrower has taken the leave back, is not debited.
    """
    loan = lock(session, Loan, find(session, Collection, collection_id).loan_id)
    debit = lock(session, Collection, collection_id)
    if debit.status == CollectionStatus.CALLED:
        return debit
    if debit.status != CollectionStatus.PREPARED:
        return None
    owed = queries.standing(loan, on=on).to_pay
    if _active(session, loan) is None or owed < debit.amount:
        why = "it was paid meanwhile"
        escrow.cancel_prepared(session, loan_id=loan.id, by="system", why=why, at=at)
        return None
    debit.move(session, CollectionStatus.CALLED, by="system", at=at)
    return debit


def weigh_failure(session: Session, *, collection_id: UUID, on: date, at: datetime) -> None:
    """Decide what follows from a debit that failed: another try, the end of autopay, or neither."""
    loan = lock(session, Loan, find(session, Collection, collection_id).loan_id)
    debit = lock(session, Collection, collection_id)
    policy = autopay_policy()
    if debit.method_id is None:
        return
    debit.again_on = policy.again_on(debit.code, attempt=debit.attempt, failed_on=on)
    if policy.ends(debit.code):
        why = debit.failure or ""
        _end(session, loan.id, AutopayStatus.STOPPED, by="system", why=why, at=at)


def _active(session: Session, loan: Loan) -> Autopay | None:
    row = queries.autopay_of(session, loan_id=loan.id)
    is_active = row is not None and row.status == AutopayStatus.ACTIVE
    return row if is_active and loan.status == LoanStatus.ACTIVE else None


def _end(
    session: Session, loan_id: UUID, to: AutopayStatus, *, by: str, why: str, at: datetime
) -> None:
    """End what stands, and every debit that was prepared by it."""
    standing = session.scalars(
        select(Autopay).where(Autopay.loan_id == loan_id, Autopay.status.in_(OPEN))
    )
    for row in standing:
        row.ended_at = at
        row.move(session, to, by=by, at=at, why=why)
    escrow.cancel_prepared(session, loan_id=loan_id, by=by, why=why, at=at)
