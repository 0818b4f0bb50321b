"""Apportionment: one component of a payment among weights, fair over a whole life of payments.

Of a component of which `T` has been received in all, a note of weight `w` among weights of sum `W`
is entitled to exactly `T * w / W`. After every payment each note has received that, less than one
unit more or less; no payment takes anything away; at `T = W` each note has exactly `w`.

Think of a note's units as jobs: unit `k` may be paid as soon as the entitlement passes `k - 1` and
must be paid when it reaches `k`, which is at `T = ceil(k * W / w)`. Paying the earliest deadline
first meets every deadline (Tijdeman, "The chairman assignment problem", 1980; Balinski and Young,
"The quota method of apportionment", 1975). The proof for payments of any size, and what holds once
a payment in the middle of a life is reversed, stand in `docs/adr/0003-the-split.md`.
"""

from bisect import bisect_left

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.int64]
INT64 = 2**63


def apportion(total_before: int, amount: int, weights: Column, received: Column) -> Column:
    """Divide one component of one payment; the parts add up to `amount` exactly.

    `received` is what each note has had of this component so far and adds up to `total_before`.
    A note that has more than its entitlement, because an earlier payment was reversed, waits until
    the others have caught up. Notes with equal deadlines take turns in the order of the columns.
    O(n), exact at any size.

    Raises:
        ValueError: the amount is negative, nobody can take it, or the totals disagree.
    """
    whole = int(weights.sum())
    if amount < 0 or (amount and not whole) or int(received.sum()) != total_before:
        raise ValueError("an amount of zero or more, some weight and matching totals are needed")
    if not amount:
        return np.zeros_like(weights)
    total = total_before + amount
    largest = 2 * total * int(weights.max()) + whole
    weights, received = exact(largest, weights, received)

    behind, most = _bounds(total, weights, whole)
    behind -= received
    parts, slack = _overdue(behind, amount)
    rest = amount - int(parts.sum())
    if rest:
        np.add.at(parts, _by_deadline(rest, received + parts, most, weights, slack), 1)
    settled: Column = parts.astype(np.int64, copy=False)
    return settled


def exact(largest: int, *columns: Column) -> tuple[Column, ...]:
    """Return columns whose products up to `largest` are exact: Python ints where int64 ends."""
    return columns if largest < INT64 else tuple(column.astype(object) for column in columns)


def _bounds(total: int, weights: Column, whole: int) -> tuple[Column, Column]:
    """Return each note's entitlement to `total`, rounded down and rounded up."""
    entitled = weights * total
    least = entitled // whole
    entitled += whole - 1
    entitled //= whole
    return least, entitled


def _overdue(behind: Column, amount: int) -> tuple[Column, int]:
    """Return the whole units that notes stand behind, and the slack that the amount leaves them.

    The slack is zero unless an earlier payment was reversed. Then the arrears can be larger than
    the payment; the notes furthest behind are brought level, as few units behind as it can pay for.
    """
    parts = np.maximum(behind, 0)
    if int(parts.sum()) <= amount:
        return parts, 0
    slack = bisect_left(
        range(int(behind.max())),
        x=True,
        key=lambda slack: int(np.maximum(behind - slack, 0).sum()) <= amount,
    )
    return np.maximum(behind - slack, 0), slack


def _by_deadline(
    rest: int, held: Column, most: Column, weights: Column, slack: int
) -> npt.NDArray[np.intp]:
    """Return who gets the odd units: the notes whose next whole unit falls due earliest.

    A note may take units until it holds its entitlement rounded up, `most`. Its unit `k` falls due
    when the entitlement reaches `k + slack`.
    """
    note = np.flatnonzero(held < most)
    unit = held[note]
    if slack:
        room = (most[note] - unit).astype(np.int64)
        nth = np.arange(room.sum()) - np.repeat(np.cumsum(room) - room, room)
        note, unit = np.repeat(note, room), np.repeat(unit, room) + nth
    # The deadline is ceil((unit + 1 + slack) * whole / weight); this is one less.
    unit += slack + 1
    unit *= int(weights.sum())
    unit -= 1
    unit //= weights[note]

    last = np.partition(unit, rest - 1)[rest - 1]
    sooner = note[unit < last]
    level = note[unit == last][: rest - len(sooner)]
    return np.concatenate([sooner, level])
