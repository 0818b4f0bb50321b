"""For every mandate and listing the first reason why nothing was placed, kept in little space.

A hundred thousand mandates and a thousand listings are a hundred million pairs, but few facts: what
the criteria say depends on the profile alone; whether there is cash, or a total left, on the
mandate; who was turned away, on the listing. These facts are stored, and a reason is read off them
when somebody asks. They are those after the plan: whose money was placed elsewhere is told so.
"""

from collections import Counter
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from matching.columns import NEVER, Bools, Codes, Ints
from matching.criteria import Reason, first_failures
from matching.limiting import Allowance
from matching.market import LARGEST, Market, Plan
from matching.packed import pack, pack_keys, unpack, unpack_keys


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """The facts of one batch; rows are those of its market."""

    mandates: tuple[bytes, ...]
    listings: tuple[bytes, ...]
    failures: Codes  # profile x listing
    profile: Ints  # per mandate, like the five that follow
    lender: Ints
    cap: Ints
    remaining: Ints  # after the plan
    spendable: Ints  # after the plan: the lender's cash less what is to be kept
    least: Ints  # per listing: the smallest order
    borrower: Ints  # per listing: the row of a lender, or -1
    turned_away: Codes  # per listing: what those are told who could have bought
    groups: Ints  # listing x any number, padded with -1
    held: Ints  # rows of lender, listing, amount; sorted by lender
    limits: Ints  # rows of mandate, group, what is left after the plan; sorted by mandate
    lines: Ints  # rows of lender, listing, mandate; sorted by lender

    @classmethod
    def of(cls, market: Market, plan: Plan) -> Self:
        """Gather the facts of a market and the plan that was made for it."""
        mandates, listings, holdings = market.mandates, market.listings, market.holdings
        lender = mandates.lender[plan.mandate]
        placed = _sums(plan.mandate, plan.amount, len(mandates.keys))
        cash = market.lenders.cash - _sums(lender, plan.amount, len(market.lenders.keys))
        return cls(
            mandates=mandates.keys,
            listings=listings.keys,
            failures=first_failures(market.profiles, listings),
            profile=mandates.profile,
            lender=mandates.lender,
            cap=mandates.cap,
            remaining=mandates.remaining - placed,
            spendable=cash[mandates.lender] - mandates.keep,
            least=np.minimum(listings.minimum, listings.room),
            borrower=listings.borrower,
            turned_away=plan.turned_away,
            groups=listings.groups,
            held=_rows(holdings.lender, holdings.listing, holdings.amount),
            limits=_limits_left(market, plan),
            lines=_rows(lender, plan.listing, plan.mandate),
        )

    def encode(self) -> bytes:
        """Return the bytes to store."""
        columns = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in {"mandates", "listings"}
        }
        keys = pack_keys("mandates", self.mandates) | pack_keys("listings", self.listings)
        return pack(columns | keys)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Return what was encoded."""
        columns = unpack(data)
        found: dict[str, Any] = {
            name: column for name, column in columns.items() if "." not in name
        }
        return cls(
            mandates=unpack_keys("mandates", columns),
            listings=unpack_keys("listings", columns),
            **found,
        )

    def reason(self, mandate: bytes, listing: bytes) -> Reason:
        """Say how far a mandate came with a listing, both by key."""
        return Reason(int(self.along(self.mandates.index(mandate))[self.listings.index(listing)]))

    def funnel(self, mandate: bytes) -> Counter[Reason]:
        """Count the listings by how far a mandate came with them."""
        codes = self.along(self.mandates.index(mandate))
        return Counter(map(Reason, codes.tolist()))

    def along(self, mandate: int) -> Codes:
        """Return the reasons of one mandate, by row, for all listings."""
        lender = int(self.lender[mandate])
        codes: Codes = self.failures[self.profile[mandate]].copy()
        codes[self.borrower == lender] = Reason.OWN_LISTING
        passed = codes == Reason.MATCHED
        held = np.zeros_like(self.least)
        of_lender = _part(self.held, lender)
        held[of_lender[:, 1]] = of_lender[:, 2]
        lines = _part(self.lines, lender)
        other = np.zeros_like(passed)
        other[lines[:, 1]] = True
        tests = [
            self.cap[mandate] - held < self.least,
            self._under_limits(mandate) < self.least,
            self.remaining[mandate] < self.least,
            self.spendable[mandate] < self.least,
            other,
        ]
        told = [Reason.CAP, Reason.LIMIT, Reason.TOTAL, Reason.CASH, Reason.OTHER_MANDATE]
        codes[passed] = np.select(tests, told, default=self.turned_away)[passed]
        codes[lines[lines[:, 2] == mandate, 1]] = Reason.SERVED
        return codes

    def _under_limits(self, mandate: int) -> Ints:
        """Return per listing what the limits of a mandate still allow."""
        left = np.full_like(self.least, NEVER)
        for _, group, amount in _part(self.limits, mandate).tolist():
            inside = (self.groups == group).any(axis=1)
            left[inside] = np.minimum(left[inside], amount)
        return left


def _sums(rows: Ints, amounts: Ints, count: int) -> Ints:
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, rows, amounts)
    return sums


def _rows(*columns: Ints) -> Ints:
    """Return columns as rows, sorted by the first."""
    return np.stack(columns, axis=1)[np.argsort(columns[0], kind="stable")]


def _part(rows: Ints, first: int) -> Ints:
    """Return those of the sorted rows that begin with a number."""
    start, end = np.searchsorted(rows[:, 0], [first, first + 1])
    return rows[start:end]


def _limits_left(market: Market, plan: Plan) -> Ints:
    """Return what each limit still allows after the plan."""
    limits, groups = market.limits, market.listings.groups
    allowance = Allowance.of(limits, groups)
    for listing in np.unique(plan.listing).tolist() if limits.left.size else ():
        lines = plan.listing == listing
        allowance.take(listing, plan.mandate[lines], plan.amount[lines])
    left = np.empty_like(limits.left)
    left[allowance.order] = allowance.left
    return _rows(limits.mandate, limits.group, left)


def furthest(market: Market, plan: Plan) -> Codes:
    """Say for every mandate how far it came with the listing with which it came furthest.

    What is left to a mandate is held against the smallest order of all listings that it matches.
    """
    mandates, listings = market.mandates, market.listings
    failures = first_failures(market.profiles, listings)
    passed = failures == Reason.MATCHED
    profile, count = mandates.profile, mandates.profile.size
    smallest = np.minimum(listings.minimum, listings.room)
    least = np.where(passed, smallest, LARGEST).min(axis=1, initial=LARGEST)[profile]
    matching = passed.sum(axis=1)[profile]
    lender = mandates.lender[plan.mandate]
    placed = _sums(plan.mandate, plan.amount, count)
    cash = market.lenders.cash - _sums(lender, plan.amount, market.lenders.cash.size)

    borrowed, holdings = np.flatnonzero(listings.borrower >= 0), market.holdings
    _, own = _matching(market, passed, listings.borrower[borrowed], borrowed)
    pair, full = _matching(market, passed, holdings.lender, holdings.listing)
    under_cap = mandates.cap[full] - holdings.amount[pair]
    full = full[under_cap < smallest[holdings.listing[pair]]]
    several = np.bincount(mandates.lender)[lender] > 1
    line, other = _matching(market, passed, lender[several], plan.listing[several])
    other = other[plan.mandate[several][line] != other]
    own, full, other = (np.bincount(each, minlength=count) for each in (own, full, other))
    tests = {
        Reason.SERVED: placed > 0,
        Reason.OWN_LISTING: own >= np.maximum(matching, 1),
        Reason.CAP: (mandates.cap < least) | (own + full >= matching),
        Reason.TOTAL: mandates.remaining - placed < least,
        Reason.CASH: cash[mandates.lender] - mandates.keep < least,
        Reason.OTHER_MANDATE: own + full + other >= matching,
    }
    away = np.where(passed, plan.turned_away, 0).max(axis=1, initial=0)[profile]
    codes = np.select(list(tests.values()), list(tests), default=away)
    failed = np.where(passed, 0, failures).max(axis=1, initial=0)[profile]
    return np.where(matching == 0, failed, codes).astype(np.int8)


def _matching(market: Market, passed: Bools, lenders: Ints, listings: Ints) -> tuple[Ints, Ints]:
    """Return the pairs, and mandates of their lenders, where a mandate matches the listing."""
    order = np.argsort(market.mandates.lender, kind="stable")
    of_lender = market.mandates.lender[order]
    start, stop = (np.searchsorted(of_lender, lenders, side=side) for side in ("left", "right"))
    counts = stop - start
    pair = np.repeat(np.arange(lenders.size), counts)
    within = np.arange(pair.size) - np.repeat(np.cumsum(counts) - counts, counts)
    mandate = order[np.repeat(start, counts) + within]
    matches = passed[market.mandates.profile[mandate], listings[pair]]
    return pair[matches], mandate[matches]
