"""Deciding a payment: where it starts from, what it pays, and where the next one starts.

One function decides payments that come today, payments of an earlier day, and later ones again
after an earlier one was entered or taken back: what is computed anew comes out as it would have.
"""

from dataclasses import dataclass
from datetime import date

from kernel import Money
from servicing.kinds import RepaymentKind
from servicing.owing import is_settled, to_settle
from servicing.paying import pay
from servicing.plan import Plan
from servicing.position import advance
from servicing.receipts import Receipt, receipt, recovered
from servicing.split import NoteBook
from servicing.state import State
from servicing.waterfall import Applied


@dataclass(frozen=True, slots=True)
class Entered:
    """A payment as it was entered.

    Attributes:
        kind: what it is meant for.
        on: the day from which it counts.
        amount: what there is to apply.
        collection_fee: what a collector charged for a recovery; None takes the product's share.
        again: whether it was decided before; a collector then keeps at most what is taken.
    """

    kind: RepaymentKind
    on: date
    amount: Money
    collection_fee: Money | None = None
    again: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Footing:
    """Where a payment starts from.

    Attributes:
        state: the computation of the loan.
        book: what the notes have received.
        recovered: what was recovered after the loss, before collection fees.
        settled: whether nothing is owed any more.
    """

    state: State
    book: NoteBook
    recovered: Money
    settled: bool = False


def decide(footing: Footing, entered: Entered, *, plan: Plan) -> tuple[Receipt, Footing]:
    """Apply one payment and share it; also return where the next one starts.

    Raises:
        DayAlreadyCounted: the loan has been counted beyond that day.
        CollectionFeeTooLarge: the collector cannot have charged more than came in.
    """
    if entered.kind is RepaymentKind.RECOVERY:
        state, applied, settled = _recovered(footing, entered, plan=plan)
    else:
        state, applied = applied_to(footing.state, entered, plan=plan)
        settled = is_settled(state, plan=plan)
    decided = receipt(state, applied, notes=footing.book, plan=plan.in_force(state))
    taken = footing.recovered + applied.recovery + applied.collection_fee
    return decided, Footing(state, footing.book.after(decided.shares), taken, settled)


def applied_to(state: State, entered: Entered, *, plan: Plan) -> tuple[State, Applied]:
    """Apply a payment of the borrower to what is owed on its day.

    Raises:
        DayAlreadyCounted: the loan has been counted beyond that day.
    """
    now = advance(state, entered.on, plan=plan)
    agreed = plan.in_force(now)
    return pay(
        now,
        entered.amount,
        plan=plan,
        early=agreed.early(entered.kind),
        order=agreed.waterfall_of(entered.kind),
    )


def _recovered(footing: Footing, entered: Entered, *, plan: Plan) -> tuple[State, Applied, bool]:
    """Take a recovery: a charged-off loan still owes, and bears interest until it is paid."""
    now = advance(footing.state, entered.on, plan=plan)
    claim = max(to_settle(now, plan=plan) - footing.recovered, plan.money(0))
    fee = entered.collection_fee
    if fee is not None and entered.again:
        fee = min(fee, entered.amount, claim)
    applied = recovered(entered.amount, claim=claim, fee=fee, plan=plan.in_force(now))
    return footing.state, applied, entered.amount >= claim
