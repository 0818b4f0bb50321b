"""What the page of a payment entered by hand shows: what it would change, before it is proposed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import servicing
from kernel import Currency, Money, find
from marketplace.db import rehearse
from marketplace.who import names
from servicing import Differences, Loan, Repayment


@dataclass(frozen=True)
class Foreseen:
    """What a payment would do: how it is applied, what is owed, what later ones pay instead."""

    amount: Money
    principal: Money
    interest: Money
    late_fee: Money
    recovery: Money
    excess: Money
    owed_before: Money
    owed_after: Money
    differences: Differences | None


@dataclass(frozen=True)
class PaymentPage:
    """A payment by hand, and what it would change where it is known."""

    id: UUID
    number: int
    borrower: str
    today: date
    seen: Foreseen | None


def payment_page(
    session: Session, *, loan_id: UUID, on: date, seen: Foreseen | None
) -> PaymentPage:
    """Return the page of a payment.

    Raises:
        NotFound: there is no such loan.
    """
    loan = find(session, Loan, loan_id)
    borrower = names(session, [loan.borrower_id]).get(loan.borrower_id, "")
    return PaymentPage(loan_id, loan.number, borrower, on, seen)


def foresee(loan_id: UUID, payment: dict[str, Any], *, on: date, at: datetime) -> Foreseen:
    """Return what a payment would change: it is entered, looked at and taken back again.

    Raises:
        DomainError: it cannot be entered.
    """

    def work(session: Session) -> Foreseen:
        loan = find(session, Loan, loan_id)
        before = servicing.claim(session, loan=loan, on=on)
        paid = servicing.receive_repayment(
            session,
            loan_id=loan_id,
            amount=payment["amount"],
            kind=payment["kind"],
            key=f"foreseen:{loan.payments}",
            on=payment["paid_on"],
            at=at,
            source=payment["source"],
        )
        return _seen(session, loan, paid, before=before, on=on)

    return rehearse(work)


def _seen(session: Session, loan: Loan, paid: Repayment, *, before: Money, on: date) -> Foreseen:
    told = servicing.differences(session, loan_id=loan.id)
    currency = Currency(loan.currency)
    return Foreseen(
        amount=paid.amount,
        principal=Money(paid.principal_minor, currency),
        interest=Money(paid.interest_minor, currency),
        late_fee=Money(paid.late_fee_minor, currency),
        recovery=Money(paid.recovery_minor, currency),
        excess=Money(paid.excess_minor, currency),
        owed_before=before,
        owed_after=servicing.claim(session, loan=loan, on=on),
        differences=next((each for each in told if each.number == paid.seq), None),
    )
