"""Loans under care in a few lines: alice borrows, olga and oscar look after her loan."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from care import CareFile, open_file
from kernel import find
from servicing import Loan, close_loan
from tests.support.loans import a_loan, noon
from tests.support.plans import STARTED

OLGA, OSCAR = UUID(int=0x01), UUID(int=0x02)
BY_OLGA, BY_OSCAR = f"operator:{OLGA}", f"operator:{OSCAR}"
OWNERS = (OLGA, OSCAR)
DUE = date(2026, 2, 15)
DAY = timedelta(days=1)


def a_file(session: Session, loan: Loan | None = None) -> CareFile:
    """Open the file of a loan that was paid out on 15 January 2026."""
    loan = loan or a_loan(session)
    return open_file(session, loan_id=loan.id, owners=OWNERS, at=noon(STARTED))


def unpaid_until(session: Session, file: CareFile, on: date) -> CareFile:
    """Close every day of a loan up to a day, without a payment."""
    loan = find(session, Loan, file.loan_id)
    while loan.next_event_on is not None and loan.next_event_on <= on:
        day = loan.next_event_on
        close_loan(session, loan_id=loan.id, on=day, at=noon(day))
    return fresh(session, file)


def fresh(session: Session, file: CareFile) -> CareFile:
    """Read a file as the database has it."""
    session.flush()
    session.refresh(file)
    return file
