"""Holding the book against the outside, purely: lines in, flows out, each cleared or not.

A flow is everything that belongs together: a deposit, a payout, a return, a payment of the
provider to our bank. At each place, the provider's balance and the bank's account, what the book
says of a flow and what the outside says of it must be the same. Amounts are signed as the outside
sees them: above zero it holds more for us.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

# How far apart the days of two lines may lie that only their amounts bring together.
NEAR = timedelta(days=7)


class Place(StrEnum):
    """Where money rests outside: the kinds of account that the book has for it."""

    STRIPE = "STRIPE"
    BANK = "BANK"


class Side(StrEnum):
    """Who says a line."""

    BOOK = "book"
    PROVIDER = "provider"
    BANK = "bank"


class Verdict(StrEnum):
    """What became of a flow at a place."""

    CLEARED = "cleared"
    EXPLAINED = "explained"
    BREAK = "break"


class Key(NamedTuple):
    """One flow at one place in one currency."""

    flow: str
    place: Place
    currency: str


@dataclass(frozen=True, slots=True)
class Line:
    """One amount that the book, the provider or the bank tells of.

    `flow` is empty where nothing says what the line belongs to.
    """

    side: Side
    id: str
    flow: str
    place: Place
    amount: int
    currency: str
    on: date
    what: str

    @property
    def key(self) -> Key:
        """Where the line counts."""
        return Key(self.flow, self.place, self.currency)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a flow may differ: a part that stands (owed, accepted), or one that passes by a day.

    What passes explains a difference of exactly its amount, and none where the flow is even.
    """

    reason: str
    amount: int
    until: date | None = None
    passes: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the lines of a flow came to at a place.

    `unexplained` is zero but in a break; `reasons` are the explanations that hold.
    """

    key: Key
    book: int
    outside: int
    verdict: Verdict
    unexplained: int
    reasons: tuple[Explanation, ...]
    lines: tuple[Line, ...]

    @property
    def difference(self) -> int:
        """What the outside says more than the book."""
        return self.outside - self.book


def reconcile(
    lines: Iterable[Line], explanations: Mapping[Key, Iterable[Explanation]], *, on: date
) -> list[Outcome]:
    """Sort lines into flows, and say of each whether it clears.

    Args:
        lines: all that the book and the outside say.
        explanations: why flows may differ.
        on: the day by which explanations that pass must hold.
    """
    flows: dict[Key, list[Line]] = defaultdict(list)
    for line in paired(list(lines)):
        flows[line.key].append(line)
    return [
        _outcome(key, found, tuple(explanations.get(key, ())), on)
        for key, found in sorted(flows.items())
    ]


def paired(lines: list[Line]) -> list[Line]:
    """Give every line a flow: its own, the only one that its amount and day fit, or a new one."""
    waiting = _without_counterpart(lines)
    fits: dict[int, list[str]] = {
        number: _fitting(line, waiting) for number, line in enumerate(lines) if not line.flow
    }
    wanted: dict[tuple[Place, str], int] = defaultdict(int)
    for number, flows in fits.items():
        for flow in flows:
            wanted[lines[number].place, flow] += 1
    return [
        line if line.flow else _joined(line, fits[number], wanted)
        for number, line in enumerate(lines)
    ]


def _joined(line: Line, flows: list[str], wanted: Mapping[tuple[Place, str], int]) -> Line:
    """Join a line to the one flow that fits it and nothing else; else let it stand alone."""
    only = flows[0] if len(flows) == 1 else ""
    if only and wanted[line.place, only] == 1:
        return replace(line, flow=only)
    return replace(line, flow=f"{line.side}:{line.id}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An amount that a flow still lacks from the outside at a place."""

    flow: str
    on: date


def _without_counterpart(lines: list[Line]) -> dict[tuple[Place, str, int], list[_Wanted]]:
    """Return what flows lack: a counterpart of the book, or the bank's word of a settlement."""
    told = {line.key for line in lines if line.side is not Side.BOOK and line.flow}
    sums: dict[Key, int] = defaultdict(int)
    days: dict[Key, date] = {}
    for line in lines:
        if line.side is Side.BOOK:
            wanted = line.key
        elif line.side is Side.PROVIDER and line.flow.startswith("settle:"):
            wanted = Key(line.flow, Place.BANK, line.currency)
        else:
            continue
        if wanted not in told:
            sums[wanted] += line.amount if line.side is Side.BOOK else -line.amount
            days[wanted] = max(line.on, days.get(wanted, line.on))
    found: dict[tuple[Place, str, int], list[_Wanted]] = defaultdict(list)
    for key, amount in sums.items():
        if amount:
            found[key.place, key.currency, amount].append(_Wanted(key.flow, days[key]))
    return found


def _fitting(line: Line, waiting: Mapping[tuple[Place, str, int], list[_Wanted]]) -> list[str]:
    same = waiting.get((line.place, line.currency, line.amount), [])
    return [wanted.flow for wanted in same if abs(wanted.on - line.on) <= NEAR]


def _outcome(key: Key, lines: list[Line], known: tuple[Explanation, ...], on: date) -> Outcome:
    book = sum(line.amount for line in lines if line.side is Side.BOOK)
    outside = sum(line.amount for line in lines if line.side is not Side.BOOK)
    standing = tuple(each for each in known if not each.passes and each.amount)
    rest = outside - book - sum(each.amount for each in standing)
    passing = next((each for each in known if each.passes and _holds(each, rest, on)), None)
    reasons = standing if passing is None or not rest else (*standing, passing)
    if rest and passing is None:
        verdict = Verdict.BREAK
    elif reasons:
        verdict, rest = Verdict.EXPLAINED, 0
    else:
        verdict = Verdict.CLEARED
    return Outcome(key, book, outside, verdict, rest, reasons, tuple(lines))


def _holds(each: Explanation, rest: int, on: date) -> bool:
    return each.amount == rest and (each.until is None or on <= each.until)
