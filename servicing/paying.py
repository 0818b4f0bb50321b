"""What a payment does to a loan, on the day of its state."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

from kernel import Money, Refused
from origination import Early
from servicing.billing import DIGITS, accrue, bill_ahead, whole
from servicing.claims import Paid, allocate, applied, claims
from servicing.owing import Parts, settling, to_settle
from servicing.plan import Plan
from servicing.revising import lowered
from servicing.state import Bill, State
from servicing.waterfall import Applied, Bucket, Component


class PayoffTooSmall(Refused):
    """Paying the loan off on {on} takes {payoff}; {amount} is not enough."""


def pay(
    state: State,
    amount: Money,
    *,
    plan: Plan,
    early: Early,
    order: Sequence[Bucket] | None = None,
) -> tuple[State, Applied]:
    """Apply a payment to what is owed.

    Whatever the borrower means by it, a payment settles the loan where it suffices; more than that
    comes back as excess.

    Args:
        state: the loan on the day of the payment.
        amount: what was received.
        plan: the agreement.
        early: where money goes that is paid before it is due.
        order: the steps of the waterfall; None takes the loan's.
    """
    plan = plan.in_force(state)
    settles = amount >= to_settle(state, plan=plan)
    if settles:
        state = settling(state, plan=plan)
    elif early is Early.AHEAD and state.due_on is not None and amount.minor > state.billed:
        state = bill_ahead(state, plan=plan)
    # By actual days the last installments need no claim of their own: the term becomes shorter.
    in_turn = settles or early is Early.AHEAD or not plan.is_scheduled
    paid = allocate(
        amount.minor,
        claims(state, plan=plan),
        plan.waterfall if order is None else order,
        early=Early.NEXT if in_turn else early,
        horizontal=plan.is_horizontal,
    )
    after = _after(state, paid, plan=plan)
    beyond = sum(part.amount for part in paid if part.claim.place is None)
    if beyond and early is Early.NEXT and after.due_on is not None:
        after = replace(after, remainder=after.remainder - beyond)
    if beyond and early is Early.LOWER and after.due_on is not None:
        after = lowered(after, plan=plan)
    return after, applied(amount, paid)


def check_payoff(state: State, amount: Money, *, plan: Plan) -> None:
    """Refuse a payoff that does not settle the loan on the day of the state.

    Raises:
        PayoffTooSmall: the amount does not suffice.
    """
    needed = to_settle(state, plan=plan)
    if amount < needed:
        raise PayoffTooSmall(on=state.as_of, payoff=needed, amount=amount)


def settle(state: State, paid: Parts, *, plan: Plan) -> State:
    """Take paid parts off what is owed, the oldest bill first.

    Interest beyond the bills is taken off what has accrued, principal beyond them off what is not
    billed yet.
    """
    state = accrue(state, plan=plan)
    bills = state.bills
    bills, _ = _reduced(bills, "late_fee", paid.late_fee)
    bills, _ = _reduced(bills, "fee", paid.fee)
    bills, interest = _reduced(bills, "interest", paid.interest)
    bills, _ = _reduced(bills, "principal", paid.principal)
    return _settled(state, bills, interest=interest, principal=paid.principal, plan=plan)


def _after(state: State, paid: Iterable[Paid], *, plan: Plan) -> State:
    """Take what was paid of each claim off it."""
    state = accrue(state, plan=plan)
    bills, interest, principal = list(state.bills), 0, 0
    for part in paid:
        claim = part.claim
        is_principal = claim.bucket.component is Component.PRINCIPAL
        principal += part.amount if is_principal else 0
        if claim.place is not None:
            bill = bills[claim.place]
            left = getattr(bill, claim.part) - part.amount
            bills[claim.place] = replace(bill, **{claim.part: left})
        elif not is_principal:
            interest += part.amount
    return _settled(state, tuple(bills), interest=interest, principal=principal, plan=plan)


def _settled(
    state: State, bills: tuple[Bill, ...], *, interest: int, principal: int, plan: Plan
) -> State:
    """Return the loan with what is left of its bills, of its principal and of interest to come.

    Interest pays what has accrued first, then what waits, then what became principal.
    """
    accrued = min(interest, whole(state.accrued, plan=plan))
    waited = min(interest - accrued, state.waiting)
    grown = min(interest - accrued - waited, state.capitalized)
    settled = replace(
        state,
        outstanding=state.outstanding - principal,
        accrued=_less(state.accrued, interest - waited - grown, plan=plan),
        waiting=state.waiting - waited,
        capitalized=state.capitalized - grown,
        bills=tuple(bill for bill in bills if bill.total),
    )
    return settled if settled.to_ask else replace(settled, due_on=None)


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
