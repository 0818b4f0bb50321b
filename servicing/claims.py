"""Which debt of a loan a payment pays: every part of every installment, in the agreed order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kernel import Money
from origination import Early
from servicing.owing import running
from servicing.plan import Plan
from servicing.state import State
from servicing.waterfall import Applied, Bucket, Component, Timing

_PARTS = {
    Component.PENALTY: "late_fee",
    Component.FEE: "fee",
    Component.INTEREST: "interest",
    Component.PRINCIPAL: "principal",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """One part of one installment.

    Attributes:
        place: which of the open bills it belongs to; None is what no bill asks for yet.
        number: which installment that is.
        bucket: when it falls due and what it is for.
        amount: how much is unpaid, in minor units.
    """

    place: int | None
    number: int | None
    bucket: Bucket
    amount: int

    @property
    def part(self) -> str:
        """The name of the part of the bill."""
        return _PARTS[self.bucket.component]


@dataclass(frozen=True, slots=True)
class Paid:
    """So much of one claim, in minor units."""

    claim: Claim
    amount: int


def claims(state: State, *, plan: Plan) -> list[Claim]:
    """Return everything that is owed, the oldest installment first."""
    found = [
        Claim(place, bill.number, Bucket(_timing(state, place), component), getattr(bill, part))
        for place, bill in enumerate(state.bills)
        for component, part in _PARTS.items()
    ]
    no_more = state.due_on is None
    to_come = Bucket(Timing.DUE if no_more else Timing.IN_ADVANCE, Component.INTEREST)
    found.append(Claim(None, None, to_come, running(state, plan=plan)))
    unbilled = Bucket(Timing.IN_ADVANCE, Component.PRINCIPAL)
    found.append(Claim(None, None, unbilled, state.unbilled))
    return [claim for claim in found if claim.amount]


def allocate(
    amount: int,
    owing: Sequence[Claim],
    order: Sequence[Bucket],
    *,
    early: Early = Early.LAST,
    horizontal: bool = False,
) -> list[Paid]:
    """Pay claims in the agreed order until the money is used up.

    Args:
        amount: what there is, in minor units.
        owing: what is owed, the oldest installment first.
        order: the steps of the waterfall.
        early: where money goes among installments that are not due yet.
        horizontal: whether one installment comes after the other, and not one step.
    """
    paid: list[Paid] = []
    for group in _groups(owing, order, early=early, horizontal=horizontal):
        ahead = group[0].bucket.timing is Timing.IN_ADVANCE
        spread = ahead and early is Early.LOWER
        taken = list(_evenly(amount, group) if spread else _in_turn(amount, group))
        amount -= sum(part.amount for part in taken)
        paid += taken
    return paid


def applied(amount: Money, paid: Iterable[Paid]) -> Applied:
    """Return what became of a payment, by the steps that it paid."""
    currency, nothing = amount.currency, Money.zero(amount.currency)
    sums: dict[Bucket, int] = {}
    for part in paid:
        sums[part.claim.bucket] = sums.get(part.claim.bucket, 0) + part.amount
    parts = tuple((bucket, Money(minor, currency)) for bucket, minor in sums.items())
    left = amount - Money(sum(sums.values()), currency)
    return Applied(parts, excess=left, recovery=nothing, collection_fee=nothing)


def _timing(state: State, place: int) -> Timing:
    due_on = state.bills[place].due_on
    if due_on == state.as_of:
        return Timing.DUE
    return Timing.PAST_DUE if due_on < state.as_of else Timing.IN_ADVANCE


def _groups(
    owing: Sequence[Claim], order: Sequence[Bucket], *, early: Early, horizontal: bool
) -> Iterator[list[Claim]]:
    """Yield the claims that are paid one after the other, in rows that belong together."""
    for timing, steps in groupby(order, key=lambda bucket: bucket.timing):
        wanted = list(steps)
        here = [claim for claim in owing if claim.bucket.timing is timing]
        if timing is Timing.IN_ADVANCE and early is Early.LAST:
            here = _newest_first(here)
        if horizontal:
            turn = [
                claim
                for number in dict.fromkeys(claim.number for claim in here)
                for bucket in wanted
                for claim in here
                if claim.number == number and claim.bucket == bucket
            ]
            yield from [turn] if turn else []
        else:
            rows = ([claim for claim in here if claim.bucket == bucket] for bucket in wanted)
            yield from (row for row in rows if row)


def _newest_first(here: Sequence[Claim]) -> list[Claim]:
    """Return claims of installments to come, the last installment first."""
    unasked = [claim for claim in here if claim.place is None]
    asked = [claim for claim in here if claim.place is not None]
    return [*unasked, *sorted(asked, key=lambda claim: -(claim.number or 0))]


def _in_turn(amount: int, group: Iterable[Claim]) -> Iterator[Paid]:
    for claim in group:
        part = min(amount, claim.amount)
        if part:
            yield Paid(claim, part)
            amount -= part


def _evenly(amount: int, group: Sequence[Claim]) -> Iterator[Paid]:
    """Give every installment to come an equal part, and what does not fit to the others."""
    left: dict[int | None, list[Claim]] = {}
    for claim in group:
        left.setdefault(claim.number, []).append(claim)
    owing = {number: sum(claim.amount for claim in rows) for number, rows in left.items()}
    shares = _levelled(amount, list(owing.values()))
    for number, share in zip(owing, shares, strict=True):
        yield from _in_turn(share, left[number])


def _levelled(amount: int, most: Sequence[int]) -> list[int]:
    """Return equal parts of an amount, none above its most; the last takes what is left over."""
    given = [0] * len(most)
    amount = min(amount, sum(most))
    while amount:
        still_open = [place for place, top in enumerate(most) if given[place] < top]
        each = -(-amount // len(still_open))
        for place in still_open:
            part = min(each, most[place] - given[place], amount)
            given[place] += part
            amount -= part
    return given
