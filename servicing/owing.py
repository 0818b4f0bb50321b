"""What a loan owes on the day of its state, by time and component, as the waterfall asks."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal, localcontext
from typing import Self

from kernel import Money
from origination import PayoffInterest
from servicing.billing import DIGITS, accrued_until, whole
from servicing.plan import Plan
from servicing.state import Bill, State
from servicing.waterfall import Dues, Owed


@dataclass(frozen=True, slots=True)
class Parts:
    """One amount by component, in minor units."""

    principal: int
    interest: int
    late_fee: int
    fee: int = 0

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

    to_come = plan.money(running(state, plan=plan))
    if state.due_on is None:
        due = replace(due, interest=due.interest + to_come)
    else:
        ahead = replace(ahead, interest=ahead.interest + to_come)
    return Owed(past_due=past_due, due=due, in_advance=ahead)


def running(state: State, *, plan: Plan) -> int:
    """Return the interest to date that no installment has asked for yet."""
    exact = accrued_until(state, state.as_of, plan=plan)
    return whole(exact, plan=plan) + state.waiting + state.capitalized


def settling(state: State, *, plan: Plan) -> State:
    """Return the loan as it would be paid off today: interest of the schedule for days used only.

    Interest by actual days is that already; where the product asks for all of the schedule's,
    nothing changes.
    """
    plan = plan.in_force(state)
    whole_term = plan.terms.handling.payoff_interest is PayoffInterest.WHOLE
    if not plan.is_scheduled or whole_term:
        return state
    ahead = [bill for bill in state.bills if bill.due_on > state.as_of]
    used, paid = _used(state, plan=plan), _paid_ahead(state, ahead, plan=plan)
    asked = max(0, used - paid)
    bills = []
    for bill in state.bills:
        part = bill.interest if bill.due_on <= state.as_of else min(bill.interest, asked)
        asked -= part if bill.due_on > state.as_of else 0
        bills.append(replace(bill, interest=part))
    return replace(state, bills=tuple(bills))


def to_settle(state: State, *, plan: Plan) -> Money:
    """Return what settles the loan on the day of its state."""
    return owed(settling(state, plan=plan), plan=plan).total


def is_settled(state: State, *, plan: Plan) -> bool:
    """Say whether nothing is owed any more."""
    return owed(state, plan=plan).total.is_zero


def _used(state: State, *, plan: Plan) -> int:
    """Return the scheduled interest of the days used that no installment has asked for yet."""
    begun, past = plan.contract.start, 0
    rows = plan.asked_rows.values()
    for row in rows:
        if row.due_on > state.as_of:
            if plan.contract.conventions.interest_grace:
                begun, ends = plan.contract.start, plan.contract.maturity
                total = sum(each.interest.minor for each in rows)
                earned = _part(total, (state.as_of - begun).days, (ends - begun).days, plan=plan)
                return max(0, earned - past)
            days, all_days = (state.as_of - begun).days, (row.due_on - begun).days
            return _part(row.interest.minor, days, all_days, plan=plan)
        begun, past = row.due_on, past + row.interest.minor
    return 0


def _part(interest: int, days: int, all_days: int, *, plan: Plan) -> int:
    with localcontext(prec=DIGITS):
        return whole(Decimal(interest) * days / all_days, plan=plan)


def _paid_ahead(state: State, ahead: Iterable[Bill], *, plan: Plan) -> int:
    """Return what was paid already of the interest of installments that are not due yet."""
    left = sum(bill.interest for bill in ahead)
    agreed = sum(row.interest.minor for row in plan.asked_rows.values() if row.due_on > state.as_of)
    return agreed - left


def _dues(bills: Iterable[Bill], *, plan: Plan) -> Dues:
    parts = Parts.of(bills)
    return Dues(
        penalty=plan.money(parts.late_fee),
        fee=plan.money(parts.fee),
        interest=plan.money(parts.interest),
        principal=plan.money(parts.principal),
    )
