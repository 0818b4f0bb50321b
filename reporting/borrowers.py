"""What a borrower owes and has paid."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import Currency, Money, Rate
from reporting.delinquency import days_past_due, standing
from reporting.portfolio import next_due
from servicing import Loan, LoanStatus, State


@dataclass(frozen=True, slots=True)
class LoanLine:
    """What a borrower reads of one loan.

    Attributes:
        installment: the regular one.
        owed_now: what has been asked for and is not paid, late fees included.
        next_due_on: when the next installment falls or fell due; None when none will.
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
    state, active = State.from_json(loan.state), loan.status == LoanStatus.ACTIVE
    return LoanLine(
        id=loan.id,
        number=loan.number,
        status=LoanStatus(loan.status),
        standing=standing(loan.status, loan.state, on=on),
        days_past_due=days_past_due(loan.state, on=on) if active else 0,
        grade=loan.grade,
        rate=loan.rate,
        installments=loan.installments,
        started_on=loan.started_on,
        next_due_on=next_due(loan),
        principal=loan.principal,
        outstanding=loan.outstanding,
        installment=Money(state.installment, currency),
        owed_now=Money(state.billed if active else 0, currency),
        paid_principal=Money(loan.paid_principal_minor, currency),
        paid_interest=Money(loan.paid_interest_minor, currency),
        paid_late_fees=Money(loan.paid_late_fee_minor, currency),
    )
