"""What changes while a plan is made: money, places in the queue, and what was given."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from matching.columns import Bools, Ints
from matching.criteria import Reason, first_failures
from matching.limiting import Allowance
from matching.line import GONE, Line
from matching.market import LARGEST, Market
from matching.slices import fill

# Into how many slices a cap is cut at most, and for a mandate that matches all open listings if
# there were no such bound: measured against the spread of money and the exact optimum.
MOST_SLICES, SLICES_OF_ALL = 8, 12
# How many places of the queue are looked at first; then twice as many, and so on.
NEAR = 512


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """Who can buy of one listing, in the order of the queue, and how much."""

    mandates: Ints
    limits: Ints
    slices: Ints  # what each is given at a time
    turn: int  # what the first round can give

    @classmethod
    def joined(cls, found: list[Self]) -> Self:
        """Put the parts of a queue behind one another."""
        if len(found) == 1:
            return found[0]
        return cls(
            mandates=np.concatenate([each.mandates for each in found]),
            limits=np.concatenate([each.limits for each in found]),
            slices=np.concatenate([each.slices for each in found]),
            turn=sum(each.turn for each in found),
        )


@dataclass(slots=True, eq=False)
class Run:
    """The state of a plan; the mandates of a lender stand side by side, in their order."""

    market: Market
    matches: Bools  # listing x profile
    line: Line
    first: Ints  # per lender, the row of its first mandate
    count: Ints  # per lender, how many mandates it has
    single: bool  # whether nobody has more than one
    cash: Ints  # per lender, what is left of it
    got: Ints  # per lender, what this plan gives so far
    place: Ints  # per lender, where it stands in the queue
    remaining: Ints  # per mandate
    allowance: Allowance
    holdings: Ints  # rows of the market's holdings, by listing
    starts: Ints  # per listing, where its rows begin in there
    room: Ints  # per listing, what mandates may take of it
    parts: Ints  # per mandate, how many slices make up its cap
    contested: Bools  # per listing
    slices: dict[tuple[int, int], Ints] = field(default_factory=dict)  # by minimum and step
    lines: list[tuple[int, Ints, Ints]] = field(default_factory=list)

    @classmethod
    def of(cls, market: Market, *, tie: Ints) -> Self:
        """Begin with nothing given out."""
        lenders, mandates, listings = market.lenders, market.mandates, market.listings
        everybody = np.arange(len(lenders.keys))
        first = np.searchsorted(mandates.lender, everybody)
        keep = np.full_like(lenders.cash, LARGEST)
        np.minimum.at(keep, mandates.lender, mandates.keep)
        line = Line.of(
            account=lenders.cash + lenders.invested,
            keep=keep,
            waited=lenders.idle_for,
            tie=tie,
        )
        got = np.zeros_like(lenders.cash)
        count = np.searchsorted(mandates.lender, everybody, side="right") - first
        holdings = np.argsort(market.holdings.listing, kind="stable")
        place = line.place(everybody, lenders.cash, got)
        line.move(np.full_like(place, GONE), place)
        matches = (first_failures(market.profiles, listings) == Reason.MATCHED).T.copy()
        return cls(
            market=market,
            matches=matches,
            line=line,
            first=first,
            count=count,
            single=bool(count.max(initial=0) <= 1),
            cash=lenders.cash.copy(),
            got=got,
            place=place,
            remaining=mandates.remaining.copy(),
            allowance=Allowance.of(market.limits, listings.groups),
            holdings=holdings,
            starts=np.searchsorted(
                market.holdings.listing[holdings], np.arange(len(listings.keys) + 1)
            ),
            room=_room(market),
            parts=_parts(matches, listings.room)[mandates.profile],
            contested=np.zeros(len(listings.keys), dtype=np.bool_),
        )

    def serve(self, listing: int, *, goal: int) -> bool:
        """Fill a listing from its queue, unless that would leave it below `goal`."""
        room = int(self.room[listing])
        if not room:
            return True
        offers = self._offers(listing)
        if offers.limits.sum() < goal:
            return False
        listings, lenders = self.market.listings, self.market.mandates.lender[offers.mandates]
        given = fill(
            room=room,
            minimum=int(listings.minimum[listing]),
            step=int(listings.step[listing]),
            limits=offers.limits,
            slices=offers.slices,
            had=self.got[lenders],
            accounts=self.line.account[lenders],
            closes=not listings.manual[listing],
        )
        if given.sum() < goal:
            return False
        self.contested[listing] = offers.limits.sum() > room
        self._give(listing, offers.mandates, given)
        return True

    def _offers(self, listing: int) -> Offers:
        """Go along the queue until the room is taken and somebody would have taken more."""
        room = int(self.room[listing])
        held = self._held(listing)
        found = [self._able(listing, self.line.lenders(0, NEAR), held)]
        start, turn, wanted = NEAR, found[0].turn, int(found[0].limits.sum())
        while start < self.line.places.size and not wanted > room <= turn:
            found.append(self._able(listing, self.line.lenders(start, start * 2), held))
            start, turn = start * 2, turn + found[-1].turn
            wanted += int(found[-1].limits.sum())
        return Offers.joined(found)

    def _held(self, listing: int) -> Ints | None:
        """Return what each lender already has in a listing; or nothing if nobody has."""
        rows = self.holdings[self.starts[listing] : self.starts[listing + 1]]
        if not rows.size:
            return None
        held = np.zeros_like(self.cash)
        np.add.at(held, self.market.holdings.lender[rows], self.market.holdings.amount[rows])
        return held

    def _able(self, listing: int, lenders: Ints, held: Ints | None) -> Offers:
        """Find those of some lenders who can buy, each with the first mandate that can."""
        mandates, listings = self.market.mandates, self.market.listings
        minimum, step = int(listings.minimum[listing]), int(listings.step[listing])
        room, borrower = int(self.room[listing]), int(listings.borrower[listing])
        if borrower >= 0:
            lenders = lenders[lenders != borrower]
        rows = self._mandates(lenders)
        rows = rows[self.matches[listing].take(mandates.profile.take(rows))]
        lenders, caps = mandates.lender.take(rows), mandates.cap.take(rows)
        limits = np.minimum(self.cash.take(lenders) - mandates.keep.take(rows), room)
        np.minimum(limits, caps if held is None else caps - held.take(lenders), out=limits)
        np.minimum(limits, self.remaining.take(rows), out=limits)
        if self.allowance.left.size:
            np.minimum(limits, self.allowance.under(listing, rows), out=limits)
        if self.single:
            able = np.flatnonzero(limits > 0)
        else:
            able = _one_per_lender(lenders, limits, least=min(minimum, room))
        rows, limits = rows[able], limits[able]
        slices = self._slices(minimum, step).take(rows)
        whole = np.minimum(limits, slices)
        turn = int(whole[limits >= minimum].sum())
        return Offers(mandates=rows, limits=limits, slices=slices, turn=turn)

    def _slices(self, minimum: int, step: int) -> Ints:
        """Return per mandate what it is given at a time, where orders are so large."""
        if (minimum, step) not in self.slices:
            part = _floor(self.market.mandates.cap // self.parts, np.int64(step))
            self.slices[minimum, step] = np.maximum(part, minimum)
        return self.slices[minimum, step]

    def _mandates(self, lenders: Ints) -> Ints:
        """Return all mandates of some lenders, side by side in their order."""
        if self.single:
            return self.first.take(lenders)
        counts = self.count.take(lenders)
        ends = np.cumsum(counts)
        within = np.arange(counts.sum()) - np.repeat(ends - counts, counts)
        rows: Ints = np.repeat(self.first[lenders], counts) + within
        return rows

    def _give(self, listing: int, mandates: Ints, given: Ints) -> None:
        """Book what a listing takes, and send whoever gave it back in the queue."""
        some = given > 0
        rows, amounts = mandates[some], given[some]
        lenders = self.market.mandates.lender[rows]
        self.cash[lenders] -= amounts
        self.got[lenders] += amounts
        self.remaining[rows] -= amounts
        self.room[listing] -= amounts.sum()
        if self.allowance.left.size:
            self.allowance.take(listing, rows, amounts)
        place = self.line.place(lenders, self.cash[lenders], self.got[lenders])
        self.line.move(self.place[lenders], place)
        self.place[lenders] = place
        self.lines.append((listing, rows, amounts))


def _room(market: Market) -> Ints:
    """Return what mandates may take: all but what is kept for orders by hand, in whole steps."""
    listings = market.listings
    rest = _floor(np.maximum(listings.room - listings.manual, 0), listings.step)
    whole = np.where(rest >= listings.minimum, rest, 0)
    return np.where(listings.manual > 0, whole, listings.room)


def _parts(matches: Bools, room: Ints) -> Ints:
    """Return per profile into how many slices a cap is cut.

    Whoever can use all listings spreads its money thinly over them; whoever can use few needs
    larger slices of those to place it at all.
    """
    parts = -(-SLICES_OF_ALL * (room @ matches) // max(int(room.sum()), 1))
    return np.clip(parts, 1, MOST_SLICES)


def _floor(amounts: Ints, step: Ints | np.int64) -> Ints:
    floored: Ints = amounts - amounts % step
    return floored


def _one_per_lender(lenders: Ints, limits: Ints, *, least: int) -> Ints:
    """Pick for every lender the first offer of a whole order, or else the first of anything.

    Offers of one lender stand side by side; the order of the lenders stays.
    """
    able = np.flatnonzero(limits > 0)
    group = np.cumsum(np.diff(lenders.take(able), prepend=-1) != 0)
    order = able[np.lexsort((limits[able] < least, group))]
    first = np.ones(order.size, dtype=np.bool_)
    first[1:] = lenders[order][1:] != lenders[order][:-1]
    return order[first]
