"""Billing: interest accrues day by day and is rounded once, when an installment asks for it.

Principal that was asked for bears no interest between the day to which the interest of its
installment is counted and its due day, where a working day moves the one away from the other.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

from amortization import DeferredInterest, Method, interest_between
from servicing.plan import Plan
from servicing.state import Bill, State, in_order

DIGITS = 50
_STORED = Decimal("1e-24")  # kept between days
_SETTLED = Decimal("1e-20")  # what the sum of several stretches may be off


def accrue(state: State, *, plan: Plan) -> State:
    """Count the interest of the days before `as_of`, because the principal is about to change."""
    if state.accrues_from >= state.as_of:
        return state
    return replace(
        state, accrued=accrued_until(state, state.as_of, plan=plan), accrues_from=state.as_of
    )


def accrued_until(state: State, day: date, *, plan: Plan, principal: int | None = None) -> Decimal:
    """Return the exact unbilled interest up to `day`, which does not count itself.

    Interest runs on all outstanding principal, overdue principal included. Where it is that of the
    schedule, nothing accrues.

    Args:
        state: where to start.
        day: the first day that does not count.
        plan: the agreement.
        principal: what bears interest from now on; None takes what is outstanding.
    """
    plan = plan.in_force(state)
    if day <= state.accrues_from or plan.is_scheduled:
        return state.accrued
    bearing = plan.money(_bearing(state) if principal is None else principal)
    grown = interest_between(bearing, state.accrues_from, day, contract=plan.contract)
    with localcontext(prec=DIGITS):
        return (state.accrued + grown).quantize(_STORED)


def whole(exact: Decimal, *, plan: Plan) -> int:
    """Round interest to minor units by the product's rule; what is paid too much is no debt."""
    with localcontext(prec=DIGITS):
        settled = exact.quantize(_SETTLED)
    return max(0, plan.contract.conventions.interest_rounding.apply(settled))


def bill_due(state: State, *, plan: Plan) -> State:
    """Ask for the next installment, on the day on which its interest is counted or it falls due."""
    exact = accrued_until(state, _until(state, plan=plan), plan=plan)
    return _bill(state, exact, plan=plan)


def bill_ahead(state: State, *, plan: Plan) -> State:
    """Ask for the next installment early, with the whole interest of its period.

    The payment at hand covers all open bills, so that their principal bears interest no longer.
    """
    state = accrue(state, plan=plan)
    bearing = state.unbilled + state.capitalized
    exact = accrued_until(state, _until(state, plan=plan), plan=plan, principal=bearing)
    return _bill(state, exact, plan=plan)


def _bearing(state: State) -> int:
    """Return what bears interest: all principal but what was asked for and is not due yet."""
    asked = sum(bill.principal for bill in state.bills if bill.due_on > state.accrues_from)
    return state.outstanding + state.capitalized - asked


def _until(state: State, *, plan: Plan) -> date:
    assert state.due_on is not None, "there is something left to bill"
    return max(plan.in_force(state).until(state.number), state.accrues_from)


def _bill(state: State, exact: Decimal, *, plan: Plan) -> State:
    agreed = plan.in_force(state)
    assert state.due_on is not None, "there is something left to bill"
    interest = whole(exact, plan=agreed)
    deferred = _deferred(state, interest, plan=agreed)
    asked, principal, credit = _asked(deferred, interest, plan=agreed)
    part = min(principal, state.unbilled)
    bill = Bill(state.number, state.due_on, part, asked + principal - part)
    billed = replace(
        deferred,
        accrued=min(Decimal(0), exact),
        accrues_from=_until(state, plan=plan),
        number=state.number + 1,
        waiting=deferred.waiting + interest - asked,
        capitalized=deferred.capitalized - (principal - part),
        remainder=credit,
        bills=in_order((*state.bills, bill)) if bill.total else state.bills,
    )
    return replace(billed, due_on=agreed.due(billed.number) if billed.to_ask else None)


def _deferred(state: State, interest: int, *, plan: Plan) -> State:
    """Let the interest of a period become principal, where the loan says so."""
    rules = plan.contract.conventions
    capitalizes = rules.deferred_interest is DeferredInterest.CAPITALIZED
    if not (capitalizes and plan.own(state.number) <= rules.interest_grace):
        return state
    return replace(
        state, waiting=state.waiting - interest, capitalized=state.capitalized + interest
    )


def _asked(state: State, interest: int, *, plan: Plan) -> tuple[int, int, int]:
    """Return the interest and the principal that the next installment asks for.

    Also return what is left, below zero, of money that was paid towards installments to come.
    """
    is_last = state.number >= plan.last
    to_come = state.waiting + interest
    kept = 0 if is_last else plan.broken_after(state.number)
    silent = not is_last and plan.own(state.number) <= plan.contract.conventions.interest_grace
    asked = min(to_come, plan.broken(state.number)) if silent else max(0, to_come - kept)
    left = state.unbilled + state.capitalized
    if is_last:
        return asked, left, 0
    wish = _wish(state, asked, plan=plan) + state.remainder
    if state.remainder >= 0:
        return asked, max(0, min(wish, left)), 0
    budget = max(0, wish + asked)
    asked, credit = min(asked, budget), min(0, wish + asked)
    return asked, min(budget - asked, left), credit


def _wish(state: State, interest: int, *, plan: Plan) -> int:
    """Return the principal that an installment asks for, before it is held to what is left."""
    rules = plan.contract.conventions
    if plan.own(state.number) <= rules.principal_grace:
        return 0
    if not state.follows:
        without = interest - plan.broken(state.number)
        return regular_principal(rules.method, state.installment, without)
    row = plan.rows.get(state.number)
    if row is None:
        return state.unbilled + state.capitalized
    if rules.method is Method.EQUAL_INSTALLMENT:
        return max(0, row.amount.minor - interest)
    return row.principal.minor


def regular_principal(method: Method, installment: int, interest: int) -> int:
    """Return the principal of an installment that is not the last."""
    if method is Method.EQUAL_INSTALLMENT:
        return installment - interest
    return installment if method is Method.EQUAL_PRINCIPAL else 0
