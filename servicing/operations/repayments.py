"""Receiving money on a loan: load, decide, record."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Money, lock
from servicing import queries
from servicing.errors import LoanNotPayable, NothingPaid, PaymentKeyUsed
from servicing.models import Loan, LoanStatus, Repayment, RepaymentKind
from servicing.operations.recording import record
from servicing.owing import owed
from servicing.paying import pay, pay_off
from servicing.plan import Plan
from servicing.position import DayAlreadyCounted, advance
from servicing.receipts import receipt, recovered
from servicing.state import State
from servicing.waterfall import Applied

_APPLY: dict[RepaymentKind, Callable[..., tuple[State, Applied]]] = {
    RepaymentKind.INSTALLMENT: partial(pay, early=True),
    RepaymentKind.EXTRA: partial(pay, early=False),
    RepaymentKind.PAYOFF: pay_off,
}
_STATUS = {
    RepaymentKind.INSTALLMENT: LoanStatus.ACTIVE,
    RepaymentKind.EXTRA: LoanStatus.ACTIVE,
    RepaymentKind.PAYOFF: LoanStatus.ACTIVE,
    RepaymentKind.RECOVERY: LoanStatus.CHARGED_OFF,
}


def receive_repayment(
    session: Session,
    *,
    loan_id: UUID,
    amount: Money,
    kind: RepaymentKind,
    key: str,
    on: date,
    at: datetime,
    collection_fee: Money | None = None,
    by: str | None = None,
) -> Repayment:
    """Apply a borrower's payment and share it among the note holders.

    Args:
        session: the writing session.
        loan_id: the loan.
        amount: what was received; what is more than owed goes back.
        kind: what the payment is meant for; `RECOVERY` on a charged-off loan, and only there.
        key: names the payment on this loan; repeated, it returns the same repayment.
        on: the day from which the payment counts.
        at: when it was received.
        collection_fee: what a collector charged for a recovery, where it is not the product's
            share.
        by: who entered it, where it is not the borrower.

    Raises:
        LoanNotPayable: the loan is settled, charged off, or not charged off yet.
        NothingPaid: the amount is not above zero.
        PaymentKeyUsed: the key stands for another payment.
        PayoffTooSmall: a payoff does not settle the loan.
        DayAlreadyCounted: the loan has been counted beyond that day.
    """
    loan = lock(session, Loan, loan_id)
    known = queries.repayment_by_key(session, loan_id=loan_id, key=key)
    if known is not None:
        return _same(known, loan, amount=amount, kind=kind, on=on, collection_fee=collection_fee)
    _check(loan, amount, kind)
    plan, notes = queries.plan(loan), queries.notes(session, loan_id=loan_id)

    if kind is RepaymentKind.RECOVERY:
        state = queries.state(loan)
        claim = _claim(session, loan, plan, on)
        applied = recovered(amount, claim=claim, fee=collection_fee, plan=plan)
        settled = applied.excess.is_positive or amount == claim
    else:
        state, applied = _APPLY[kind](
            advance(queries.state(loan), on, plan=plan), amount, plan=plan
        )
        settled = owed(state, plan=plan).total.is_zero
    decided = receipt(state, applied, notes=notes.book, plan=plan)

    by = by or f"borrower:{loan.borrower_id}"
    return record(
        session,
        loan,
        decided,
        notes,
        plan,
        kind=kind,
        key=key,
        by=by,
        on=on,
        at=at,
        settled=settled,
    )


def recover(
    session: Session,
    *,
    loan_id: UUID,
    gross: Money,
    key: str,
    on: date,
    at: datetime,
    collection_fee: Money | None = None,
    by: str | None = None,
) -> Repayment:
    """Share what was recovered on a charged-off loan, after the collector's fee."""
    return receive_repayment(
        session,
        loan_id=loan_id,
        amount=gross,
        kind=RepaymentKind.RECOVERY,
        key=key,
        on=on,
        at=at,
        collection_fee=collection_fee,
        by=by,
    )


def _same(
    known: Repayment,
    loan: Loan,
    *,
    amount: Money,
    kind: RepaymentKind,
    on: date,
    collection_fee: Money | None,
) -> Repayment:
    charged = collection_fee is None or collection_fee.minor == known.collection_fee_minor
    if not charged or (known.amount, known.kind, known.paid_on) != (amount, kind, on):
        raise PaymentKeyUsed(key=known.key, number=loan.number)
    return known


def _check(loan: Loan, amount: Money, kind: RepaymentKind) -> None:
    if not amount.is_positive:
        raise NothingPaid
    if loan.status != _STATUS.get(kind):
        raise LoanNotPayable(number=loan.number, status=loan.status)


def _claim(session: Session, loan: Loan, plan: Plan, on: date) -> Money:
    """Return what a charged-off loan still owes on a day: it bears interest until it is paid."""
    state = advance(queries.state(loan), on, plan=plan)
    claim = owed(state, plan=plan).total - queries.recovered_before(session, loan=loan)
    if not claim.is_positive:
        # Recoveries of later days took interest that had not run up by this day.
        raise DayAlreadyCounted(as_of=queries.last_paid_on(session, loan=loan), day=on)
    return claim
