"""What lenders received of borrowers' payments, note by note."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import Currency, Money
from servicing import Distribution, Loan, Note, Repayment, RepaymentKind


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one note received of one payment; of a returned payment every amount is below zero.

    Attributes:
        paid_on: the day on which the borrower paid.
        recovery: after the collectors' fee.
        fee: the platform's, already taken off what reached the lender's cash.
    """

    note_id: UUID
    loan_number: int
    kind: RepaymentKind
    paid_on: date
    principal: Money
    interest: Money
    late_fee: Money
    recovery: Money
    fee: Money

    @property
    def net(self) -> Money:
        """What reached the lender's cash."""
        return self.principal + self.interest + self.late_fee + self.recovery - self.fee


def note_receipts(session: Session, *, note_id: UUID, lender_id: UUID) -> tuple[Receipt, ...]:
    """Return everything that a lender's note has received, the latest first."""
    return _read(session, _received(lender_id).where(Distribution.note_id == note_id))


def newest_receipts(
    session: Session, *, lender_id: UUID, currency: Currency, limit: int = 8
) -> tuple[Receipt, ...]:
    """Return what a lender has received last in one currency, the latest first."""
    return _read(session, _received(lender_id).where(Note.currency == currency).limit(limit))


def _received(lender_id: UUID) -> Any:
    return (
        select(Distribution, Repayment.kind, Repayment.paid_on, Loan.number, Note.currency)
        .join(Note, Note.id == Distribution.note_id)
        .join(Repayment, Repayment.id == Distribution.repayment_id)
        .join(Loan, Loan.id == Note.loan_id)
        .where(Note.lender_id == lender_id)
        .order_by(Repayment.at.desc(), Repayment.seq.desc(), Distribution.note_id)
    )


def _read(session: Session, wanted: Any) -> tuple[Receipt, ...]:
    return tuple(_receipt(*row) for row in session.execute(wanted))


def _receipt(part: Distribution, kind: str, paid_on: date, number: int, code: str) -> Receipt:
    currency = Currency(code)
    return Receipt(
        note_id=part.note_id,
        loan_number=number,
        kind=RepaymentKind(kind),
        paid_on=paid_on,
        principal=Money(part.principal_minor, currency),
        interest=Money(part.interest_minor, currency),
        late_fee=Money(part.late_fee_minor, currency),
        recovery=Money(part.recovery_minor, currency),
        fee=Money(part.fee_minor, currency),
    )
