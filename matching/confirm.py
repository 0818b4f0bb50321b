"""What of a plan still holds when it is applied, after others had time to act."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from matching.columns import Bools, Ints, ints
from matching.criteria import UNBOUNDED, Criteria
from matching.market import Market, Plan


class Dropped(StrEnum):
    """Why a line of a plan no longer holds."""

    LISTING_CLOSED = "listing_closed"
    MANDATE_CHANGED = "mandate_changed"
    LIMIT = "limit"  # the mandate's share of a class, or its cap per borrower, is reached meanwhile
    CAP = "cap"  # the lender has bought of this listing meanwhile
    TOTAL = "total"
    ROOM = "room"
    CASH = "cash"
    REMNANT = "remnant"  # too small, or off the step, and it does not fill the listing any more


@dataclass(slots=True, eq=False)
class Confirmed:
    """The lines that hold, as rows of the market as it is now, and those that do not, by reason.

    `line` is the row of the plan; so are the rows in `lost`.
    """

    listing: Ints
    mandate: Ints
    amount: Ints
    line: Ints
    lost: dict[Dropped, Ints] = field(default_factory=dict)

    @property
    def dropped(self) -> dict[Dropped, int]:
        """How many lines do not hold, by reason."""
        return {reason: rows.size for reason, rows in self.lost.items()}

    def keep(self, holds: Bools, reason: Dropped) -> None:
        """Drop the lines that do not hold."""
        if not holds.all():
            self.lost[reason] = self.line[~holds]
            self.listing, self.mandate = self.listing[holds], self.mandate[holds]
            self.amount, self.line = self.amount[holds], self.line[holds]

    def so_far(self, group: Ints) -> Ints:
        """Add up, for every line, the amounts of its group from the first line to itself."""
        order = np.argsort(group, kind="stable")
        sums = np.cumsum(self.amount[order])
        starts = np.flatnonzero(np.diff(group[order], prepend=-1))
        before = (sums - self.amount[order])[starts]
        totals = np.empty_like(sums)
        totals[order] = sums - np.repeat(before, np.diff(starts, append=len(group)))
        return totals


def confirm(plan: Plan, *, planned: Market, now: Market) -> Confirmed:
    """Hold a plan against the market as it is now, line by line in the order of the plan.

    Args:
        plan: made for `planned`.
        planned: the market that the allocator saw.
        now: the market as it stands under the locks of whoever applies the plan.
    """
    lines = Confirmed(
        listing=_find(planned.listings.keys, now.listings.keys)[plan.listing],
        mandate=_unchanged(planned, now)[plan.mandate],
        amount=plan.amount,
        line=np.arange(plan.amount.size),
    )
    lines.keep(lines.listing >= 0, Dropped.LISTING_CLOSED)
    lines.keep(lines.mandate >= 0, Dropped.MANDATE_CHANGED)
    mandates, listings = now.mandates, now.listings
    lines.keep(_held(now, lines) + lines.amount <= mandates.cap[lines.mandate], Dropped.CAP)
    lines.keep(lines.so_far(lines.mandate) <= mandates.remaining[lines.mandate], Dropped.TOTAL)
    room = listings.room - listings.manual
    lines.keep(lines.so_far(lines.listing) <= room[lines.listing], Dropped.ROOM)
    _keep_limits(now, lines)
    lender = mandates.lender[lines.mandate]
    spendable = now.lenders.cash[lender] - mandates.keep[lines.mandate]
    lines.keep(lines.so_far(lender) <= spendable, Dropped.CASH)
    lines.keep(_whole_or_filling(now, lines), Dropped.REMNANT)
    return lines


def _find(wanted: tuple[bytes, ...], keys: tuple[bytes, ...]) -> Ints:
    """Return the row of every wanted key, or -1 where it is gone."""
    rows = {key: row for row, key in enumerate(keys)}
    return ints(rows.get(key, -1) for key in wanted)


def _unchanged(planned: Market, now: Market) -> Ints:
    """Return for every planned mandate its row now, or -1 unless it says what it said."""
    rows = _find(planned.mandates.keys, now.mandates.keys)
    before, after = _said(planned), _said(now)
    same = [row >= 0 and after[row] == was for row, was in zip(rows.tolist(), before, strict=True)]
    return np.where(np.array(same, dtype=np.bool_), rows, -1)


def _said(market: Market) -> list[tuple[int, int, Criteria]]:
    mandates, criteria = market.mandates, market.profiles.criteria
    return [
        (cap, keep, criteria[profile])
        for cap, keep, profile in zip(
            mandates.cap.tolist(), mandates.keep.tolist(), mandates.profile.tolist(), strict=True
        )
    ]


def _held(now: Market, lines: Confirmed) -> Ints:
    """Return for every line what its lender already has in its listing."""
    width = len(now.lenders.keys)
    held = dict(
        zip(
            (now.holdings.listing * width + now.holdings.lender).tolist(),
            now.holdings.amount.tolist(),
            strict=True,
        )
    )
    pairs = lines.listing * width + now.mandates.lender[lines.mandate]
    return ints(held.get(pair, 0) for pair in pairs.tolist())


def _keep_limits(now: Market, lines: Confirmed) -> None:
    """Drop what is beyond the limit of a mandate in a group of the listing."""
    limits = now.limits
    width = int(now.listings.groups.max(initial=-1)) + 1
    left = dict(
        zip((limits.mandate * width + limits.group + 1).tolist(), limits.left.tolist(), strict=True)
    )
    for column in now.listings.groups.T:
        group = column[lines.listing]
        # Zero is no group at all, and limits nobody.
        pair = np.where(group < 0, 0, lines.mandate * width + group + 1)
        most = ints(left.get(each, UNBOUNDED) for each in pair.tolist())
        lines.keep(lines.so_far(pair) <= most, Dropped.LIMIT)


def _whole_or_filling(now: Market, lines: Confirmed) -> Bools:
    """Say of every line whether it is a whole order, or one of those that fill the listing."""
    minimum, step = now.listings.minimum[lines.listing], now.listings.step[lines.listing]
    totals = np.zeros_like(now.listings.room)
    np.add.at(totals, lines.listing, lines.amount)
    full: Bools = (totals == now.listings.room)[lines.listing]
    whole: Bools = (lines.amount >= minimum) & (lines.amount % step == 0)
    return full | whole
