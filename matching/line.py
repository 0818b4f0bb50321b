"""The one queue in which all lenders stand: those with most of their money idle first.

A place is one number: the band of idle money, then the share of the account that this plan has
given so far, then a rank that the longest wait and a seeded hash decide before the plan begins.
Whoever is served goes back to a new place; nobody else moves.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from matching.columns import Bools, Ints
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
        leave, come = np.sort(before[before < GONE]), np.sort(after[after < GONE])
        touched = np.concatenate([leave, come])
        if not touched.size:
            return
        start = int(np.searchsorted(self.places, touched.min()))
        stop = int(np.searchsorted(self.places, touched.max(), side="right"))
        part = self.places[start:stop]
        stays = np.ones(part.size, dtype=np.bool_)
        stays[np.searchsorted(part, leave)] = False
        merged = _merged(part[stays], come)
        if leave.size == come.size:
            self.places[start:stop] = merged
        else:
            self.places = np.concatenate([self.places[:start], merged, self.places[stop:]])


def _merged(stay: Ints, come: Ints) -> Ints:
    """Merge two ascending columns."""
    into = np.searchsorted(stay, come) + np.arange(come.size)
    merged = np.empty(stay.size + come.size, dtype=np.int64)
    free: Bools = np.ones(merged.size, dtype=np.bool_)
    free[into] = False
    merged[into] = come
    merged[free] = stay
    return merged
