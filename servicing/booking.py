"""Booking: the state of a loan on its first day, taken from the schedule that was promised."""

from decimal import Decimal

from amortization import Method, Schedule, schedule
from servicing.billing import regular_principal
from servicing.plan import Plan
from servicing.state import State


def start(plan: Plan) -> State:
    """Return the state of a loan on the day it is paid out."""
    booked = schedule(plan.contract)
    installment = _regular(booked)
    return State(
        as_of=plan.contract.start,
        outstanding=plan.contract.principal.minor,
        accrued=Decimal(0),
        accrues_from=plan.contract.start,
        number=1,
        due_on=plan.due(1),
        installment=installment,
        remainder=_remainder(booked, installment),
    )


def _regular(booked: Schedule) -> int:
    """Return what stays from installment to installment."""
    if booked.contract.conventions.method is not Method.EQUAL_PRINCIPAL:
        return booked.installment.minor
    # The first row may carry a remainder and the last takes what is left; the second does neither.
    row = booked.rows[1] if len(booked.rows) > 2 else booked.rows[0]  # noqa: PLR2004
    return row.principal.minor


def _remainder(booked: Schedule, installment: int) -> int:
    """Return what the first row asks beyond the rule that holds for the others."""
    first, method = booked.rows[0], booked.contract.conventions.method
    return first.principal.minor - regular_principal(method, installment, first.interest.minor)
