"""Giving a loan up as lost; what is recovered later is still shared."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import MoveNotAllowed, lock
from servicing import queries
from servicing.errors import TakesTwo
from servicing.models import LOANS, Loan, LoanStatus
from servicing.position import advance
from servicing.state import State


def charge_off(
    session: Session, *, loan_id: UUID, by: str, on: date, at: datetime, why: str
) -> Loan:
    """Charge a loan off by rule: what it owes stays owed, but nothing is expected any more.

    People propose it instead (`propose_write_off`), and somebody else confirms.

    Raises:
        TakesTwo: a person asks for it alone.
        MoveNotAllowed: it is settled or charged off already.
        DayAlreadyCounted: the loan has been counted beyond that day.
    """
    loan = lock(session, Loan, loan_id)
    if by.startswith("operator:"):
        raise TakesTwo(number=loan.number)
    return give_up(session, loan, by=by, on=on, at=at, why=why)


def give_up(session: Session, loan: Loan, *, by: str, on: date, at: datetime, why: str) -> Loan:
    """Count a loan up to a day and write it off."""
    if loan.status != LoanStatus.ACTIVE:
        raise MoveNotAllowed(noun=LOANS.noun, now=loan.status, to=LoanStatus.CHARGED_OFF)
    state = advance(queries.state(loan), on, plan=queries.plan(loan))
    write_off(session, loan, state, by=by, at=at, why=why)
    session.flush()
    return loan


def write_off(
    session: Session, loan: Loan, state: State, *, by: str, at: datetime, why: str
) -> None:
    """Write the loss down on the day of the state."""
    loan.move(session, LoanStatus.CHARGED_OFF, by=by, at=at, why=why)
    loan.state = state.to_json()
    loan.charged_off_minor = state.outstanding
    loan.charged_off_on = state.as_of
    loan.next_event_on = None
    loan.closed_at = at
