"""Rows by how their loans stand: counted in the database, late ones looked at one by one."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from operator import add
from typing import Any, Generic, TypeVar

from reporting.delinquency import bucket, buckets, days_past_due
from servicing import LoanStatus

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Late(Generic[Key]):
    """One row of an active loan that may be late: its group, its loan's state, its figures."""

    group: Key
    state: dict[str, Any]
    figures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group(Generic[Key]):
    """Rows of one group whose loans have one status, added up."""

    group: Key
    status: str
    figures: tuple[int, ...]


def by_standing(
    groups: Iterable[Group[Key]], late: Iterable[Late[Key]], *, on: date
) -> dict[tuple[Key, str], tuple[int, ...]]:
    """Return the figures by group and standing.

    Active loans are counted as current, and those that are late are moved to their bucket.

    Args:
        groups: figures by group and status, as the database added them up.
        late: every row of an active loan that may be late.
        on: the day from which lateness is seen.
    """
    current = bucket(0)
    found: dict[tuple[Key, str], tuple[int, ...]] = {}
    for row in groups:
        name = current if row.status == LoanStatus.ACTIVE else row.status
        _add(found, (row.group, name), row.figures)
    for line in late:
        name = bucket(days_past_due(line.state, on=on))
        _add(found, (line.group, current), tuple(-figure for figure in line.figures))
        _add(found, (line.group, name), line.figures)
    order = [*(each.name for each in buckets()), LoanStatus.SETTLED, LoanStatus.CHARGED_OFF]
    there = (key for key, figures in found.items() if any(figures))
    return {key: found[key] for key in sorted(there, key=lambda key: order.index(key[1]))}


def _add(
    found: dict[tuple[Key, str], tuple[int, ...]], key: tuple[Key, str], figures: tuple[int, ...]
) -> None:
    before = found.get(key, (0,) * len(figures))
    found[key] = tuple(map(add, before, figures))
