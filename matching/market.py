"""One instant of the marketplace, the plan made for it, and digests that prove both."""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256

import numpy as np

from matching.columns import Bools, Codes, Holdings, Ints, Lenders, Limits, Listings, Mandates
from matching.criteria import Profiles

# Amounts stay below this, so that an amount times a million is still an int64.
LARGEST = 2**42


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Everything the allocator knows, in one currency."""

    listings: Listings
    lenders: Lenders
    mandates: Mandates
    profiles: Profiles
    holdings: Holdings
    limits: Limits

    def __post_init__(self) -> None:
        """Refuse amounts that the arithmetic could not carry."""
        sizes = (self.lenders.cash, self.lenders.invested, self.listings.room)
        if any(column.size and column.max() >= LARGEST for column in sizes):
            raise OverflowError("an amount is too large for the allocator")

    def digest(self) -> str:
        """Return a SHA-256 that is the same for the same rows, in whatever order they stand."""
        of, to, by = self.listings, self.lenders, self.mandates
        texts = [
            json.dumps(each.to_json(), sort_keys=True).encode() for each in self.profiles.criteria
        ]
        # What points to a row of another table points to its place in the order of the keys.
        listing, lender, profile = _places(of.keys), _places(to.keys), _places(texts)
        borrower = np.append(lender, -1)[of.borrower]
        wants = (of.grade, of.purpose, of.region, of.method, of.security, of.kind, of.score)
        terms = (
            of.rate,
            of.installments,
            of.room,
            of.manual,
            of.needed,
            of.minimum,
            of.step,
            of.closes_in,
            of.open_for,
        )
        limits = (by.rank, by.cap, by.keep, by.remaining)
        held = (listing[self.holdings.listing], lender[self.holdings.lender], self.holdings.amount)
        capped = (_places(by.keys)[self.limits.mandate], self.limits.group, self.limits.left)
        return _sha256(
            json.dumps(astuple(of.words)).encode(),
            _table(of.keys, *wants, *terms, borrower, *np.sort(of.groups, axis=1).T),
            _table(to.keys, to.cash, to.invested, to.idle_for),
            _table(by.keys, lender[by.lender], *limits, profile[by.profile]),
            b"".join(sorted(texts)),
            np.stack(held)[:, np.lexsort(held)].tobytes(),
            np.stack(capped)[:, np.lexsort(capped)].tobytes(),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Who gets how much of what: n rows, in the order in which they were served.

    `contested` says per listing whether more was offered than it could take, `turned_away` what
    those are told who could have bought. `why` is per mandate the `Reason` of the listing with
    which it came furthest.
    """

    listing: Ints
    mandate: Ints
    amount: Ints
    contested: Bools
    turned_away: Codes
    why: Codes

    def digest(self, market: Market) -> str:
        """Return a SHA-256 of who gets how much of what, whatever the order of the rows."""
        listing = _places(market.listings.keys)[self.listing]
        mandate = _places(market.mandates.keys)[self.mandate]
        order = np.lexsort((mandate, listing))
        rows = np.stack((listing, mandate, self.amount))[:, order]
        return _sha256(
            b"".join(sorted(market.listings.keys)),
            b"".join(sorted(market.mandates.keys)),
            rows.tobytes(),
        )


def _places(keys: Sequence[bytes]) -> Ints:
    """Return for every row its place in the order of the keys."""
    places = np.empty(len(keys), dtype=np.int64)
    places[_order(keys)] = np.arange(len(keys))
    return places


def _order(keys: Sequence[bytes]) -> list[int]:
    return sorted(range(len(keys)), key=keys.__getitem__)


def _table(keys: Sequence[bytes], *columns: Ints) -> bytes:
    """Return the bytes of a table whose rows are sorted by key."""
    order = np.array(_order(keys), dtype=np.int64)
    return b"".join(sorted(keys)) + np.stack(columns).astype("<i8")[:, order].tobytes()


def _sha256(*parts: bytes) -> str:
    """Hash the parts, each with its length, so that none can lend bytes to its neighbour."""
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
