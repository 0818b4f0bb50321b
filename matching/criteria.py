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

    `SERVED` is the end of the way; everything before it is why no money was placed.
    """

    NOTHING_OPEN = 0
    OWN_LISTING = 1
    GRADE = 2
    RATE = 3
    TERM = 4
    PURPOSE = 5
    REGION = 6
    MATCHED = 7  # the criteria are met; never the last word on a pair
    CAP = 8  # the lender already holds as much of this listing as the mandate allows
    TOTAL = 9  # the mandate has placed all that it may
    CASH = 10  # what is free, less what is to be kept, is less than the smallest order
    OTHER_MANDATE = 11  # another mandate of the same lender went first
    QUEUE = 12  # others were before it and the listing was full
    SERVED = 13


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

    `grades`, `purposes` and `regions` say for each row and each word of the vocabulary whether it
    is allowed: shape P x number of words.
    """

    criteria: tuple[Criteria, ...]
    rate_min: Ints
    rate_max: Ints
    installments_min: Ints
    installments_max: Ints
    grades: Bools
    purposes: Bools
    regions: Bools

    @classmethod
    def of(cls, criteria: Sequence[Criteria], words: Vocabulary) -> Self:
        """Lay criteria out as columns over the words that the open listings use."""
        return cls(
            criteria=tuple(criteria),
            rate_min=ints(_e8(each.rate_min, default=0) for each in criteria),
            rate_max=ints(_e8(each.rate_max, default=UNBOUNDED) for each in criteria),
            installments_min=ints(each.installments_min or 0 for each in criteria),
            installments_max=ints(each.installments_max or UNBOUNDED for each in criteria),
            grades=_allowed([each.grades for each in criteria], words.grades),
            purposes=_allowed([each.purposes for each in criteria], words.purposes),
            regions=_allowed([each.regions for each in criteria], words.regions),
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
    rate, term = listings.rate[None, :], listings.installments[None, :]
    passed = {
        Reason.GRADE: profiles.grades[:, listings.grade],
        Reason.RATE: (profiles.rate_min[:, None] <= rate) & (rate <= profiles.rate_max[:, None]),
        Reason.TERM: (profiles.installments_min[:, None] <= term)
        & (term <= profiles.installments_max[:, None]),
        Reason.PURPOSE: profiles.purposes[:, listings.purpose],
        Reason.REGION: profiles.regions[:, listings.region],
    }
    table = np.full((len(profiles.criteria), len(listings.keys)), Reason.MATCHED, dtype=np.int8)
    # From the last criterion to the first, so that the first to fail has the last word.
    for reason in sorted(passed, reverse=True):
        table[~passed[reason]] = reason
    return table
