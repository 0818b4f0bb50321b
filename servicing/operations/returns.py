"""Returning a payment: its stored parts are taken back, and later ones keep theirs."""

from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from escrow import InsufficientFunds, reverse
from kernel import find, lock, new_id
from servicing import queries
from servicing.errors import LendersHaveSpent, NotReturnable, PaymentKeyUsed, PaymentReturned
from servicing.models import (
    DISTRIBUTIONS,
    Distribution,
    Loan,
    LoanStatus,
    Note,
    Repayment,
    RepaymentKind,
)
from servicing.operations.recording import add_up
from servicing.owing import is_settled
from servicing.plan import Plan
from servicing.position import advance, next_event
from servicing.state import State

_AMOUNTS = (
    "amount_minor",
    "principal_minor",
    "interest_minor",
    "late_fee_minor",
    "late_fee_kept_minor",
    "recovery_minor",
    "collection_fee_minor",
    "servicing_fee_minor",
    "excess_minor",
)

Starts: TypeAlias = list[tuple[Repayment, State]]


def reverse_repayment(
    session: Session,
    *,
    repayment_id: UUID,
    key: str,
    on: date,
    at: datetime,
    why: str,
    by: str = "system",
) -> Repayment:
    """Take a payment back: what every account and note got of it goes back as it came.

    The loan is computed anew from before that payment; later payments keep the parts they had.

    Args:
        session: the writing session.
        repayment_id: the payment that was returned.
        key: names the return on its loan; repeated, it gives the same one.
        on: the day of the return.
        at: when it was recorded.
        why: the reason, for the record.
        by: who recorded it.

    Raises:
        NotReturnable: this is a return itself.
        PaymentReturned: it was returned before.
        PaymentKeyUsed: the key stands for another payment.
        LendersHaveSpent: lenders no longer hold what they would give back.
        DayAlreadyCounted: the loan has been counted beyond that day.
    """
    paid = find(session, Repayment, repayment_id)
    loan = lock(session, Loan, paid.loan_id)
    known = queries.repayment_by_key(session, loan_id=loan.id, key=key)
    if known is not None:
        return _same(known, loan, paid)
    _check(session, loan, paid)
    plan = queries.plan(loan)

    state, starts = _recomputed(session, loan, paid, plan, on)

    back = _negated(paid, loan, key=key, on=on, at=at)
    back.entry_id = _take_back(session, paid, loan, key=key, at=at, why=why, by=by)
    session.add(back)
    for later, before in starts:
        later.state_before = before.to_json()
    session.flush()
    _undistribute(session, paid, back)
    add_up(loan, back)
    _restate(session, loan, state, plan, by=by, at=at, why=why)
    session.flush()
    return back


def _same(known: Repayment, loan: Loan, paid: Repayment) -> Repayment:
    if known.reverses_id != paid.id:
        raise PaymentKeyUsed(key=known.key, number=loan.number)
    return known


def _check(session: Session, loan: Loan, paid: Repayment) -> None:
    if paid.kind == RepaymentKind.REVERSAL:
        raise NotReturnable
    returned = select(Repayment.id).where(Repayment.reverses_id == paid.id)
    if session.scalar(returned) is not None:
        raise PaymentReturned(number=loan.number)


def _recomputed(
    session: Session, loan: Loan, paid: Repayment, plan: Plan, on: date
) -> tuple[State, Starts]:
    """Return the state as it is without a payment, and where each later one starts from now."""
    now = queries.state(loan)
    if paid.kind == RepaymentKind.RECOVERY:
        return now, []
    until = advance(now, on, plan=plan).as_of if loan.charged_off_on is None else now.as_of
    state, starts = State.from_json(paid.state_before), []
    for later in queries.live_repayments(session, loan_id=loan.id, after=paid.seq):
        starts.append((later, state))
        state = queries.replayed(state, later, plan=plan)
    return advance(state, until, plan=plan), starts


def _negated(paid: Repayment, loan: Loan, *, key: str, on: date, at: datetime) -> Repayment:
    return Repayment(
        id=new_id(),
        loan_id=loan.id,
        seq=loan.payments + 1,
        key=key,
        kind=RepaymentKind.REVERSAL,
        paid_on=on,
        at=at,
        currency=paid.currency,
        reverses_id=paid.id,
        state_before=loan.state,
        **{name: -getattr(paid, name) for name in _AMOUNTS},
    )


def _take_back(
    session: Session, paid: Repayment, loan: Loan, *, key: str, at: datetime, why: str, by: str
) -> int:
    try:
        entry = reverse(
            session,
            entry_id=paid.entry_id,
            key=f"repayment:{loan.id}:{key}",
            at=at,
            memo=f"L-{loan.number} returned: {why}"[:200],
            actor=by,
        )
    except InsufficientFunds as refusal:
        raise LendersHaveSpent(missing=refusal.missing) from refusal
    return entry.id


def _undistribute(session: Session, paid: Repayment, back: Repayment) -> None:
    """Write the stored shares down negated, and take them off the notes."""
    d = Distribution
    parts = (d.principal_minor, d.interest_minor, d.late_fee_minor, d.recovery_minor, d.fee_minor)
    session.execute(
        insert(DISTRIBUTIONS).from_select(
            ["repayment_id", "note_id", *(part.key for part in parts)],
            select(
                literal(back.id, d.repayment_id.type), d.note_id, *(-part for part in parts)
            ).where(d.repayment_id == paid.id),
        )
    )
    session.execute(
        update(Note)
        .where(Note.id == d.note_id, d.repayment_id == paid.id)
        .values(
            received_principal_minor=Note.received_principal_minor - d.principal_minor,
            received_interest_minor=Note.received_interest_minor - d.interest_minor,
            received_late_fee_minor=Note.received_late_fee_minor - d.late_fee_minor,
            received_recovery_minor=Note.received_recovery_minor - d.recovery_minor,
            fee_paid_minor=Note.fee_paid_minor - d.fee_minor,
        )
        .execution_options(synchronize_session=False)
    )


def _restate(
    session: Session, loan: Loan, state: State, plan: Plan, *, by: str, at: datetime, why: str
) -> None:
    """Let the loan stand where it stands without the payment."""
    loan.state = state.to_json()
    if loan.charged_off_on is not None:
        loan.charged_off_minor = state.outstanding
        to = LoanStatus.CHARGED_OFF
    else:
        loan.next_event_on = next_event(state, plan=plan)
        to = LoanStatus.SETTLED if is_settled(state, plan=plan) else LoanStatus.ACTIVE
    if loan.status != to:
        loan.move(session, to, by=by, at=at, why=why)
        loan.closed_at = None if to is LoanStatus.ACTIVE else at
