"""The day's close: loan by loan, only those on which something happens, and then the proof."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from kernel import lock
from servicing import queries
from servicing.models import Close, Loan, LoanStatus
from servicing.operations.losses import write_off
from servicing.position import advance, is_lost, next_event


def begin_close(session: Session, *, day: date, at: datetime) -> Close:
    """Begin the close of a day, or take up one that was interrupted or done before."""
    close = session.get(Close, day)
    if close is None:
        close = Close(day=day, started_at=at, loans=0, failures=[], findings=[])
        session.add(close)
        session.flush()
    return close


def close_loan(session: Session, *, loan_id: UUID, on: date, at: datetime) -> bool:
    """Let a loan live through every event up to a day; say whether there was any.

    Missed days come first, each in its turn. Repeated, it does nothing more. The state stays at the
    last event, so that a payment of a later day still finds its place. The close of the day counts
    the loan in the same transaction, so that it has counted every one however often it is taken up.
    """
    loan = lock(session, Loan, loan_id)
    if loan.status != LoanStatus.ACTIVE or loan.next_event_on is None or loan.next_event_on > on:
        return False
    plan, state = queries.plan(loan), queries.state(loan)
    event: date | None = loan.next_event_on
    while event is not None and event <= on:
        # A payment or a return may have counted the loan beyond the day of its loss.
        state = advance(state, max(event, state.as_of), plan=plan)
        if is_lost(state, plan=plan):
            why = f"{state.days_past_due} days past due"
            write_off(session, loan, state, by="system", at=at, why=why)
            break
        event = next_event(state, plan=plan)
        loan.state, loan.next_event_on = state.to_json(), event
    session.execute(update(Close).where(Close.day == on).values(loans=Close.loans + 1))
    session.flush()
    return True


def finish_close(
    session: Session,
    *,
    day: date,
    at: datetime,
    closed: Sequence[UUID] = (),
    failures: Sequence[dict[str, str]] = (),
    resumed: bool = False,
) -> Close:
    """End the close of a day with the audit of the loans it touched, and keep what was found.

    One that was taken up again proves every loan: nobody knows any more which it touched before.

    Args:
        session: the writing session.
        day: the day that is closed.
        at: when it ended.
        closed: the loans on which something happened.
        failures: loans that could not be closed and why, as plain JSON.
        resumed: whether this close was begun before.
    """
    close = lock(session, Close, day)
    audit = queries.audit(session, loan_ids=None if resumed else closed)
    session.refresh(close)
    close.failures = list(failures)
    close.findings = [asdict(finding) for finding in audit.findings]
    close.finished_at = at
    session.flush()
    return close
