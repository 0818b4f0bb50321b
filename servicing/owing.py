"""What a loan owes on the day of its state, by time and component, as the waterfall asks."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Self

from servicing.billing import accrued_until, whole
from servicing.plan import Plan
from servicing.state import Bill, State
from servicing.waterfall import Dues, Owed


@dataclass(frozen=True, slots=True)
class Parts:
    """One amount by component, in minor units."""

    principal: int
    interest: int
    late_fee: int

    @classmethod
    def of(cls, bills: Iterable[Bill]) -> Self:
        """Add up what is unpaid of some bills."""
        bills = tuple(bills)
        return cls(*(sum(getattr(bill, part.name) for bill in bills) for part in fields(cls)))


def owed(state: State, *, plan: Plan) -> Owed:
    """Return all that is owed: unpaid bills, interest to date, principal not yet billed.

    Interest that no later installment will ask for is due at once.
    """
    day, bills = state.as_of, state.bills
    past_due = _dues((bill for bill in bills if bill.due_on < day), plan=plan)
    due = _dues((bill for bill in bills if bill.due_on == day), plan=plan)
    ahead = _dues((bill for bill in bills if bill.due_on > day), plan=plan)
    ahead = replace(ahead, principal=ahead.principal + plan.money(state.unbilled))

    running = plan.money(whole(accrued_until(state, day, plan=plan), plan=plan))
    if state.due_on is None:
        due = replace(due, interest=due.interest + running)
    else:
        ahead = replace(ahead, interest=ahead.interest + running)
    return Owed(past_due=past_due, due=due, in_advance=ahead)


def is_settled(state: State, *, plan: Plan) -> bool:
    """Say whether nothing is owed any more."""
    return owed(state, plan=plan).total.is_zero


def _dues(bills: Iterable[Bill], *, plan: Plan) -> Dues:
    parts = Parts.of(bills)
    return Dues(
        penalty=plan.money(parts.late_fee),
        fee=plan.money(0),
        interest=plan.money(parts.interest),
        principal=plan.money(parts.principal),
    )
