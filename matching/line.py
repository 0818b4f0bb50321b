"""The one queue in which all lenders stand: those with most of their money idle first.

A place is one number: the band of idle money, then the share of the account that this plan has
given so far, then a rank that the longest wait and a seeded hash decide before the plan begins.
Whoever is served goes back to a new place; nobody else moves.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from matching.columns import Ints
from matching.slices import SHARES

BANDS = 20
# The bits of a place: shares need 20, ranks what is left of 63 after the bands.
SHARE_BITS, RANK_BITS = 20, 32
GONE = 2**62


@dataclass(slots=True, eq=False)
class Line:
    """Places in ascending order, and who stands in each."""

    places: Ints
    by_rank: Ints  # rank -> lender
    rank: Ints  # lender -> rank
    account: Ints  # what a lender's share is measured by; at least one
    keep: Ints
    placeable: Ints  # what idle money is measured by; at least one

    @classmethod
    def of(cls, *, account: Ints, keep: Ints, waited: Ints, tie: Ints) -> Self:
        """Begin with nobody in the queue.

        Args:
            account: per lender, all that it has, at work or not.
            keep: what is to stay uninvested; it counts on neither side, so it buys no place.
            waited: for how long; longer is earlier.
            tie: different numbers that decide between equals.
        """
        by_rank: Ints = np.lexsort((tie, -waited))
        rank = np.empty_like(by_rank)
        rank[by_rank] = np.arange(by_rank.size)
        return cls(
            places=np.zeros(0, dtype=np.int64),
            by_rank=by_rank,
            rank=rank,
            account=np.maximum(account, 1),
            keep=keep,
            placeable=np.maximum(account - keep, 1),
        )

    def place(self, lenders: Ints, cash: Ints, got: Ints) -> Ints:
        """Return where lenders stand who have so much cash and got so much, or `GONE`."""
        idle = cash - self.keep.take(lenders)
        # Rounded up to whole bands and counted down: all idle is zero.
        band = BANDS + idle * -BANDS // self.placeable.take(lenders)
        share = got * SHARES // self.account.take(lenders)
        place = (band << SHARE_BITS | share) << RANK_BITS | self.rank.take(lenders)
        places: Ints = np.where(idle > 0, place, GONE)
        return places

    def lenders(self, start: int, stop: int) -> Ints:
        """Return who stands from one position up to another."""
        lenders: Ints = self.by_rank[self.places[start:stop] & (2**RANK_BITS - 1)]
        return lenders

    def move(self, before: Ints, after: Ints) -> None:
        """Send those who stand in some places to others; to and from `GONE` as well."""
        leave, come = _places(before), _places(after)
        if not leave.size + come.size:
            return
        ends = [each[end] for each in (leave, come) if each.size for end in (0, -1)]
        start = int(self.places.searchsorted(min(ends)))
        stop = int(self.places.searchsorted(max(ends), side="right"))
        part = self.places[start:stop]
        merged = np.concatenate([np.delete(part, part.searchsorted(leave)), come])
        # Two ascending columns: a sort that keeps runs merges them in one pass.
        merged.sort(kind="stable")
        if leave.size == come.size:
            self.places[start:stop] = merged
        else:
            self.places = np.concatenate([self.places[:start], merged, self.places[stop:]])


def _places(some: Ints) -> Ints:
    """Return the places among some, in ascending order."""
    places: Ints = some[some < GONE]
    places.sort()
    return places
