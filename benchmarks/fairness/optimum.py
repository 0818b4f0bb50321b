"""The most that can be placed at all: maximum flow from lenders to loans."""

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow  # type: ignore[import-untyped]

from benchmarks.fairness.days import listed
from benchmarks.fairness.worlds import UNIT, Crowd, Ints, Loans, profiles
from matching.columns import Bools
from matching.criteria import Reason, first_failures
from matching.market import Market


def of_batch(market: Market) -> int:
    """Return the most that one batch could have placed."""
    matches = (first_failures(market.profiles, market.listings) == Reason.MATCHED).T
    caps = np.broadcast_to(market.mandates.cap, (matches.shape[0], market.mandates.cap.size)).copy()
    caps[market.holdings.listing, market.holdings.lender] -= market.holdings.amount
    allowed = matches[:, market.mandates.profile]
    return flow(market.lenders.cash, market.listings.room, np.where(allowed, caps, 0))


def bound(market: Market) -> int:
    """Return what no batch can exceed: the flow from lenders over profiles to listings.

    The cap of a pair is held against profile and listing as a whole, so this is at least the
    exact optimum. It needs an arc per lender, not one per pair.
    """
    matches = first_failures(market.profiles, market.listings) == Reason.MATCHED
    profile, cap = market.mandates.profile, market.mandates.cap // UNIT
    reach = np.minimum(market.lenders.cash // UNIT, cap * matches.sum(axis=1)[profile])
    offered = np.bincount(profile, cap, matches.shape[0]).astype(np.int64)
    lenders, (profiles_, listings_) = profile.size, matches.shape
    to_profile, to_listing = lenders + np.arange(profiles_), lenders + profiles_
    row, column = np.nonzero(matches)
    sink = to_listing + listings_ + 1
    arcs = [
        (np.full(lenders, sink - 1), np.arange(lenders), reach),
        (np.arange(lenders), to_profile[profile], reach),
        (to_profile[row], to_listing + column, offered[row]),
        (to_listing + np.arange(listings_), np.full(listings_, sink), market.listings.room // UNIT),
    ]
    return _solved(arcs, sink - 1, sink)


def with_hindsight(asked: Loans, who: Crowd) -> int:
    """Return the most that all days together could have placed, had all been known at once."""
    table = matches_of(asked, who)[:, who.profile]
    return flow(who.cash, asked.amount, np.where(table, who.cap, 0))


def matches_of(asked: Loans, who: Crowd) -> Bools:
    """Say for every loan and profile whether they match."""
    matches: Bools = first_failures(profiles(who, asked), listed(asked)) == Reason.MATCHED
    return matches.T


def flow(cash: Ints, room: Ints, caps: Ints) -> int:
    """Return the maximum flow in whole units; caps has a row per listing, a column per lender."""
    listing, lender = np.nonzero(caps >= UNIT)
    lenders, listings = cash.size, room.size
    source, sink = lenders + listings, lenders + listings + 1
    ends = [
        (np.full(lenders, source), np.arange(lenders), cash // UNIT),
        (lender, lenders + listing, caps[listing, lender] // UNIT),
        (lenders + np.arange(listings), np.full(listings, sink), room // UNIT),
    ]
    return _solved(ends, source, sink)


def _solved(arcs: list[tuple[Ints, Ints, Ints]], source: int, sink: int) -> int:
    solver = SimpleMaxFlow()
    for tail, head, capacity in arcs:
        solver.add_arcs_with_capacity(tail, head, capacity)
    assert solver.solve(source, sink) == solver.OPTIMAL
    return int(solver.optimal_flow()) * UNIT
