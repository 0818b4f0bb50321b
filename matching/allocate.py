"""Fair Slice: how the money of many standing orders is shared among open listings.

1. Listings are served one after another, those that close first before the others. A listing that
   cannot be filled waits until all that can be filled have been; then one that cannot reach its
   minimum share waits for those that can, and takes only what nobody else can use, or nothing.
2. All lenders stand in one queue: those with most of their money idle first, in bands of a
   twentieth; in a band, whoever has got the smaller share of its account in this plan, then whoever
   was served longest ago, then a seeded hash. Size, speed and age give no place.
3. The queue is served in slices of an eighth of the mandate's cap, larger ones where the mandate
   matches few of the listings that are open: all get one before any gets two.
4. A lender stands in the queue once, with the first of its mandates that can buy.

No amount exceeds a listing's room, what is kept of it for orders by hand, a cap, a limit, a total,
or the lender's cash less what is to be kept. The decision record on fair slices names the
marketplaces whose rules this one learns from, and what was measured.
"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import numpy as np

from matching.columns import Ints, Mandates
from matching.criteria import Reason
from matching.market import Market, Plan
from matching.reasons import furthest
from matching.run import Run


def allocate(market: Market, *, seed: str, begin: bool = True) -> Plan:
    """Plan who funds what, without touching anything.

    The same market and seed give the same plan on every machine, whatever the order of the rows.

    Args:
        market: what there is.
        seed: decides ties.
        begin: whether listings that cannot reach their minimum share take what nobody else can
            use; without it they take nothing, so that no money is tied up in them.
    """
    listings = market.listings
    cascade = _cascade(market.mandates, seed)
    run = Run.of(_in_order(market, cascade), tie=_ties(market.lenders.keys, seed))
    room = run.room.copy()
    waiting = np.lexsort((_ties(listings.keys, seed), -listings.open_for, listings.closes_in))
    enough = np.minimum(listings.needed, room)
    for goal in (room, enough, *([np.zeros_like(room)] if begin else [])):
        served = [run.serve(listing, goal=int(goal[listing])) for listing in waiting.tolist()]
        waiting = waiting[~np.array(served, dtype=np.bool_)]
    return _plan(market, run, cascade, short=waiting)


def _cascade(mandates: Mandates, seed: str) -> Ints:
    """Order the mandates by lender, and those of one lender as the lender uses them."""
    order: Ints = np.lexsort((_ties(mandates.keys, seed), mandates.rank, mandates.lender))
    return order


def _ties(keys: Sequence[bytes], seed: str) -> Ints:
    """Give every row a different number that only the seed and its key decide."""
    hashes = [sha256(seed.encode() + b"\0" + key).digest() for key in keys]
    numbers = np.empty(len(keys), dtype=np.int64)
    numbers[sorted(range(len(keys)), key=hashes.__getitem__)] = np.arange(len(keys))
    return numbers


def _in_order(market: Market, cascade: Ints) -> Market:
    """Return the market with its mandates in the order of the cascade."""
    place = np.empty_like(cascade)
    place[cascade] = np.arange(cascade.size)
    limits = replace(market.limits, mandate=place[market.limits.mandate])
    return replace(market, mandates=_rows(market.mandates, cascade), limits=limits)


def _rows(mandates: Mandates, order: Ints) -> Mandates:
    return Mandates(
        keys=tuple(mandates.keys[row] for row in order.tolist()),
        lender=mandates.lender[order],
        profile=mandates.profile[order],
        rank=mandates.rank[order],
        cap=mandates.cap[order],
        keep=mandates.keep[order],
        remaining=mandates.remaining[order],
    )


def _plan(market: Market, run: Run, cascade: Ints, *, short: Ints) -> Plan:
    """Return what was given, in the rows of the market that was asked about."""
    nothing = np.zeros(0, dtype=np.int64)
    away = np.where(market.listings.manual > 0, Reason.MANUAL, Reason.QUEUE).astype(np.int8)
    away[short] = Reason.SHORT
    plan = Plan(
        listing=np.concatenate([nothing, *(np.full_like(r, at) for at, r, _ in run.lines)]),
        mandate=cascade[np.concatenate([nothing, *(rows for _, rows, _ in run.lines)])],
        amount=np.concatenate([nothing, *(amounts for _, _, amounts in run.lines)]),
        contested=run.contested,
        turned_away=away,
        why=np.zeros(cascade.size, dtype=np.int8),
    )
    return replace(plan, why=furthest(market, plan))
