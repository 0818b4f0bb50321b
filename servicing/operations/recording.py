"""Recording a decided payment: rows, totals, one entry in the book."""

from datetime import date, datetime

import numpy as np
from sqlalchemy.orm import Session

from escrow import AccountKind, AccountRef, Movement, Posting, Spread, post
from kernel import Money, bulk_insert, bulk_update, new_id
from servicing.apportion import Column
from servicing.models import (
    DISTRIBUTIONS,
    NOTES,
    Loan,
    LoanStatus,
    Repayment,
    RepaymentKind,
)
from servicing.plan import Plan
from servicing.position import next_event
from servicing.queries import Notes
from servicing.receipts import Receipt
from servicing.split import NoteBook, Shares

_RECEIVED = {
    "received_principal_minor": ("received_principal", "principal"),
    "received_interest_minor": ("received_interest", "interest"),
    "received_late_fee_minor": ("received_late_fee", "late_fee"),
    "received_recovery_minor": ("received_recovery", "recovery"),
    "fee_paid_minor": ("fee_paid", "fee"),
}


def record(
    session: Session,
    loan: Loan,
    decided: Receipt,
    notes: Notes,
    plan: Plan,
    *,
    kind: RepaymentKind,
    key: str,
    by: str,
    on: date,
    at: datetime,
    settled: bool,
) -> Repayment:
    """Write a payment down and move its money."""
    repayment = _repayment(loan, decided, kind=kind, key=key, on=on, at=at)
    entry = post(
        session,
        key=f"repayment:{loan.id}:{key}",
        postings=_postings(loan, repayment, decided, notes),
        at=at,
        memo=f"L-{loan.number} {kind}",
        actor=by,
    )
    repayment.entry_id = entry.id
    session.add(repayment)
    _distribute(session, repayment, notes, decided.shares)

    add_up(loan, repayment)
    loan.state = decided.state.to_json()
    if kind is not RepaymentKind.RECOVERY:
        loan.next_event_on = next_event(decided.state, plan=plan)
    if settled:
        loan.move(session, LoanStatus.SETTLED, by=by, at=at)
        loan.closed_at = at
    session.flush()
    return repayment


def add_up(loan: Loan, repayment: Repayment) -> None:
    """Add a payment, or the negated parts of a return, to the totals of its loan."""
    loan.payments = repayment.seq
    loan.outstanding_minor -= repayment.principal_minor
    loan.paid_principal_minor += repayment.principal_minor
    loan.paid_interest_minor += repayment.interest_minor
    loan.paid_late_fee_minor += repayment.late_fee_minor
    loan.recovered_minor += repayment.recovery_minor


def _repayment(
    loan: Loan, decided: Receipt, *, kind: RepaymentKind, key: str, on: date, at: datetime
) -> Repayment:
    applied = decided.applied
    paid = applied.principal + applied.interest + applied.penalty
    return Repayment(
        id=new_id(),
        loan_id=loan.id,
        seq=loan.payments + 1,
        key=key,
        kind=kind,
        paid_on=on,
        at=at,
        currency=loan.currency,
        amount=paid + applied.recovery + applied.collection_fee + applied.excess,
        principal_minor=applied.principal.minor,
        interest_minor=applied.interest.minor,
        late_fee_minor=applied.penalty.minor,
        late_fee_kept_minor=decided.late_fee_kept.minor,
        recovery_minor=applied.recovery.minor,
        collection_fee_minor=applied.collection_fee.minor,
        servicing_fee_minor=decided.servicing_fee,
        excess_minor=applied.excess.minor,
        state_before=loan.state,
    )


def _postings(
    loan: Loan, repayment: Repayment, decided: Receipt, notes: Notes
) -> list[Posting | Spread]:
    """Collect the money, share it, keep the fees and send back what is too much, in that order."""
    currency = loan.principal.currency
    outside = AccountRef(AccountKind.STRIPE, None, currency)
    fees = AccountRef(AccountKind.FEES, None, currency)
    kept = decided.late_fee_kept + Money(decided.servicing_fee, currency)
    collected, excess = decided.applied.collection_fee, decided.applied.excess
    return [
        Posting(Movement.COLLECT, outside, loan.account_id, repayment.amount),
        Spread(Movement.DISTRIBUTE, loan.account_id, notes.accounts, decided.shares.net, currency),
        Posting(Movement.SERVICE, loan.account_id, fees, kept),
        Posting(Movement.SERVICE, loan.account_id, fees, collected),
        Posting(Movement.REFUND, loan.account_id, outside, excess),
    ]


def _distribute(session: Session, repayment: Repayment, notes: Notes, shares: Shares) -> None:
    """Write down what each note received, and add it to the notes."""
    touched = np.flatnonzero(shares.gross)
    columns = {
        "repayment_id": repayment.id,
        "note_id": [notes.ids[place] for place in touched],
        "principal_minor": shares.principal[touched],
        "interest_minor": shares.interest[touched],
        "late_fee_minor": shares.late_fee[touched],
        "recovery_minor": shares.recovery[touched],
        "fee_minor": shares.fee[touched],
    }
    bulk_insert(session, DISTRIBUTIONS, columns, count=len(touched))
    fresh = _changed(notes.book.after(shares), shares, touched)
    bulk_update(session, NOTES, "id", {"id": columns["note_id"]} | fresh, count=len(touched))


def _changed(book: NoteBook, shares: Shares, touched: Column) -> dict[str, Column]:
    """Return the columns in which something was received."""
    return {
        column: getattr(book, total)[touched]
        for column, (total, part) in _RECEIVED.items()
        if getattr(shares, part).any()
    }
