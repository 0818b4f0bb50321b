"""How long money waits: from its arrival to the first order that is bought with it. Pure.

Money waits from when it arrived; what an order leaves over waits anew. Whoever has less than the
smallest order waits for nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Waits:
    """The waits of one batch, in seconds.

    Attributes:
        served: how many lenders it served.
        p50, p90: how long the money of half of them, and of nine of ten, had waited.
        waiting: how many lenders are left with money that waits.
        waiting_p50, waiting_p90: how long theirs has waited by then.
    """

    served: int
    p50: int
    p90: int
    waiting: int
    waiting_p50: int
    waiting_p90: int

    @classmethod
    def of(cls, served: Iterable[timedelta], waiting: Iterable[timedelta]) -> Self:
        """Measure the waits of those who were served, and of those who still wait."""
        second = timedelta(seconds=1)
        done, still = sorted(w // second for w in served), sorted(w // second for w in waiting)
        return cls(
            served=len(done),
            p50=_within(done, 50),
            p90=_within(done, 90),
            waiting=len(still),
            waiting_p50=_within(still, 50),
            waiting_p90=_within(still, 90),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        return cls(**stored)


def usual(waits: Iterable[Waits]) -> timedelta | None:
    """Return how long half of the lenders that batches served had waited at most, about.

    Each batch counts with as many lenders as it served; none where none served anybody.
    """
    known = sorted((each.p50, each.served) for each in waits if each.served)
    half, seen = sum(served for _wait, served in known) / 2, 0
    for wait, served in known:
        seen += served
        if seen >= half:
            return timedelta(seconds=wait)
    return None


def waits_from(
    since: datetime | None, *, free: int, least: int, served: bool, at: datetime
) -> datetime | None:
    """Return since when the money that a batch left over waits, or none where it is too little."""
    if free < least:
        return None
    return at if served or since is None else since


def _within(values: list[int], percent: int) -> int:
    """Return the smallest value that at least so many per cent do not exceed; 0 for none."""
    return values[-(-len(values) * percent // 100) - 1] if values else 0
