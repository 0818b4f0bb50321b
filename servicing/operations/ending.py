"""Ending a claim for less than is owed: a settlement with the borrower, a sale to a buyer.

What is not paid is written off, and what is paid is shared among the notes as every payment is, so
that each lender bears the loss by the cent. Whoever decides it are two people (`proposals`).
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from kernel import Currency, Money, lock
from servicing.errors import ClaimEnded
from servicing.kinds import RepaymentKind, Source
from servicing.models import Ending, Loan, LoanStatus, Proposal
from servicing.operations.losses import give_up
from servicing.operations.repayments import receive_repayment


def agree(session: Session, proposal: Proposal, *, on: date, at: datetime) -> None:
    """Let less be enough: once it has come in time, the rest is written off.

    Raises:
        ClaimEnded: nothing is owed any more.
    """
    del on, at
    assert proposal.details is not None
    loan = lock(session, Loan, proposal.loan_id)
    _check_claim(loan)
    loan.settlement = proposal.details | {"after": loan.payments, "by": proposal.decided_by}
    session.flush()


def sell(session: Session, proposal: Proposal, *, on: date, at: datetime) -> None:
    """Sell what is owed to a buyer; the price is shared among the notes, and the loan is over.

    Raises:
        ClaimEnded: nothing is owed any more.
        DayAlreadyCounted: the loan has been counted beyond that day.
    """
    assert proposal.details is not None
    assert proposal.decided_by is not None
    loan, by = lock(session, Loan, proposal.loan_id), proposal.decided_by
    _check_claim(loan)
    if loan.status == LoanStatus.ACTIVE:
        give_up(session, loan, by=by, on=on, at=at, why=f"sold to {proposal.details['buyer']}")
    currency = Currency(loan.currency)
    receive_repayment(
        session,
        loan_id=loan.id,
        amount=Money(proposal.details["price_minor"], currency),
        kind=RepaymentKind.RECOVERY,
        key=f"sale:{proposal.id}",
        on=on,
        at=at,
        collection_fee=Money(0, currency),
        by=by,
        source=Source.SALE,
    )
    loan.ended_as = Ending.SOLD
    session.flush()


def _check_claim(loan: Loan) -> None:
    if loan.ended_as is not None or loan.status == LoanStatus.SETTLED:
        raise ClaimEnded(number=loan.number, ended=loan.ended_as or loan.status)
