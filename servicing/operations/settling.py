"""Settling: less than is owed was agreed to be enough, and it has come in."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from servicing import queries
from servicing.kinds import Source
from servicing.models import Ending, Loan, LoanStatus, Repayment
from servicing.operations.losses import give_up


def finish_settlement(session: Session, loan: Loan, *, on: date, at: datetime) -> None:
    """Write off what is left, where a payment brought what was agreed to be enough in time."""
    agreed = loan.settlement
    if agreed is None or loan.ended_as is not None or loan.status == LoanStatus.SETTLED:
        return
    if on > date.fromisoformat(agreed["until"]) or not _is_paid(session, loan):
        return
    if loan.status == LoanStatus.ACTIVE:
        give_up(session, loan, by=agreed["by"], on=on, at=at, why="settled for less")
    loan.ended_as = Ending.SETTLED_SHORT
    session.flush()


def reopen(session: Session, loan: Loan, returned: Repayment) -> None:
    """Let the claim live again, where the payment that ended it was returned."""
    if loan.ended_as == Ending.SOLD and returned.source == Source.SALE:
        loan.ended_as = None
    if loan.ended_as == Ending.SETTLED_SHORT and not _is_paid(session, loan):
        loan.ended_as = None
    session.flush()


def _is_paid(session: Session, loan: Loan) -> bool:
    """Say whether what was agreed has come in since it was."""
    assert loan.settlement is not None
    after = loan.settlement["after"]
    paid = sum(
        row.amount_minor - row.excess_minor
        for row in queries.live_repayments(session, loan_id=loan.id)
        if row.place > after
    )
    return bool(paid >= loan.settlement["amount_minor"])
