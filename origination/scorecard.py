"""The scorecard: points for facts, a score, a grade, and where the points were lost. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Self

from kernel import Money
from origination.facts import VOCABULARY, Facts, Kind, judged
from origination.limits import fact_name, threshold
from origination.policy import Table
from origination.reasons import MESSAGES, reason_code


@dataclass(frozen=True, slots=True)
class Band:
    """Points for values below a bound; the last band has none."""

    below: int | None
    points: int


@dataclass(frozen=True, slots=True)
class Characteristic:
    """How one fact becomes points.

    Attributes:
        fact: what is judged.
        instead: what is judged when that is not known, by the same bands.
        reason: the code for points lost here.
        missing: points when neither is known.
        bands: for numbers, by rising bound.
        values: for words.
    """

    fact: str
    instead: str | None
    reason: str
    missing: int
    bands: tuple[Band, ...]
    values: Mapping[str, int]

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read a characteristic from a policy file."""
        fact = fact_name(table)
        if f"unknown_{fact}" not in MESSAGES:
            mend = f"Add unknown_{fact} to origination/reasons.py"
            raise table.refuse("fact", "nothing says that it is not known", mend)
        wordy = VOCABULARY[fact] is Kind.WORD
        found = cls(
            fact=fact,
            instead=fact_name(table, "instead") if table.has("instead") else None,
            reason=reason_code(table),
            missing=table.whole("missing"),
            bands=() if wordy else _bands(table, fact),
            values=_values(table.table("values")) if wordy else MappingProxyType({}),
        )
        table.finish()
        return found

    @property
    def most(self) -> int:
        """The points of the best value."""
        return max((*(band.points for band in self.bands), *self.values.values()))

    def score(self, facts: Facts, *, amount: Money) -> "Points":
        """Return the points of one applicant."""
        value = judged(facts, self.fact, amount=amount)
        if value is None and self.instead is not None:
            value = judged(facts, self.instead, amount=amount)
        known = value is not None
        reason = self.reason if known else f"unknown_{self.fact}"
        return Points(self.fact, self._points(value), self.most, reason, known=known)

    def _points(self, value: int | str | None) -> int:
        if value is None:
            return self.missing
        if isinstance(value, str):
            return self.values.get(value, self.missing)
        return next(b.points for b in self.bands if b.below is None or value < b.below)


@dataclass(frozen=True, slots=True)
class Points:
    """What one characteristic gave, of what it could give."""

    fact: str
    points: int
    most: int
    reason: str
    known: bool

    @property
    def lost(self) -> int:
        """What the best value would have given more."""
        return self.most - self.points


@dataclass(frozen=True, slots=True)
class Score:
    """A score with all that it rests on."""

    scorecard: str
    total: int
    grade: str | None  # None is below the last grade
    points: tuple[Points, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """The codes of all points lost, the greatest loss first.

        Points lost against the best value of each characteristic are one of the methods that the
        official comment 9(b)(2)-5 to 12 CFR 1002.9 names.
        """
        losses = sorted((p for p in self.points if p.lost), key=lambda p: (-p.lost, p.fact))
        return tuple(loss.reason for loss in losses)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A versioned table of points."""

    version: str
    base: int
    grades: tuple[tuple[str, int], ...]  # grade and its least score, best first
    characteristics: tuple[Characteristic, ...]

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read a scorecard from a policy file."""
        card = cls(
            version=table.text("version"),
            base=table.whole("base"),
            grades=_grades(table.table("grades")),
            characteristics=tuple(map(Characteristic.read, table.tables("characteristic"))),
        )
        table.finish()
        return card

    def score(self, facts: Facts, *, amount: Money) -> Score:
        """Return the score of an applicant who asks for `amount`."""
        points = tuple(each.score(facts, amount=amount) for each in self.characteristics)
        total = self.base + sum(each.points for each in points)
        return Score(self.version, total, self.grade(total), points)

    def grade(self, total: int) -> str | None:
        """Return the best grade that a score reaches, or None."""
        return next((grade for grade, least in self.grades if total >= least), None)


def _grades(table: Table) -> tuple[tuple[str, int], ...]:
    """Return the grades, best first; their order in the file does not matter."""
    grades = [(name, table.whole(name)) for name in table.values]
    grades.sort(key=lambda pair: -pair[1])
    if not grades or not _falls(least for _, least in grades):
        raise table.refuse("grades", "there is none, or two are alike", "Give each its least score")
    return tuple(grades)


def _values(table: Table) -> Mapping[str, int]:
    return MappingProxyType({name: table.whole(name) for name in table.values})


def _bands(table: Table, fact: str) -> tuple[Band, ...]:
    bands = tuple(_band(band, fact) for band in table.tables("bands"))
    bounds = [band.below for band in bands]
    inner = [bound for bound in bounds if bound is not None]
    if bounds[-1:] != [None] or len(inner) != len(bounds) - 1 or not _falls(reversed(inner)):
        raise table.refuse(
            "bands",
            "bounds do not rise to an open end",
            "Order them by `below`; leave `below` out of the last",
        )
    return bands


def _band(table: Table, fact: str) -> Band:
    below = threshold(table, "below", fact) if table.has("below") else None
    band = Band(below, table.whole("points"))
    table.finish()
    return band


def _falls(numbers: Iterable[int]) -> bool:
    listed = list(numbers)
    return all(left > right for left, right in pairwise(listed))
