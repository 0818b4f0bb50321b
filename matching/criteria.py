"""What a mandate may buy, and the first reason why a listing is not that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, Self

import numpy as np

from kernel import Rate
from matching.columns import Bools, Codes, Ints, Listings, Vocabulary, ints

# Wider than any rate (hundred-millionths) or any number of installments.
UNBOUNDED = 2**62


class Reason(IntEnum):
    """How far a mandate came with a listing: each step is tried only after all before it.

    `SERVED` is the end of the way; everything before it is why no money was placed. Stored batches
    speak in these numbers: criteria come below `MATCHED`, and no number is given twice.
    """

    NOTHING_OPEN = 0
    OWN_LISTING = 1
    UNTESTED = 2  # the lender has not passed the test that its rule pack asks for
    LEGAL_LIMIT = 3  # the lender has placed what its rule pack allows
    GRADE = 10
    RATE = 11
    TERM = 12
    PURPOSE = 13
    REGION = 14
    METHOD = 15
    SCORE = 16
    SECURITY = 17
    BORROWER = 18
    MATCHED = 64  # the criteria are met; never the last word on a pair
    CAP = 65  # the lender already holds as much of this listing as the mandate allows
    LIMIT = 66  # the mandate has reached what it may place in one of the listing's groups
    TOTAL = 67  # the mandate has placed all that it may
    CASH = 68  # what is free, less what is to be kept, is less than the smallest order
    OTHER_MANDATE = 69  # another mandate of the same lender went first
    MANUAL = 70  # what is left of the listing is kept for orders by hand
    SHORT = 71  # the listing would not have reached its minimum, so nobody's money was tied up
    QUEUE = 72  # others were before it and the listing was full
    SERVED = 73


# Each list of words, the column of the listings that it is about, and the reason it gives.
WORDS = {
    "grades": ("grade", Reason.GRADE),
    "purposes": ("purpose", Reason.PURPOSE),
    "regions": ("region", Reason.REGION),
    "methods": ("method", Reason.METHOD),
    "securities": ("security", Reason.SECURITY),
    "borrowers": ("kind", Reason.BORROWER),
}


# What of `Criteria` each reason is about, in the order in which it is tried.
CRITERIA: dict[Reason, tuple[str, ...]] = {
    Reason.GRADE: ("grades",),
    Reason.RATE: ("rate_min", "rate_max"),
    Reason.TERM: ("installments_min", "installments_max"),
    Reason.PURPOSE: ("purposes",),
    Reason.REGION: ("regions",),
    Reason.METHOD: ("methods",),
    Reason.SCORE: ("score_min", "score_max"),
    Reason.SECURITY: ("securities",),
    Reason.BORROWER: ("borrowers",),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What may be bought; whatever is empty or none does not restrict."""

    grades: tuple[str, ...] = ()
    rate_min: Rate | None = None
    rate_max: Rate | None = None
    installments_min: int | None = None
    installments_max: int | None = None
    purposes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    score_min: int | None = None
    score_max: int | None = None
    securities: tuple[str, ...] = ()
    borrowers: tuple[str, ...] = ()
    barred: int | None = None  # the `Reason` for which its lender may buy nothing at all

    @property
    def count(self) -> int:
        """Count what restricts: a range with one end or two is one criterion."""
        stored = self.to_json()
        return sum(any(name in stored for name in names) for names in CRITERIA.values())

    def to_json(self) -> dict[str, Any]:
        """Return the stored form: only what restricts, lists sorted, rates as `Rate.e8`."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: _plain(value) for name, value in values if value not in ((), None)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        return cls(**{name: _read(name, value) for name, value in stored.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, Rate):
        return value.e8
    return sorted(set(value)) if isinstance(value, tuple) else value


def _read(name: str, value: Any) -> Any:
    if name.startswith("rate_"):
        return Rate.from_e8(value)
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """The distinct criteria of many mandates, as columns: P rows.

    `words` says per list for each row and each word of the vocabulary whether it is allowed:
    shape P x number of words.
    """

    criteria: tuple[Criteria, ...]
    rate_min: Ints
    rate_max: Ints
    installments_min: Ints
    installments_max: Ints
    score_min: Ints
    score_max: Ints
    barred: Ints
    words: dict[str, Bools]

    @classmethod
    def of(cls, criteria: Sequence[Criteria], words: Vocabulary) -> Self:
        """Lay criteria out as columns over the words that the open listings use."""
        return cls(
            criteria=tuple(criteria),
            rate_min=ints(_e8(each.rate_min, default=0) for each in criteria),
            rate_max=ints(_e8(each.rate_max, default=UNBOUNDED) for each in criteria),
            installments_min=ints(each.installments_min or 0 for each in criteria),
            installments_max=ints(each.installments_max or UNBOUNDED for each in criteria),
            score_min=ints(each.score_min or 0 for each in criteria),
            score_max=ints(each.score_max or UNBOUNDED for each in criteria),
            barred=ints(each.barred or 0 for each in criteria),
            words={
                name: _allowed([getattr(each, name) for each in criteria], getattr(words, name))
                for name in WORDS
            },
        )


def _e8(rate: Rate | None, *, default: int) -> int:
    return default if rate is None else rate.e8


def _allowed(wishes: Sequence[tuple[str, ...]], words: Sequence[str]) -> Bools:
    table = [[not wish or word in wish for word in words] for wish in wishes]
    return np.array(table, dtype=np.bool_).reshape(len(wishes), len(words))


def first_failures(profiles: Profiles, listings: Listings) -> Codes:
    """Say for every profile and listing which criterion fails first: shape P x L of `Reason`.

    Where all are met it says `Reason.MATCHED`.
    """
    passed = {
        reason: profiles.words[name][:, getattr(listings, column)]
        for name, (column, reason) in WORDS.items()
    }
    passed[Reason.RATE] = _within(profiles.rate_min, listings.rate, profiles.rate_max)
    passed[Reason.TERM] = _within(
        profiles.installments_min, listings.installments, profiles.installments_max
    )
    passed[Reason.SCORE] = _within(profiles.score_min, listings.score, profiles.score_max)
    table = np.full((len(profiles.criteria), len(listings.keys)), Reason.MATCHED, dtype=np.int8)
    # From the last criterion to the first, so that the first to fail has the last word.
    for reason in sorted(passed, reverse=True):
        table[~passed[reason]] = reason
    barred = np.flatnonzero(profiles.barred)
    table[barred] = profiles.barred[barred, None]
    return table


def _within(low: Ints, value: Ints, high: Ints) -> Bools:
    inside: Bools = (low[:, None] <= value[None, :]) & (value[None, :] <= high[:, None])
    return inside
