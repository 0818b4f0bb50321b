"""The day's close: loan by loan, only those on which something happens, and then the proof."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from escrow import Finding, Moved
from kernel import lock
from servicing import queries
from servicing.close_models import Close, CloseItem
from servicing.models import Loan, LoanStatus
from servicing.operations.losses import write_off
from servicing.position import advance, is_lost, next_event
from servicing.state import State


def begin_close(session: Session, *, day: date, at: datetime) -> Close:
    """Begin the close of a day, or take up one that was interrupted or done before."""
    close = session.get(Close, day)
    if close is None:
        close = Close(day=day, started_at=at, loans=0, failures=[], findings=[], moved=[])
        session.add(close)
        session.flush()
    close.expected = _count(session, day) + queries.count_due(session, on=day)
    session.flush()
    return close


def close_loan(session: Session, *, loan_id: UUID, on: date, at: datetime) -> bool:
    """Let a loan live through every event up to a day; say whether there was any.

    Missed days come first, each in its turn. Repeated, it does nothing more. The state stays at the
    last event, so that a payment of a later day still finds its place. What it did is written to
    the loan's part in the close of that day, where there is one, in the same transaction.
    """
    loan = lock(session, Loan, loan_id)
    item = session.get(CloseItem, (on, loan_id))
    if loan.status != LoanStatus.ACTIVE or loan.next_event_on is None or loan.next_event_on > on:
        if item is not None and item.closed_at is None:
            session.delete(item)  # paid off since it was claimed: nothing happened here
            session.flush()
        return False
    before, after = _live(session, loan, on=on, at=at)
    if item is not None:
        _note(item, loan, before, after, at=at)
    session.flush()
    return True


def fail_item(session: Session, *, day: date, loan_id: UUID, why: str) -> None:
    """Note why a loan could not be closed; the next run tries it again."""
    item = CloseItem.day == day, CloseItem.loan_id == loan_id
    session.execute(update(CloseItem).where(*item).values(failure=why[:500]))


def finish_close(
    session: Session,
    *,
    day: date,
    at: datetime,
    through_entry_id: int | None = None,
    moved: Sequence[Moved] = (),
    found: Sequence[Finding] = (),
) -> Close:
    """End the close of a day with the audit of the loans it touched, and keep what was found.

    Args:
        session: the writing session.
        day: the day that is closed.
        at: when it ended.
        through_entry_id: the last entry of the book that `moved` counts.
        moved: what moved in the book since the close before.
        found: what the proof of the book has found.
    """
    close = lock(session, Close, day)
    audit = queries.audit(session, loan_ids=queries.closed_loans(session, day=day))
    session.refresh(close)
    close.loans = _count(session, day)
    close.failures = queries.failed_loans(session, day=day)
    close.findings = [asdict(finding) for finding in (*audit.findings, *found)]
    close.through_entry_id = through_entry_id
    close.moved = [line.to_json() for line in moved]
    close.finished_at = at
    session.flush()
    return close


def _count(session: Session, day: date) -> int:
    closed = CloseItem.day == day, CloseItem.closed_at.is_not(None)
    return session.scalar(select(func.count()).select_from(CloseItem).where(*closed)) or 0


def _live(session: Session, loan: Loan, *, on: date, at: datetime) -> tuple[State, State]:
    """Let every event happen; return the state before and after."""
    plan, state = queries.plan(loan), queries.state(loan)
    before, event = state, loan.next_event_on
    while event is not None and event <= on:
        # A payment or a return may have counted the loan beyond the day of its loss.
        state = advance(state, max(event, state.as_of), plan=plan)
        if is_lost(state, plan=plan):
            why = f"{state.days_past_due} days past due"
            write_off(session, loan, state, by="system", at=at, why=why)
            break
        event = next_event(state, plan=plan)
        loan.state, loan.next_event_on = state.to_json(), event
    return before, state


def _note(item: CloseItem, loan: Loan, before: State, after: State, *, at: datetime) -> None:
    """Add up what happened; nothing is paid in a close, so every new bill is still there."""
    fresh = [bill for bill in after.bills if bill.number >= before.number]
    late = [bill for bill in after.bills if bill.is_late]
    late_before = [bill for bill in before.bills if bill.is_late]
    item.bills += len(fresh)
    item.billed_minor += sum(bill.installment for bill in fresh)
    item.late_fees += len(late) - len(late_before)
    item.late_fee_minor += sum(bill.late_fee for bill in late)
    item.late_fee_minor -= sum(bill.late_fee for bill in late_before)
    item.lost_minor += loan.charged_off_minor
    item.closed_at, item.failure = at, None
