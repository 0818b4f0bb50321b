"""Where a loan stands on a day, as its borrower and its lenders are told."""

from dataclasses import dataclass
from datetime import date

from kernel import Money
from servicing.models import Loan, LoanStatus
from servicing.owing import owed, to_settle
from servicing.plan import Plan
from servicing.position import advance, asked, forecast
from servicing.queries.loans import plan, state
from servicing.state import Bill, State


@dataclass(frozen=True, slots=True)
class Upcoming:
    """An installment that is owed or will be: what is left to pay of it."""

    number: int
    due_on: date
    principal: Money
    interest: Money
    late_fee: Money
    fee: Money
    is_billed: bool

    @property
    def amount(self) -> Money:
        """All that is left to pay of it."""
        return self.principal + self.interest + self.late_fee + self.fee


@dataclass(frozen=True, slots=True)
class Standing:
    """What is owed on a day and what comes.

    Attributes:
        on: the day.
        past_due: what should have been paid before, late fees included.
        due: what falls due on the day itself.
        days_past_due: days since the oldest unpaid installment fell due, zero on its due day.
        payoff: what settles the loan on the day; None where there is nothing left to settle.
        upcoming: the installments to come, unpaid ones first, if all is paid on time from now on.
    """

    on: date
    past_due: Money
    due: Money
    days_past_due: int
    payoff: Money | None
    upcoming: tuple[Upcoming, ...]

    @property
    def to_pay(self) -> Money:
        """What has to be paid by the day."""
        return self.past_due + self.due

    @property
    def asked(self) -> Money | None:
        """What a borrower pays now: all that is owed by the day, else the next installment."""
        if self.to_pay.is_positive:
            return self.to_pay
        return None if self.next is None else self.next.amount

    @property
    def next(self) -> Upcoming | None:
        """The oldest installment that is not paid."""
        return self.upcoming[0] if self.upcoming else None


def standing(loan: Loan, *, on: date) -> Standing:
    """Return where a loan stands on a day, or on the day it has been counted to if that is later.

    A settled loan owes nothing; of one that was charged off this is what it owed then, with the
    interest since.
    """
    agreed, kept = plan(loan), state(loan)
    now = advance(kept, max(on, kept.as_of), plan=agreed)
    owing = owed(now, plan=agreed)
    ended = loan.status != LoanStatus.ACTIVE
    return Standing(
        on=now.as_of,
        past_due=owing.past_due.total,
        due=owing.due.total,
        days_past_due=_days_late(now, agreed),
        payoff=None if ended else to_settle(now, plan=agreed),
        upcoming=() if ended else _upcoming(now, agreed),
    )


def _days_late(now: State, agreed: Plan) -> int:
    since = now.unpaid_since
    return 0 if since is None else agreed.days_late(since, now.as_of)


def _upcoming(now: State, agreed: Plan) -> tuple[Upcoming, ...]:
    billed = [_shown(bill, agreed, is_billed=True) for bill in asked(now, plan=agreed)]
    later = [_shown(bill, agreed, is_billed=False) for bill in forecast(now, plan=agreed)]
    return (*billed, *later)


def _shown(bill: Bill, agreed: Plan, *, is_billed: bool) -> Upcoming:
    return Upcoming(
        number=bill.number,
        due_on=bill.due_on,
        principal=agreed.money(bill.principal),
        interest=agreed.money(bill.interest),
        late_fee=agreed.money(bill.late_fee),
        fee=agreed.money(bill.fee),
        is_billed=is_billed,
    )
