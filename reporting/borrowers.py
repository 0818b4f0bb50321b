"""What a borrower owes and has paid."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import servicing
from kernel import Currency, Money, Rate
from reporting.delinquency import bucket
from servicing import Loan, LoanStatus, State


@dataclass(frozen=True, slots=True)
class LoanLine:
    """What a borrower reads of one loan.

    Attributes:
        installment: the regular one.
        owed_now: what has to be paid by the day, late fees included.
        next_due_on: when the oldest unpaid installment falls or fell due; None when none will.
        next_amount: what is left to pay of it.
    """

    id: UUID
    number: int
    status: LoanStatus
    standing: str
    days_past_due: int
    grade: str
    rate: Rate
    installments: int
    started_on: date
    next_due_on: date | None
    next_amount: Money | None
    principal: Money
    outstanding: Money
    installment: Money
    owed_now: Money
    paid_principal: Money
    paid_interest: Money
    paid_late_fees: Money


@dataclass(frozen=True, slots=True)
class BorrowerSummary:
    """A borrower's loans, the newest first, and what they add up to by currency."""

    borrower_id: UUID
    on: date
    loans: tuple[LoanLine, ...]

    def outstanding(self, currency: Currency) -> Money:
        """Return the principal of active loans that is not repaid."""
        active = (loan for loan in self.loans if loan.status is LoanStatus.ACTIVE)
        amounts = (loan.outstanding for loan in active if loan.outstanding.currency is currency)
        return sum(amounts, Money.zero(currency))

    def owed_now(self, currency: Currency) -> Money:
        """Return what has been asked for and is not paid."""
        amounts = (loan.owed_now for loan in self.loans if loan.owed_now.currency is currency)
        return sum(amounts, Money.zero(currency))

    @property
    def currencies(self) -> tuple[Currency, ...]:
        """The currencies of the loans."""
        return tuple(dict.fromkeys(loan.principal.currency for loan in self.loans))


def borrower_summary(session: Session, *, borrower_id: UUID, on: date) -> BorrowerSummary:
    """Return all loans of a borrower, with lateness seen from a day."""
    loans = select(Loan).where(Loan.borrower_id == borrower_id).order_by(Loan.id.desc())
    return BorrowerSummary(
        borrower_id, on, tuple(_line(loan, on=on) for loan in session.scalars(loans))
    )


def _line(loan: Loan, *, on: date) -> LoanLine:
    currency = Currency(loan.currency)
    # The day's close may not have run yet: what fell due meanwhile is counted all the same.
    now = servicing.standing(loan, on=on)
    late = now.days_past_due if loan.status == LoanStatus.ACTIVE else 0
    return LoanLine(
        id=loan.id,
        number=loan.number,
        status=LoanStatus(loan.status),
        standing=bucket(late) if loan.status == LoanStatus.ACTIVE else str(loan.status),
        days_past_due=late,
        grade=loan.grade,
        rate=loan.rate,
        installments=loan.installments,
        started_on=loan.started_on,
        next_due_on=now.next.due_on if now.next else None,
        next_amount=now.next.amount if now.next else None,
        principal=loan.principal,
        outstanding=loan.outstanding,
        installment=Money(State.from_json(loan.state).installment, currency),
        owed_now=now.to_pay if loan.status == LoanStatus.ACTIVE else Money.zero(currency),
        paid_principal=Money(loan.paid_principal_minor, currency),
        paid_interest=Money(loan.paid_interest_minor, currency),
        paid_late_fees=Money(loan.paid_late_fee_minor, currency),
    )
