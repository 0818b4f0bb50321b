"""A basket of orders in one instruction: merged, rounded, and told line by line what became of it.

The words are those of LendingClub's order interface, which lenders' programs know; the two that it
lacks are Prosper's. Pure.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self
from uuid import UUID

from kernel import Currency, Money


class LineStatus(StrEnum):
    """What became of a line; a line may have several."""

    ORDER_FULFILLED = "ORDER_FULFILLED"  # all that was asked for
    LOAN_AMNT_EXCEEDED = "LOAN_AMNT_EXCEEDED"  # more was asked for than was left
    NOT_AN_INFUNDING_LOAN = "NOT_AN_INFUNDING_LOAN"  # the listing takes no orders
    REQUESTED_AMNT_LOW = "REQUESTED_AMNT_LOW"  # below the smallest order
    REQUESTED_AMNT_ROUNDED = "REQUESTED_AMNT_ROUNDED"  # down to the step
    AUGMENTED_BY_MERGE = "AUGMENTED_BY_MERGE"  # a later line of the same listing was added
    ELIM_BY_MERGE = "ELIM_BY_MERGE"  # this line was added to an earlier one
    INSUFFICIENT_CASH = "INSUFFICIENT_CASH"
    NOT_A_VALID_INVESTMENT = "NOT_A_VALID_INVESTMENT"  # no such listing, one's own, other currency
    MAX_PERCENT_PER_LOAN_EXCEEDED = "MAX_PERCENT_PER_LOAN_EXCEEDED"  # more needs consent
    LENDER_NOT_ELIGIBLE_TO_BID = "LENDER_NOT_ELIGIBLE_TO_BID"  # has placed what the law allows
    SUITABILITY_REQUIREMENTS_NOT_MET = "SUITABILITY_REQUIREMENTS_NOT_MET"  # no knowledge test


@dataclass(frozen=True, slots=True)
class BasketLine:
    """An amount for a listing."""

    listing_id: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What became of one line; `order_id` is none where nothing was placed."""

    listing_id: UUID
    requested: Money
    placed: Money
    statuses: tuple[LineStatus, ...]
    order_id: UUID | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "listing_id": str(self.listing_id),
            "requested": self.requested.minor,
            "placed": self.placed.minor,
            "currency": self.requested.currency.value,
            "statuses": [status.value for status in self.statuses],
            "order_id": None if self.order_id is None else str(self.order_id),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        currency = Currency(stored["currency"])
        return cls(
            listing_id=UUID(stored["listing_id"]),
            requested=Money(stored["requested"], currency),
            placed=Money(stored["placed"], currency),
            statuses=tuple(map(LineStatus, stored["statuses"])),
            order_id=UUID(stored["order_id"]) if stored["order_id"] else None,
        )


@dataclass(frozen=True, slots=True)
class Merged:
    """A line after merging: what to try, none where an earlier line has taken it in."""

    line: BasketLine
    wanted: Money | None
    is_augmented: bool = False


def digest(lines: Sequence[BasketLine], *, take_less: bool, consents: bool) -> str:
    """Return a SHA-256 of what an instruction says, so that its key names one content only."""
    said = [[str(line.listing_id), line.amount.minor, line.amount.currency.value] for line in lines]
    return sha256(json.dumps([said, take_less, consents]).encode()).hexdigest()


def merge(lines: Sequence[BasketLine]) -> list[Merged]:
    """Add later lines of a listing to its first one; one in another currency stands alone."""
    sums: dict[tuple[UUID, Currency], Money] = {}
    counts: dict[tuple[UUID, Currency], int] = {}
    for line in lines:
        key = (line.listing_id, line.amount.currency)
        sums[key] = sums.get(key, Money.zero(line.amount.currency)) + line.amount
        counts[key] = counts.get(key, 0) + 1
    merged = []
    for line in lines:
        key = (line.listing_id, line.amount.currency)
        total = sums.pop(key, None)
        merged.append(Merged(line, total, is_augmented=total is not None and counts[key] > 1))
    return merged


def rounded(wanted: Money, *, minimum: Money, step: Money, room: Money) -> Money:
    """Return the amount that an order for `wanted` can have: down to the step, or all that is left.

    Zero where that is below the smallest order.
    """
    if wanted == room:
        return wanted
    down = Money(wanted.minor - wanted.minor % step.minor, wanted.currency)
    return down if down >= minimum else Money.zero(wanted.currency)
