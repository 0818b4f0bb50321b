"""What comes in on loans and is shared: it reaches investors, and their mandates are called."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

import servicing
from kernel import Money
from marketplace import flows


def repay(
    session: Session,
    *,
    loan_id: UUID,
    amount: Money,
    kind: servicing.RepaymentKind,
    key: str,
    on: date,
    at: datetime,
) -> servicing.Repayment:
    """Take a borrower's payment; what reaches investors calls their mandates.

    Raises:
        LoanNotPayable, NothingPaid, PayoffTooSmall, DayAlreadyCounted: it cannot be applied.
        PaymentKeyUsed: the key stands for another payment.
    """
    repayment = servicing.receive_repayment(
        session, loan_id=loan_id, amount=amount, kind=kind, key=key, on=on, at=at
    )
    flows.call_mandates(session, at=at)
    return repayment


def recover(
    session: Session,
    *,
    loan_id: UUID,
    gross: Money,
    key: str,
    by: str,
    on: date,
    at: datetime,
    collection_fee: Money | None = None,
    source: servicing.Source | None = None,
) -> servicing.Repayment:
    """Share what an operator recovered; what reaches investors calls their mandates.

    Raises:
        LoanNotPayable, NothingPaid, DayAlreadyCounted: it cannot be applied.
        PaymentKeyUsed: the key stands for another payment.
    """
    recovered = servicing.recover(
        session,
        loan_id=loan_id,
        gross=gross,
        key=key,
        by=by,
        on=on,
        at=at,
        collection_fee=collection_fee,
        source=source,
    )
    flows.call_mandates(session, at=at)
    return recovered


def confirm_proposal(
    session: Session, *, proposal_id: UUID, by: str, on: date, at: datetime
) -> servicing.Proposal:
    """Confirm what somebody else proposed for a loan; what reaches investors calls their mandates.

    Raises:
        SameHands: it is the person's own.
        DomainError: it cannot be done any more.
    """
    confirmed = servicing.confirm_proposal(session, proposal_id=proposal_id, by=by, on=on, at=at)
    flows.call_mandates(session, at=at)
    return confirmed
