"""Billing: interest accrues day by day and is rounded once, when an installment asks for it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

from amortization import Method, period_interest
from servicing.plan import Plan
from servicing.state import Bill, State

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

    Interest runs on all outstanding principal, overdue principal included.

    Args:
        state: where to start.
        day: the first day that does not count.
        plan: the agreement.
        principal: what bears interest from now on; None takes what is outstanding.
    """
    if day <= state.accrues_from:
        return state.accrued
    contract = plan.contract
    bearing = plan.money(state.outstanding if principal is None else principal)
    grown = period_interest(bearing, contract.rate, state.accrues_from, day, contract=contract)
    with localcontext(prec=DIGITS):
        return (state.accrued + grown).quantize(_STORED)


def whole(exact: Decimal, *, plan: Plan) -> int:
    """Round interest to minor units by the product's rule; what is paid too much is no debt."""
    with localcontext(prec=DIGITS):
        settled = exact.quantize(_SETTLED)
    return max(0, plan.contract.conventions.interest_rounding.apply(settled))


def bill_due(state: State, *, plan: Plan) -> State:
    """Ask for the next installment, on its due day."""
    exact = accrued_until(state, _due_on(state), plan=plan)
    return _bill(state, exact, plan=plan)


def bill_ahead(state: State, *, plan: Plan) -> State:
    """Ask for the next installment early, with the whole interest of its period.

    The payment at hand covers all open bills, so that their principal bears interest no longer.
    """
    state = accrue(state, plan=plan)
    exact = accrued_until(state, _due_on(state), plan=plan, principal=state.unbilled)
    return _bill(state, exact, plan=plan)


def _bill(state: State, exact: Decimal, *, plan: Plan) -> State:
    due_on = _due_on(state)
    interest = whole(exact, plan=plan)
    principal = _principal(state, interest, plan=plan)
    bill = Bill(state.number, due_on, principal, interest)
    billed = replace(
        state,
        accrued=min(Decimal(0), exact),
        accrues_from=due_on,
        number=state.number + 1,
        remainder=0,
        bills=(*state.bills, bill) if bill.total else state.bills,
    )
    return replace(billed, due_on=plan.due(billed.number) if billed.unbilled else None)


def _due_on(state: State) -> date:
    assert state.due_on is not None, "there is something left to bill"
    return state.due_on


def _principal(state: State, interest: int, *, plan: Plan) -> int:
    """Return the principal that the next installment asks for."""
    if state.number >= plan.last:
        return state.unbilled
    wish = regular_principal(plan.contract.conventions.method, state.installment, interest)
    return max(0, min(wish + state.remainder, state.unbilled))


def regular_principal(method: Method, installment: int, interest: int) -> int:
    """Return the principal of an installment that is not the last."""
    if method is Method.EQUAL_INSTALLMENT:
        return installment - interest
    return installment if method is Method.EQUAL_PRINCIPAL else 0
