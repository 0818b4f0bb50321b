"""How fair a plan was, and how much of what was possible it did: figures for operators. Pure.

Shares are millionths, so that they are the same on every machine; times are seconds.
"""

import operator
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from matching.columns import NEVER, Bools, Ints
from matching.criteria import Reason, first_failures
from matching.market import Market, Plan

WHOLE = 10**6


@dataclass(frozen=True, slots=True)
class Fairness:
    """What a plan made of a market.

    Attributes:
        lenders: those with an active mandate and an account that is not empty.
        gini: of their invested shares: 0 where all are alike.
        deciles: the mean invested share of each tenth of them, the smallest accounts first.
        idle: the share of all their money that stays idle.
        never: how many of them have never been served where others wanted too.
        wait_p50, wait_p90: how long the others have waited since they were.
        listings: how many took orders of mandates.
        filled: how many of them the plan filled.
        funded_p50: how long half of the filled ones had been open, at most.
        placed: what the plan places, in minor units.
        bound: more than this no plan could place.
        gap: the share of the bound that was not placed.
    """

    lenders: int
    gini: int
    deciles: tuple[int, ...]
    idle: int
    never: int
    wait_p50: int
    wait_p90: int
    listings: int
    filled: int
    funded_p50: int
    placed: int
    bound: int
    gap: int

    @classmethod
    def of(cls, market: Market, plan: Plan) -> Self:
        """Measure a plan."""
        got = _sums(market.mandates.lender[plan.mandate], plan.amount, len(market.lenders.keys))
        account = market.lenders.cash + market.lenders.invested
        counted = np.flatnonzero(account > 0)
        share = (market.lenders.invested + got)[counted] * WHOLE // account[counted]
        taken = _sums(plan.listing, plan.amount, len(market.listings.keys))
        filled = (taken == market.listings.room) & (taken > 0)
        waited = _waited(market, plan)[counted]
        placed, bound = int(plan.amount.sum()), upper_bound(market)
        return cls(
            lenders=int(counted.size),
            gini=_gini(share),
            deciles=_deciles(share, account[counted], market.lenders.keys, counted),
            idle=WHOLE - _share(int((market.lenders.invested + got).sum()), int(account.sum())),
            never=int((waited == NEVER).sum()),
            wait_p50=_quantile(waited[waited < NEVER], 50),
            wait_p90=_quantile(waited[waited < NEVER], 90),
            listings=len(market.listings.keys),
            filled=int(filled.sum()),
            funded_p50=_quantile(market.listings.open_for[filled], 50),
            placed=placed,
            bound=bound,
            gap=_share(bound - placed, bound),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return asdict(self) | {"deciles": list(self.deciles)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        return cls(**{**stored, "deciles": tuple(stored["deciles"])})


def upper_bound(market: Market) -> int:
    """Return what no plan can exceed: the lesser of two cuts between lenders and listings.

    Every listing takes at most its room and at most what the mandates that match it may put into
    one; every lender gives at most its spendable cash and at most what its mandates may place.
    """
    matches = first_failures(market.profiles, market.listings) == Reason.MATCHED
    mandates, listings = market.mandates, market.listings
    spendable = np.maximum(market.lenders.cash[mandates.lender] - mandates.keep, 0)
    most = np.minimum(spendable, np.maximum(mandates.remaining, 0))
    each = np.minimum(mandates.cap, most)
    by_profile = _sums(mandates.profile, each, len(matches))
    room = np.maximum(listings.room - listings.manual, 0)
    by_listings = np.minimum(room, by_profile @ matches.astype(np.int64)).sum()
    reach = _reach(matches, room, mandates.cap, mandates.profile)
    of_lender = _sums(mandates.lender, np.minimum(most, reach), len(market.lenders.keys))
    by_lenders = np.minimum(of_lender, market.lenders.cash).sum()
    return int(min(by_listings, by_lenders))


def _reach(matches: Bools, room: Ints, cap: Ints, profile: Ints) -> Ints:
    """Return what each mandate could put into all listings that it matches."""
    whole = matches.astype(np.int64) @ room
    count = matches.sum(axis=1)
    reach: Ints = np.minimum(whole[profile], cap * count[profile])
    return reach


def _waited(market: Market, plan: Plan) -> Ints:
    """Return how long each lender has waited after the plan."""
    waited = market.lenders.idle_for.copy()
    served = plan.contested[plan.listing]
    waited[market.mandates.lender[plan.mandate[served]]] = 0
    return waited


def _gini(values: Ints) -> int:
    """Return the Gini coefficient of shares, by the ranks of the sorted values."""
    total, count = int(values.sum()), values.size
    if not total:
        return 0
    weights = 2 * np.arange(1, count + 1) - count - 1
    # Python's integers: a million shares of millionths would not fit 64 bits.
    spread: int = sum(map(operator.mul, np.sort(values).tolist(), weights.tolist()))
    return spread * WHOLE // (count * total)


def _deciles(share: Ints, account: Ints, keys: tuple[bytes, ...], counted: Ints) -> tuple[int, ...]:
    """Return the mean share of each tenth by account; ties of size by key, whatever the order."""
    names = sorted(range(counted.size), key=lambda row: (int(account[row]), keys[counted[row]]))
    tenths = np.array_split(share[np.array(names, dtype=np.int64)], 10)
    return tuple(int(tenth.mean()) if tenth.size else 0 for tenth in tenths)


def _quantile(values: Ints, percent: int) -> int:
    """Return the smallest value that at least so many per cent do not exceed; 0 for none."""
    if not values.size:
        return 0
    place = -(-values.size * percent // 100) - 1
    return int(np.sort(values)[max(place, 0)])


def _share(part: int, whole: int) -> int:
    return part * WHOLE // whole if whole else 0


def _sums(rows: Ints, amounts: Ints, count: int) -> Ints:
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, rows, amounts)
    return sums
