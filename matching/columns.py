"""Frozen columns: everything that the allocator knows at one instant, one row per thing.

Amounts are int64 minor units of one currency; times are int64 seconds relative to the instant.
A `key` names a row in ties and digests, so that the order of the rows means nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

# The age of a lender who was never served: longer than anybody can have waited.
NEVER = 2**40


def ints(values: Iterable[int]) -> Ints:
    """Return the values as an int64 column."""
    return np.fromiter(values, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that the open listings use, sorted; a code is a place in them."""

    grades: tuple[str, ...]
    purposes: tuple[str, ...]
    regions: tuple[str, ...]
    methods: tuple[str, ...] = ()
    securities: tuple[str, ...] = ()
    borrowers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Listings:
    """The listings that take orders."""

    words: Vocabulary
    keys: tuple[bytes, ...]
    room: Ints  # what is still to be funded
    needed: Ints  # what is missing to the share below which nothing is disbursed; may be negative
    minimum: Ints  # the smallest order
    step: Ints  # orders are multiples of it
    grade: Ints  # a code, like the five that follow
    purpose: Ints
    region: Ints
    method: Ints  # how it is repaid
    security: Ints
    kind: Ints  # of borrower
    score: Ints
    rate: Ints  # hundred-millionths
    installments: Ints
    closes_in: Ints
    open_for: Ints
    borrower: Ints  # the row of the lender who borrows here, or -1
    manual: Ints  # the part of the room that only orders by hand may take for now
    groups: Ints  # shape L x any width: the groups a listing belongs to, padded with -1


@dataclass(frozen=True, slots=True, eq=False)
class Lenders:
    """The lenders who have mandates; all mandates of one lender share the cash."""

    keys: tuple[bytes, ...]
    cash: Ints
    invested: Ints  # what is at work or reserved; cash and this make the account's size
    idle_for: Ints  # since last served in a listing that others wanted too, or NEVER


@dataclass(frozen=True, slots=True, eq=False)
class Mandates:
    """The standing orders that are active."""

    keys: tuple[bytes, ...]
    lender: Ints  # row of `Lenders`
    profile: Ints  # row of `Profiles`
    rank: Ints  # the lender's own order among its mandates, lowest first
    cap: Ints  # the most in one listing
    keep: Ints  # cash of the lender that stays uninvested
    remaining: Ints  # what the mandate may still place


@dataclass(frozen=True, slots=True, eq=False)
class Holdings:
    """What lenders already have reserved in open listings; one row per pair."""

    listing: Ints
    lender: Ints
    amount: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What mandates may still place in a group: a borrower, a grade, a purpose; one row per pair.

    A group is any number that `Listings.groups` uses. A mandate without a row is not limited.
    """

    mandate: Ints
    group: Ints
    left: Ints

    @classmethod
    def none(cls) -> Self:
        """Limit nobody."""
        return cls(mandate=ints(()), group=ints(()), left=ints(()))
