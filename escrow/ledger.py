"""What an entry is made of, before the database knows of it: postings, alone or in bulk.

A posting takes a positive amount from a source to a target, so that an imbalance cannot be
written. The bulk forms hold their accounts and amounts as int64 columns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from escrow.chart import AccountKind, Movement
from escrow.errors import NothingToPost
from kernel import Currency, Money

Column: TypeAlias = NDArray[np.int64]

PLATFORM = UUID(int=0)


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account named by what it is; without an owner it is the platform's."""

    kind: AccountKind
    owner_id: UUID | None
    currency: Currency

    @property
    def owner(self) -> UUID:
        """The owner's id; the platform has the nil one."""
        return self.owner_id or PLATFORM


End: TypeAlias = AccountRef | int


@dataclass(frozen=True, slots=True)
class Posting:
    """One amount from one account to another."""

    movement: Movement
    source: End
    target: End
    amount: Money

    @property
    def currency(self) -> Currency:
        """The currency of the amount."""
        return self.amount.currency

    @property
    def ends(self) -> tuple[End, End]:
        """Where the amount comes from and where it goes."""
        return self.source, self.target

    @property
    def amounts(self) -> Column:
        """The one amount, as a column."""
        return np.array([self.amount.minor], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Spread:
    """Amounts from one account to many, by account id; zeros are skipped."""

    movement: Movement
    source: End
    targets: Column
    amounts: Column
    currency: Currency

    @property
    def ends(self) -> tuple[End, Column]:
        """Where the amounts come from and where they go."""
        return self.source, self.targets


@dataclass(frozen=True, slots=True)
class Gather:
    """Amounts from many accounts, by account id, to one; zeros are skipped."""

    movement: Movement
    sources: Column
    target: End
    amounts: Column
    currency: Currency

    @property
    def ends(self) -> tuple[Column, End]:
        """Where the amounts come from and where they go."""
        return self.sources, self.target


@dataclass(frozen=True, slots=True)
class Pairs:
    """Amounts from many accounts to as many others, row by row; zeros are skipped."""

    movement: Movement
    sources: Column
    targets: Column
    amounts: Column
    currency: Currency

    @property
    def ends(self) -> tuple[Column, Column]:
        """Where the amounts come from and where they go."""
        return self.sources, self.targets


Part: TypeAlias = Posting | Spread | Gather | Pairs


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows of an entry as columns, in the order in which the money flows."""

    movements: list[str]
    sources: Column
    targets: Column
    amounts: Column
    currencies: list[str]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.amounts)


def lines(parts: Sequence[Part], number: Callable[[AccountRef], int]) -> Lines:
    """Lay the parts out as rows.

    Args:
        parts: what the entry is made of.
        number: gives the account id of an account named by what it is.

    Raises:
        NothingToPost: no amount is above zero.
    """
    rows = [_rows(part, number) for part in parts]
    counts = [len(amounts) for _, _, amounts in rows]
    if sum(counts) == 0:
        raise NothingToPost(field="postings", why="all amounts are zero")
    movements: list[str] = []
    currencies: list[str] = []
    for part, count in zip(parts, counts, strict=True):
        movements += [part.movement.value] * count
        currencies += [part.currency.value] * count
    sources, targets, amounts = (np.concatenate(columns) for columns in zip(*rows, strict=True))
    return Lines(movements, sources, targets, amounts, currencies)


def _rows(part: Part, number: Callable[[AccountRef], int]) -> tuple[Column, Column, Column]:
    amounts = np.asarray(part.amounts, dtype=np.int64)
    if amounts.size and amounts.min() < 0:
        raise ValueError("amounts are not negative; money flows from source to target")
    sources, targets = (_end(end, len(amounts), number) for end in part.ends)
    kept = amounts > 0
    if kept.all():
        return sources, targets, amounts
    return sources[kept], targets[kept], amounts[kept]


def _end(end: End | Column, count: int, number: Callable[[AccountRef], int]) -> Column:
    if isinstance(end, AccountRef):
        end = number(end)
    if isinstance(end, int):
        return np.full(count, end, dtype=np.int64)
    column = np.asarray(end, dtype=np.int64)
    if len(column) != count:
        raise ValueError(f"{len(column)} accounts for {count} amounts")
    return column


def fingerprint(rows: Lines, memo: str, effective_on: date | None = None) -> str:
    """Return a hash of what is asked for, by which a repeated request is known from another.

    It is taken of the rows as they are stored, so that it can be taken again from the book. A day
    is part of it where it was asked for, not where it followed from the moment.
    """
    digest = sha256(memo.encode())
    if effective_on is not None:
        digest.update(f"\0{effective_on}\0".encode())
    for texts in (rows.movements, rows.currencies):
        digest.update("\0".join(texts).encode())
    for column in (rows.sources, rows.targets, rows.amounts):
        digest.update(column.astype("<i8").tobytes())
    return digest.hexdigest()
