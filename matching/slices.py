"""How one listing is filled from a queue of offers: a slice each, round by round."""

import numpy as np

from matching.columns import Ints


def fill(*, room: int, minimum: int, step: int, limits: Ints, slices: Ints) -> Ints:
    """Share the room of one listing among offers that stand in a queue.

    Every offer gets one slice before any gets a second one. Orders are multiples of `step` and at
    least `minimum`, except one that fills the listing. Where the offers do not fill it, the room
    left is at least `minimum` if giving one of them less can bring that about.

    Args:
        room: what the listing can take, positive.
        minimum: the smallest order, a multiple of `step`.
        step: what orders are multiples of.
        limits: the most that each offer may give, in the order of the queue.
        slices: what each is given at a time; multiples of `step`, at least `minimum`.

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
    if rest > 0:
        _close(rest, given, limits)
    if room > given.sum() > room - minimum:
        _leave_room(room, minimum, step, given)
    return given


def _one_round(rest: int, wanted: Ints) -> Ints:
    """Give what is wanted from the front of the queue until nothing is left."""
    before = np.cumsum(wanted) - wanted
    taken: Ints = np.clip(rest - before, 0, wanted)
    return taken


def _close(rest: int, given: Ints, limits: Ints) -> None:
    """Let the first offer that can take all of the rest do so, whatever its size."""
    able = np.flatnonzero(limits - given >= rest)
    if able.size:
        given[able[0]] += rest


def _leave_room(room: int, minimum: int, step: int, given: Ints) -> None:
    """Give the last offer that can spare it less, so that one more order fits."""
    short = minimum - (room - int(given.sum()))
    less = -(-short // step) * step
    able = np.flatnonzero(given >= minimum + less)
    if able.size:
        given[able[-1]] -= less
