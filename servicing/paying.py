"""What a payment does to a loan, on the day of its state."""

from dataclasses import replace
from decimal import Decimal, localcontext

from kernel import Money, Refused
from servicing.billing import DIGITS, accrue, bill_ahead, whole
from servicing.owing import Parts, owed
from servicing.plan import Plan
from servicing.state import Bill, State
from servicing.waterfall import Applied, apply


class PayoffTooSmall(Refused):
    """Paying the loan off on {on} takes {payoff}; {amount} is not enough."""


def pay(state: State, amount: Money, *, plan: Plan, early: bool) -> tuple[State, Applied]:
    """Apply a payment to what is owed.

    Whatever the borrower means by it, a payment pays open bills first and settles the loan where it
    suffices; more than that comes back as excess.

    Args:
        state: the loan on the day of the payment.
        amount: what was received.
        plan: the agreement.
        early: whether money beyond the open bills asks for the next installment ahead of its day;
            otherwise it pays interest to date, then principal, and the term becomes shorter.
    """
    state = _asked(state, amount.minor, plan=plan, early=early)
    applied = apply(amount, owed(state, plan=plan), plan.waterfall)
    return settle(state, parts_of(applied), plan=plan), applied


def check_payoff(state: State, amount: Money, *, plan: Plan) -> None:
    """Refuse a payoff that does not settle the loan on the day of the state.

    Raises:
        PayoffTooSmall: the amount does not suffice.
    """
    needed = owed(state, plan=plan).total
    if amount < needed:
        raise PayoffTooSmall(on=state.as_of, payoff=needed, amount=amount)


def parts_of(applied: Applied) -> Parts:
    """Return what a payment paid of each component."""
    return Parts(applied.principal.minor, applied.interest.minor, applied.penalty.minor)


def settle(state: State, paid: Parts, *, plan: Plan) -> State:
    """Take paid parts off what is owed, the oldest bill first.

    Interest beyond the bills is taken off what has accrued, principal beyond them off what is not
    billed yet.
    """
    state = accrue(state, plan=plan)
    bills, _ = _reduced(state.bills, "late_fee", paid.late_fee)
    bills, running = _reduced(bills, "interest", paid.interest)
    bills, _ = _reduced(bills, "principal", paid.principal)
    settled = replace(
        state,
        outstanding=state.outstanding - paid.principal,
        accrued=_less(state.accrued, running, plan=plan),
        bills=tuple(bill for bill in bills if bill.total),
    )
    return settled if settled.unbilled else replace(settled, due_on=None)


def _asked(state: State, amount: int, *, plan: Plan, early: bool) -> State:
    """Ask for the next installment ahead of its day, where the payment means and reaches it."""
    if not early or state.due_on is None or amount <= state.billed:
        return state
    settles = amount >= owed(state, plan=plan).total.minor
    return state if settles else bill_ahead(state, plan=plan)


def _reduced(bills: tuple[Bill, ...], part: str, amount: int) -> tuple[tuple[Bill, ...], int]:
    """Take `amount` off one part of the bills, oldest first; also return what they do not take."""
    reduced = []
    for bill in bills:
        taken = min(amount, getattr(bill, part))
        amount -= taken
        reduced.append(replace(bill, **{part: getattr(bill, part) - taken}))
    return tuple(reduced), amount


def _less(accrued: Decimal, paid: int, *, plan: Plan) -> Decimal:
    """Return what is left of accrued interest; paid in full, the part of a unit goes with it."""
    if paid and paid == whole(accrued, plan=plan):
        return Decimal(0)
    with localcontext(prec=DIGITS):
        return accrued - paid
