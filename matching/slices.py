"""How one listing is filled from a queue of offers: a slice each, round by round."""

import numpy as np

from matching.columns import Ints

# What shares of an account are counted in.
SHARES = 10**6


def fill(
    *,
    room: int,
    minimum: int,
    step: int,
    limits: Ints,
    slices: Ints,
    had: Ints,
    accounts: Ints,
    closes: bool = True,
) -> Ints:
    """Share the room of one listing among offers that stand in a queue.

    Every offer gets one slice before any gets a second one. Orders are multiples of `step` and at
    least `minimum`, except one that fills the listing. Where the offers do not fill it and leave
    less room than `minimum`, the one that has got most gets less, if it can spare it.

    Args:
        room: what the listing can take, positive.
        minimum: the smallest order, a multiple of `step`.
        step: what orders are multiples of.
        limits: the most that each offer may give, in the order of the queue.
        slices: what each is given at a time; multiples of `step`, at least `minimum`.
        had: what each has got of other listings before.
        accounts: all that each has, at least one; what it got is measured by it.
        closes: whether taking all the room fills the listing; if not, no order may be smaller.

    Returns:
        What each offer gets, in the same order; zero where it gets nothing.
    """
    given = np.zeros_like(limits)
    usable = np.where(limits >= minimum, limits - limits % step, 0)
    rest = room
    while rest > 0:
        taken = _one_round(rest, np.minimum(slices, usable - given))
        if not taken.any():
            break
        given += taken
        rest -= int(taken.sum())
    if not closes:
        _drop_remnant(minimum, given, usable)
        return given
    if rest > 0:
        _close(rest, given, limits)
    if given.any() and room > given.sum() > room - minimum:
        _leave_room(room, minimum, step, given, (had + given) * SHARES // accounts)
    return given


def _one_round(rest: int, wanted: Ints) -> Ints:
    """Give what is wanted from the front of the queue until nothing is left."""
    left = wanted - wanted.cumsum()
    left += rest
    taken: Ints = np.minimum(np.maximum(left, 0), wanted)
    return taken


def _drop_remnant(minimum: int, given: Ints, usable: Ints) -> None:
    """Let the first that can take what was cut below the smallest order do so."""
    small = (given > 0) & (given < minimum)
    rest = int(given[small].sum())
    given[small] = 0
    able = np.flatnonzero((given > 0) & (usable - given >= rest))
    given[able[:1]] += rest


def _close(rest: int, given: Ints, limits: Ints) -> None:
    """Let the first offer that can take all of the rest do so, whatever its size."""
    able = np.flatnonzero(limits - given >= rest)
    if able.size:
        given[able[0]] += rest


def _leave_room(room: int, minimum: int, step: int, given: Ints, share: Ints) -> None:
    """Give the one that has got most of its account less, so that one more order fits.

    Only that one: taking from anybody else would set two lenders alike further apart. Measured by
    the account, so that more cash does not make anybody the one.
    """
    short = minimum - (room - int(given.sum()))
    less = -(-short // step) * step
    most = np.argmax(np.where(given > 0, share, -1))
    if given[most] >= minimum + less:
        given[most] -= less
