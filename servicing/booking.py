"""Booking: the state of a loan on its first day, taken from the schedule that was promised."""

from datetime import date
from decimal import Decimal

from amortization import Installment, Method, Schedule, schedule
from servicing.billing import regular_principal
from servicing.plan import Plan
from servicing.state import Bill, State


def start(plan: Plan) -> State:
    """Return the state of a loan on the day it is paid out.

    What is due on that day is asked for at once, and where interest is that of the schedule, so is
    every installment.
    """
    booked = schedule(plan.contract)
    asked = plan.asked_rows.values() if plan.is_scheduled else _at_once(booked)
    installment = regular(booked)
    return State(
        as_of=plan.contract.start,
        outstanding=plan.contract.principal.minor,
        accrued=Decimal(0),
        accrues_from=_counted_from(plan),
        number=plan.last + 1 if plan.is_scheduled else 1,
        due_on=None if plan.is_scheduled else plan.due(1),
        installment=installment,
        remainder=0 if plan.follows_rows or plan.is_scheduled else remainder(booked, installment),
        bills=tuple(bill(row) for row in asked if not row.amount.is_zero),
        follows=plan.follows_rows and not plan.is_scheduled,
        waiting=0 if plan.is_scheduled else plan.broken_after(0),
    )


def _counted_from(plan: Plan) -> date:
    """Return the first day that bears interest; a bullet loan has no first period of its own."""
    single = plan.contract.conventions.method is Method.BULLET
    return plan.contract.start if single or plan.is_scheduled else plan.contract.interest_start


def bill(row: Installment, *, more: int = 0) -> Bill:
    """Ask for a row of a schedule, and for `more` interest with it."""
    return Bill(row.number, row.due_on, row.principal.minor, row.interest.minor + more)


def regular(booked: Schedule) -> int:
    """Return what stays from installment to installment."""
    if booked.contract.conventions.method is not Method.EQUAL_PRINCIPAL:
        return booked.installment.minor
    # The first row may carry a remainder and the last takes what is left; the second does neither.
    row = booked.rows[1] if len(booked.rows) > 2 else booked.rows[0]  # noqa: PLR2004
    return row.principal.minor


def remainder(booked: Schedule, installment: int) -> int:
    """Return what the first row asks beyond the rule that holds for the others."""
    first, method = booked.rows[0], booked.contract.conventions.method
    return first.principal.minor - regular_principal(method, installment, first.interest.minor)


def _at_once(booked: Schedule) -> tuple[Installment, ...]:
    return tuple(row for row in booked.rows if row.number == 0)
