"""Fair Slice: how the money of many standing orders is shared among open listings.

1. Listings are served one after another, those that close first before the others. A listing that
   cannot be filled waits until all that can be filled have been; then one that cannot reach its
   minimum waits for those that can.
2. For each listing the lenders stand in a queue: those with most of their money idle first, in
   bands of a twentieth; in a band, whoever has got the smaller share of its account in this plan,
   then whoever was served longest ago, then a seeded hash. Size, speed and age give no place.
3. The queue is served in slices of a quarter of the mandate's cap: all get one before any gets two.
4. A lender stands in a queue once, with the first of its mandates that can buy.

No amount exceeds a listing's room, a cap, a total, or the lender's cash less what is to be kept.
The decision record on fair slices names the marketplaces whose rules this one learns from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Self

import numpy as np

from matching.columns import Bools, Codes, Ints, Mandates
from matching.criteria import Reason, first_failures
from matching.market import Market, Plan
from matching.slices import fill

BANDS = 20
SLICES_IN_CAP = 4
SHARES = 10**6


def allocate(market: Market, *, seed: str) -> Plan:
    """Plan who funds what, without touching anything.

    The same market and seed give the same plan on every machine, whatever the order of the rows.
    """
    cascade = _cascade(market.mandates, seed)
    run = _Run.of(replace(market, mandates=_rows(market.mandates, cascade)), seed)
    listings = market.listings
    waiting = np.lexsort((_ties(listings.keys, seed), -listings.open_for, listings.closes_in))
    for goal in (listings.room, listings.needed, np.zeros_like(listings.room)):
        served = [run.serve(listing, goal=int(goal[listing])) for listing in waiting.tolist()]
        waiting = waiting[~np.array(served, dtype=np.bool_)]
    return run.plan(cascade)


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


@dataclass(slots=True, eq=False)
class _Run:
    """What changes while a plan is made."""

    market: Market
    failures: Codes  # profile x listing
    tie: Ints  # per lender
    cash: Ints  # per lender, what is left of it
    got: Ints  # per lender, what this plan gives so far
    remaining: Ints  # per mandate
    contested: Bools  # per listing
    why: Codes  # per mandate
    served: list[tuple[int, Ints, Ints]] = field(default_factory=list)

    @classmethod
    def of(cls, market: Market, seed: str) -> Self:
        """Begin with nothing given out."""
        return cls(
            market=market,
            failures=first_failures(market.profiles, market.listings),
            tie=_ties(market.lenders.keys, seed),
            cash=market.lenders.cash.copy(),
            got=np.zeros_like(market.lenders.cash),
            remaining=market.mandates.remaining.copy(),
            contested=np.zeros(len(market.listings.keys), dtype=np.bool_),
            why=np.full(len(market.mandates.keys), Reason.NOTHING_OPEN, dtype=np.int8),
        )

    def serve(self, listing: int, *, goal: int) -> bool:
        """Fill a listing from its queue, unless that would leave it below `goal`."""
        listings = self.market.listings
        room, minimum, step = (
            int(column[listing]) for column in (listings.room, listings.minimum, listings.step)
        )
        offers = self._offers(listing, room=room, least=min(minimum, room))
        queue = self._queue(offers.mandates)
        mandates, limits = offers.mandates[queue], offers.limits[queue]
        slices = self.market.mandates.cap[mandates] // SLICES_IN_CAP
        slices = np.maximum(slices - slices % step, minimum)
        had = self.got[self.market.mandates.lender[mandates]]
        given = fill(room=room, minimum=minimum, step=step, limits=limits, slices=slices, had=had)
        if given.sum() < goal:
            return False
        self.contested[listing] = limits.sum() > room
        self._give(listing, mandates, given, offers.reach)
        return True

    def _offers(self, listing: int, *, room: int, least: int) -> "_Offers":
        """Find who can buy, how much, and how far everybody else came."""
        mandates, listings = self.market.mandates, self.market.listings
        reach = self.failures[mandates.profile, listing]
        reach[mandates.lender == listings.borrower[listing]] = Reason.OWN_LISTING
        rows = np.flatnonzero(reach == Reason.MATCHED)
        lenders = mandates.lender[rows]
        under_cap = mandates.cap[rows] - self._held(listing)[lenders]
        under_total = self.remaining[rows]
        spendable = self.cash[lenders] - mandates.keep[rows]
        reach[rows] = np.select(
            [under_cap < least, under_total < least, spendable < least],
            [Reason.CAP, Reason.TOTAL, Reason.CASH],
            default=Reason.OTHER_MANDATE,
        )
        limits = np.minimum.reduce([under_cap, under_total, spendable, np.full_like(rows, room)])
        able = _one_per_lender(lenders, limits, least)
        chosen = rows[able]
        reach[chosen[limits[able] >= least]] = Reason.QUEUE
        return _Offers(mandates=chosen, limits=limits[able], reach=reach)

    def _held(self, listing: int) -> Ints:
        """Return what each lender already has in a listing."""
        holdings = self.market.holdings
        rows = holdings.listing == listing
        held = np.zeros_like(self.cash)
        np.add.at(held, holdings.lender[rows], holdings.amount[rows])
        return held

    def _queue(self, mandates: Ints) -> Ints:
        """Order the mandates that can buy as their lenders stand in the queue."""
        lenders, keep = self.market.mandates.lender[mandates], self.market.mandates.keep[mandates]
        account = self.market.lenders.cash[lenders] + self.market.lenders.invested[lenders]
        idle = self.cash[lenders] - keep
        band = -(-idle * BANDS // np.maximum(account - keep, 1))
        share = self.got[lenders] * SHARES // np.maximum(account, 1)
        waited = self.market.lenders.idle_for[lenders]
        order: Ints = np.lexsort((self.tie[lenders], self.got[lenders], -waited, share, -band))
        return order

    def _give(self, listing: int, mandates: Ints, given: Ints, reach: Codes) -> None:
        """Book what a listing takes."""
        some = given > 0
        rows, amounts = mandates[some], given[some]
        lenders = self.market.mandates.lender[rows]
        self.cash[lenders] -= amounts
        self.got[lenders] += amounts
        self.remaining[rows] -= amounts
        reach[rows] = Reason.SERVED
        np.maximum(self.why, reach, out=self.why)
        self.served.append((listing, rows, amounts))

    def plan(self, cascade: Ints) -> Plan:
        """Return what was given, in the rows of the market that was asked about."""
        why = np.empty_like(self.why)
        why[cascade] = self.why
        nothing = np.zeros(0, dtype=np.int64)
        return Plan(
            listing=np.concatenate([nothing, *(np.full_like(r, at) for at, r, _ in self.served)]),
            mandate=cascade[np.concatenate([nothing, *(rows for _, rows, _ in self.served)])],
            amount=np.concatenate([nothing, *(amounts for _, _, amounts in self.served)]),
            contested=self.contested,
            turned_away=np.full(self.contested.size, Reason.QUEUE, dtype=np.int8),
            why=why,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Offers:
    """Who can buy of one listing and how much, and how far every mandate came."""

    mandates: Ints
    limits: Ints
    reach: Codes


def _one_per_lender(lenders: Ints, limits: Ints, least: int) -> Ints:
    """Pick for every lender the first offer of a whole order, or else the first of anything."""
    able = np.flatnonzero(limits > 0)
    order = able[np.lexsort((limits[able] < least, lenders[able]))]
    first = np.ones(order.size, dtype=np.bool_)
    first[1:] = lenders[order][1:] != lenders[order][:-1]
    return order[first]
