"""How late a loan is, by a named convention: which day counts first, what grace, what pauses.

A pause includes both its days: on its first and on its last the count stands still. Only days on
which the installment was already due can be paused; a pause that began before takes nothing off the
days before. While a pause lasts the band stays what it was when it began.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from kernel import Invalid


class UnusableBands(Invalid):
    """Bands begin on day zero and rise; these are {bands}."""


class UnusablePause(Invalid):
    """A pause ends on the day it begins, or later; {start} to {end} does not."""


@dataclass(frozen=True, slots=True)
class Convention:
    """How days are counted.

    Attributes:
        due_day: what the due day itself counts: 0, or 1 where both ends are counted.
        grace: days that do not count as delinquent.
    """

    due_day: int = 0
    grace: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which the count stands still, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a pause that ends before it begins."""
        if self.end < self.start:
            raise UnusablePause(start=self.start, end=self.end)

    def resumed(self, on: date) -> Self:
        """Return the pause as it is ended on a day; one that has not begun takes no day."""
        return type(self)(self.start, max(self.start, min(self.end, on)))

    def covers(self, day: date) -> bool:
        """Say whether the count stands still on a day."""
        return self.start <= day <= self.end

    def taken(self, since: date, until: date) -> int:
        """Return how many days it takes off the days from one day to another."""
        return max(0, (min(self.end, until) - max(self.start, since)).days)


@dataclass(frozen=True, slots=True)
class Bands:
    """Names for numbers of days, each from where it begins to where the next does."""

    starts: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        """Refuse bands that leave days out or overlap."""
        days = [day for _, day in self.starts]
        if not days or days[0] != 0 or days != sorted(set(days)):
            raise UnusableBands(bands=self.starts)

    @classmethod
    def read(cls, table: Mapping[str, int]) -> Self:
        """Read bands as they stand in a policy file."""
        return cls(tuple(table.items()))

    @property
    def names(self) -> tuple[str, ...]:
        """The names, from the first day on."""
        return tuple(name for name, _ in self.starts)

    def of(self, days: int) -> str:
        """Return the band of a number of days."""
        return next(name for name, start in reversed(self.starts) if start <= days)

    def worse(self, one: str, other: str) -> str:
        """Return the later of two bands."""
        return max(one, other, key=self.names.index)


def days_past_due(
    due_on: date, on: date, *, convention: Convention, pauses: Iterable[Pause] = ()
) -> int:
    """Return how many days an installment that is unpaid has been due, without paused ones."""
    if on < due_on:
        return 0
    paused = sum(pause.taken(due_on, on) for pause in pauses)
    return (on - due_on).days - paused + convention.due_day


def days_delinquent(
    due_on: date, on: date, *, convention: Convention, pauses: Iterable[Pause] = ()
) -> int:
    """Return the days past due beyond the days of grace."""
    past = days_past_due(due_on, on, convention=convention, pauses=pauses)
    return max(0, past - convention.grace)


def delinquent_since(due_on: date, *, convention: Convention) -> date:
    """Return the day from which an unpaid installment counts as delinquent."""
    return due_on + timedelta(days=convention.grace)


def band_on(
    due_on: date,
    on: date,
    *,
    bands: Bands,
    convention: Convention,
    pauses: Iterable[Pause] = (),
) -> str:
    """Return the band of an unpaid installment; in a pause the one of the day before it began."""
    pauses = tuple(pauses)
    lasting = [pause.start for pause in pauses if pause.covers(on)]
    day = min(lasting) - timedelta(days=1) if lasting else on
    return bands.of(days_delinquent(due_on, day, convention=convention, pauses=pauses))
