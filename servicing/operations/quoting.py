"""What it takes to settle a loan on a day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Money, find
from servicing import queries
from servicing.errors import LoanNotPayable
from servicing.models import Loan, LoanStatus
from servicing.owing import owed, settling
from servicing.position import advance


@dataclass(frozen=True, slots=True)
class PayoffQuote:
    """What settles a loan if it is paid on one day; another day has another quote."""

    loan_id: UUID
    on: date
    principal: Money
    interest: Money
    late_fee: Money
    fee: Money

    @property
    def total(self) -> Money:
        """The amount to pay."""
        return self.principal + self.interest + self.late_fee + self.fee

    @property
    def expires_on(self) -> date:
        """The last day on which this quote holds."""
        return self.on


def quote_payoff(session: Session, *, loan_id: UUID, on: date) -> PayoffQuote:
    """Quote what settles a loan on a day, with interest for the days used and no penalty.

    Raises:
        LoanNotPayable: the loan is settled or charged off.
        DayAlreadyCounted: the loan has been counted beyond that day.
    """
    loan = find(session, Loan, loan_id)
    if loan.status != LoanStatus.ACTIVE:
        raise LoanNotPayable(number=loan.number, status=loan.status)
    plan = queries.plan(loan)
    now = settling(advance(queries.state(loan), on, plan=plan), plan=plan)
    owing = owed(now, plan=plan)
    times = (owing.past_due, owing.due, owing.in_advance)
    nothing = plan.money(0)
    return PayoffQuote(
        loan_id=loan_id,
        on=on,
        principal=sum((dues.principal for dues in times), nothing),
        interest=sum((dues.interest for dues in times), nothing),
        late_fee=sum((dues.penalty for dues in times), nothing),
        fee=sum((dues.fee for dues in times), nothing),
    )
