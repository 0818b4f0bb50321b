"""The rules of other marketplaces, as small pure functions, beside the one of this project.

Each serves listings in the order of their deadlines. Money goes in units, at most the cap each.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.fairness.days import Lines, Rule
from benchmarks.fairness.worlds import UNIT, Ints
from matching.allocate import allocate
from matching.columns import Bools
from matching.criteria import Reason, first_failures
from matching.market import Market

# What a rule gives of one listing: from its room, what everybody may give, and the state so far.
Share = Callable[[int, Ints, "State"], Ints]


class State:
    """What a rule may look at besides the limits: all that is known of the lenders."""

    def __init__(self, market: Market) -> None:
        self.cash = market.lenders.cash.copy()
        self.account = market.lenders.cash + market.lenders.invested
        self.waited = market.lenders.idle_for.copy()
        self.joined = np.arange(self.cash.size)


def fair_slice(market: Market, seed: str, *, begin: bool = True) -> Lines:
    """Allocate as the product does."""
    plan = allocate(market, seed=seed, begin=begin)
    lender = market.mandates.lender[plan.mandate]
    return plan.listing, lender, plan.amount, np.flatnonzero(plan.contested)


def by(share: Share) -> Rule:
    """Make a rule of a way to share one listing."""

    def rule(market: Market, seed: str) -> Lines:  # noqa: ARG001, they all decide by rank
        state, lines, contested = State(market), [], []
        matches = first_failures(market.profiles, market.listings) == Reason.MATCHED
        order = np.lexsort((-market.listings.open_for, market.listings.closes_in))
        for listing in order.tolist():
            limits = _limits(market, state, listing, matches[:, listing])
            room = int(market.listings.room[listing])
            given = np.minimum(share(room, limits, state), limits)
            lenders = np.flatnonzero(given)
            state.cash[lenders] -= given[lenders]
            if limits.sum() > room:
                contested.append(listing)
                state.waited[lenders] = 0
            lines.append((np.full_like(lenders, listing), lenders, given[lenders]))
        columns = [np.concatenate(column) for column in zip(*lines, strict=True)]
        return (*columns, np.array(contested, dtype=np.int64))  # type: ignore[return-value]

    return rule


def _limits(market: Market, state: State, listing: int, matches: Bools) -> Ints:
    held = np.zeros_like(state.cash)
    rows = market.holdings.listing == listing
    held[market.holdings.lender[rows]] = market.holdings.amount[rows]
    limits = np.minimum(market.mandates.cap - held, state.cash)
    limits = np.where(matches[market.mandates.profile], np.maximum(limits, 0), 0)
    return limits // UNIT * UNIT


def _in_order(order: Ints, room: int, limits: Ints) -> Ints:
    """Give the first all that it may, then the second, until nothing is left."""
    given = np.zeros_like(limits)
    wanted = limits[order]
    given[order] = np.clip(room - (np.cumsum(wanted) - wanted), 0, wanted)
    return given


def first_come(room: int, limits: Ints, state: State) -> Ints:
    return _in_order(state.joined, room, limits)


def largest_first(room: int, limits: Ints, state: State) -> Ints:
    return _in_order(np.lexsort((state.joined, -limits)), room, limits)


def cash_ratio(room: int, limits: Ints, state: State) -> Ints:
    return _in_order(np.argsort(-state.cash / state.account, kind="stable"), room, limits)


def least_recently(room: int, limits: Ints, state: State) -> Ints:
    return _in_order(np.argsort(-state.waited, kind="stable"), room, limits)


def pro_rata(room: int, limits: Ints, state: State) -> Ints:  # noqa: ARG001
    """Divide by what is offered, in units; odd units by the largest remainder."""
    total = int(limits.sum())
    if total <= room:
        return limits
    units, whole = room // UNIT, limits * (room // UNIT)
    given = whole // total
    rest = np.argsort(-(whole % total), kind="stable")[: units - int(given.sum())]
    given[rest] += 1
    return given * UNIT


def water_filling(room: int, limits: Ints, state: State) -> Ints:  # noqa: ARG001
    """Raise the same level for everybody until the room is full."""
    if int(limits.sum()) <= room:
        return limits
    low, high = 0, int(limits.max()) // UNIT
    while low < high:
        middle = (low + high + 1) // 2
        fits = int(np.minimum(limits, middle * UNIT).sum()) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    given = np.minimum(limits, low * UNIT)
    more = np.flatnonzero(limits > given)[: (room - int(given.sum())) // UNIT]
    given[more] += UNIT
    return given


RULES: dict[str, Rule] = {
    "fair slice": fair_slice,
    "fair slice, all or nothing": partial(fair_slice, begin=False),
    "FIFO": by(first_come),
    "largest first": by(largest_first),
    "pro rata": by(pro_rata),
    "cash ratio": by(cash_ratio),
    "least recently served": by(least_recently),
    "water-filling": by(water_filling),
}
