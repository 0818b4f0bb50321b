"""Receiving money on a loan: load, decide, record."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Money, lock
from servicing import queries
from servicing.deciding import Entered, Footing, decide
from servicing.errors import PaymentKeyUsed
from servicing.kinds import RepaymentKind, Source
from servicing.models import Loan, LoanStatus, Repayment
from servicing.operations.correcting import enter_earlier
from servicing.operations.recording import received, write
from servicing.operations.settling import finish_settlement
from servicing.paying import check_payoff
from servicing.position import advance, next_event
from servicing.queries.payable import check, check_earlier, is_earlier


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
    source: Source | None = None,
) -> Repayment:
    """Apply a borrower's payment and share it among the note holders.

    One of a day beyond which the loan has been counted takes its place there, and what came after
    it is computed anew.

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
        source: who paid, where it was not the borrower in the ordinary way.

    Raises:
        LoanNotPayable: the loan is settled, charged off, or not charged off yet.
        NothingPaid: the amount is not above zero.
        PaymentKeyUsed: the key stands for another payment.
        PayoffTooSmall: a payoff does not settle the loan.
    """
    loan = lock(session, Loan, loan_id)
    known = queries.repayment_by_key(session, loan_id=loan_id, key=key)
    if known is not None:
        return _same(known, loan, amount=amount, kind=kind, on=on, collection_fee=collection_fee)
    entered = Entered(kind, on, amount, collection_fee)
    by = by or f"borrower:{loan.borrower_id}"
    if is_earlier(session, loan, entered):
        check_earlier(loan, entered)
        paid = enter_earlier(session, loan, entered, key=key, at=at, by=by, source=source)
    else:
        check(loan, entered)
        paid = _enter(session, loan, entered, key=key, at=at, by=by, source=source)
    finish_settlement(session, loan, on=on, at=at)
    return paid


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
    source: Source | None = None,
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
        source=source,
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


def _enter(
    session: Session,
    loan: Loan,
    entered: Entered,
    *,
    key: str,
    at: datetime,
    by: str,
    source: Source | None,
) -> Repayment:
    """Apply a payment where the loan stands."""
    plan, notes = queries.plan(loan), queries.notes(session, loan_id=loan.id)
    is_recovery = entered.kind is RepaymentKind.RECOVERY
    footing = Footing(queries.state(loan), notes.book, _recovered(session, loan, entered.kind))
    if entered.kind is RepaymentKind.PAYOFF:
        check_payoff(advance(footing.state, entered.on, plan=plan), entered.amount, plan=plan)

    decided, following = decide(footing, entered, plan=plan)

    line = received(
        loan,
        decided,
        kind=entered.kind,
        key=key,
        on=entered.on,
        at=at,
        before=footing.state,
        seq=loan.payments + 1,
        source=source,
    )
    write(session, loan, [line], notes, by=by, memo=f"L-{loan.number} {entered.kind}")
    loan.state = decided.state.to_json()
    if not is_recovery:
        loan.next_event_on = next_event(decided.state, plan=plan)
    if following.settled:
        loan.move(session, LoanStatus.SETTLED, by=by, at=at)
        loan.closed_at = at
    session.flush()
    return line.row


def _recovered(session: Session, loan: Loan, kind: RepaymentKind) -> Money:
    """Return what was recovered before, where the payment asks."""
    if kind is RepaymentKind.RECOVERY:
        return queries.recovered_before(session, loan=loan)
    return Money(0, loan.principal.currency)
