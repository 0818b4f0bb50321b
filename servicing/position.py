"""The position of a loan as the days go by, pure.

Days are half-open: a payment takes effect at the start of its own day, and its principal bears no
interest for that day. What falls due on a day comes before what is agreed anew on it, and that
before what is paid on it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kernel import Money, Refused
from servicing.billing import accrue, bill_due
from servicing.owing import Parts, to_settle
from servicing.paying import settle
from servicing.plan import Plan
from servicing.revising import withdrawn
from servicing.state import Bill, State


class DayAlreadyCounted(Refused):
    """The loan has been counted up to {as_of}; nothing can be entered for {day} any more."""


def advance(state: State, to: date, *, plan: Plan) -> State:
    """Let the days go by up to `to`: bill what falls due, charge late fees after the grace.

    What was agreed anew is met on its day.

    Raises:
        DayAlreadyCounted: `to` lies before the day the state has reached.
    """
    if to < state.as_of:
        raise DayAlreadyCounted(as_of=state.as_of, day=to)
    while (day := _next_change(state, plan=plan)) is not None and day <= to:
        state = _live(state, day, plan=plan)
    return replace(state, as_of=to)


def payoff(state: State, on: date, *, plan: Plan) -> Money:
    """Return what settles the loan on a day, with interest for the days used."""
    return to_settle(advance(state, on, plan=plan), plan=plan)


def next_event(state: State, *, plan: Plan) -> date | None:
    """Return the next day on which something happens by itself; None when nothing will."""
    days = (_next_change(state, plan=plan), _loss_day(state, plan=plan))
    return min((day for day in days if day is not None), default=None)


def is_lost(state: State, *, plan: Plan) -> bool:
    """Say whether an installment has been unpaid for so long that the loan is charged off."""
    day = _loss_day(state, plan=plan)
    return day is not None and day <= state.as_of


def asked(state: State, *, plan: Plan) -> tuple[Bill, ...]:
    """Return the installments that have been asked for and not fully paid."""
    if not plan.in_force(state).is_scheduled:
        return state.bills
    return tuple(bill for bill in state.bills if bill.due_on <= state.as_of)


def forecast(state: State, *, plan: Plan) -> Iterator[Bill]:
    """Yield the installments still to be billed, as they will be if all is paid on time."""
    if plan.in_force(state).is_scheduled:
        yield from _scheduled(state, plan=plan)
        return
    state = settle(state, Parts.of(state.bills), plan=plan)
    while state.due_on is not None:
        state = advance(state, state.due_on, plan=plan)
        yield from state.bills
        state = settle(state, Parts.of(state.bills), plan=plan)


def _scheduled(state: State, *, plan: Plan) -> Iterator[Bill]:
    """Yield the installments that are not due yet, and those that changes to come make of them."""
    while state.changed < len(plan.changes):
        on = max(plan.changes[state.changed].on, state.as_of)
        yield from (bill for bill in state.bills if state.as_of < bill.due_on <= on)
        fallen = Parts.of(bill for bill in state.bills if bill.due_on <= on)
        state = advance(settle(state, fallen, plan=plan), on, plan=plan)
    yield from (bill for bill in state.bills if bill.due_on > state.as_of)


def _next_change(state: State, *, plan: Plan) -> date | None:
    """Return the next day that changes what is owed other than by interest."""
    agreed = plan.in_force(state)
    days = [agreed.late_fee_day(bill.due_on) for bill in state.bills if not bill.is_late]
    if state.due_on is not None:
        days.append(agreed.billed_on(state.number))
    if not agreed.is_scheduled:
        days += [bill.due_on for bill in state.bills if bill.due_on > state.accrues_from]
    if state.changed < len(plan.changes):
        days.append(max(plan.changes[state.changed].on, state.as_of))
    return min(days, default=None)


def _loss_day(state: State, *, plan: Plan) -> date | None:
    since = state.unpaid_since
    return None if since is None else plan.in_force(state).charge_off_day(since)


def _live(state: State, day: date, *, plan: Plan) -> State:
    """Let one day happen."""
    state = replace(state, as_of=max(day, state.as_of))
    agreed = plan.in_force(state)
    if any(bill.due_on == day > state.accrues_from for bill in state.bills):
        state = accrue(state, plan=plan)
    if state.due_on is not None and day == agreed.billed_on(state.number):
        state = bill_due(state, plan=plan)
    bills = tuple(_aged(bill, day, plan=agreed) for bill in state.bills)
    return _changed(replace(state, bills=bills), day, plan=plan)


def _aged(bill: Bill, day: date, *, plan: Plan) -> Bill:
    """Charge the late fee where the grace is over: once, on what is unpaid of the installment."""
    if bill.is_late or day < plan.late_fee_day(bill.due_on):
        return bill
    fee = plan.late_fee(plan.money(bill.installment))
    return replace(bill, late_fee=bill.late_fee + fee.minor, is_late=True)


def _changed(state: State, day: date, *, plan: Plan) -> State:
    """Meet everything that was agreed anew for a day, in the order in which it was entered."""
    while state.changed < len(plan.changes) and plan.changes[state.changed].on <= day:
        change = plan.changes[state.changed]
        state = accrue(state, plan=plan)
        if change.contract is not None:
            state = withdrawn(state, plan=plan)
        state = replace(state, changed=state.changed + 1)
        state = change.apply(state, plan=plan.in_force(state))
    return state
