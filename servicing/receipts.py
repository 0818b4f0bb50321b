"""What one payment brings: how it is applied, what each note gets, what the platform keeps."""

from dataclasses import dataclass, replace

from kernel import Money
from origination import LateFeeTo
from servicing.errors import CollectionFeeTooLarge
from servicing.plan import Plan
from servicing.split import NoteBook, ServicingFee, Shares, share
from servicing.state import State
from servicing.waterfall import Applied, recover


@dataclass(frozen=True, slots=True, eq=False)
class Receipt:
    """One payment, decided: nothing is left but to record it."""

    state: State
    applied: Applied
    shares: Shares
    late_fee_kept: Money

    @property
    def servicing_fee(self) -> int:
        """What the platform takes off the notes' shares."""
        return int(self.shares.fee.sum())


def receipt(state: State, applied: Applied, *, notes: NoteBook, plan: Plan) -> Receipt:
    """Share an applied payment among the notes, by the product's terms."""
    fees = plan.terms.fees
    to_notes = plan.terms.late_fee_to is LateFeeTo.LENDERS
    shares = share(
        applied,
        notes,
        fee=ServicingFee(fees.servicing, fees.servicing_base),
        late_fee_to_notes=to_notes,
    )
    kept = plan.money(0) if to_notes else applied.penalty
    return Receipt(state, applied, shares, late_fee_kept=kept)


def recovered(amount: Money, *, claim: Money, fee: Money | None, plan: Plan) -> Applied:
    """Divide what was recovered on a charged-off loan between collector, notes and borrower.

    Args:
        amount: what was received.
        claim: what the borrower still owes; more comes back as excess.
        fee: what the collector charged; None takes the product's share.
        plan: the agreement.

    Raises:
        CollectionFeeTooLarge: the collector cannot have charged more than came in.
    """
    taken = min(amount, claim)
    rounding = plan.contract.conventions.interest_rounding
    applied = recover(taken, collection_fee=plan.terms.fees.collection, rounding=rounding)
    if fee is not None:
        if fee > taken:
            raise CollectionFeeTooLarge(fee=fee, amount=taken)
        applied = replace(applied, recovery=taken - fee, collection_fee=fee)
    return replace(applied, excess=amount - taken)
