"""Pausing: days on which the count of days late stands still, as a change of a loan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self, TypeVar

from servicing.delinquency import Pause

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class CountPause:
    """The count of days late stands still, both days included; what is owed does not change.

    Attributes:
        on: its first day.
        until: its last day.
    """

    on: date
    until: date
    contract: ClassVar[None] = None
    terms: ClassVar[None] = None
    kind: ClassVar[str] = "count_pause"

    @property
    def pause(self) -> Pause:
        """The days that do not count."""
        return Pause(self.on, self.until)

    def apply(self, state: S, *, plan: object) -> S:  # noqa: ARG002 - every change is asked alike
        """Leave the loan as it is."""
        return state

    def resumed(self, on: date) -> Self:
        """Return the pause as it is ended on a day."""
        ended = self.pause.resumed(on)
        return type(self)(ended.start, ended.end)

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {"kind": self.kind, "on": self.on.isoformat(), "until": self.until.isoformat()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        return cls(date.fromisoformat(stored["on"]), date.fromisoformat(stored["until"]))
