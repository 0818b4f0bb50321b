"""What a payment would do, before it is made: the same functions, and nothing is recorded."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Money, find
from servicing.deciding import Entered, applied_to
from servicing.kinds import RepaymentKind
from servicing.models import Loan
from servicing.owing import is_settled
from servicing.paying import check_payoff
from servicing.position import advance
from servicing.queries.loans import plan, state
from servicing.queries.payable import check


@dataclass(frozen=True, slots=True)
class Preview:
    """What a payment would pay of a loan, and what would be left.

    Attributes:
        excess: more than is owed; it goes back.
        outstanding: principal left afterwards.
        settles: whether nothing is owed any more.
    """

    amount: Money
    principal: Money
    interest: Money
    late_fee: Money
    fee: Money
    excess: Money
    outstanding: Money
    settles: bool


def preview_repayment(
    session: Session, *, loan_id: UUID, amount: Money, kind: RepaymentKind, on: date
) -> Preview:
    """Return what a payment on a day would do.

    Raises:
        LoanNotPayable: the loan is settled or charged off.
        NothingPaid: the amount is not above zero.
        PayoffTooSmall: a payoff does not settle the loan.
        DayAlreadyCounted: the loan has been counted beyond that day.
    """
    loan = find(session, Loan, loan_id)
    entered = Entered(kind, on, amount)
    check(loan, entered)
    agreed = plan(loan)
    if kind is RepaymentKind.PAYOFF:
        check_payoff(advance(state(loan), on, plan=agreed), amount, plan=agreed)
    after, applied = applied_to(state(loan), entered, plan=agreed)
    return Preview(
        amount=amount,
        principal=applied.principal,
        interest=applied.interest,
        late_fee=applied.penalty,
        fee=applied.fee,
        excess=applied.excess,
        outstanding=agreed.money(after.outstanding),
        settles=is_settled(after, plan=agreed),
    )
