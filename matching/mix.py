"""Targets and caps: the share of its account that a mandate may put into a class of loans. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

Shares = Mapping[str, Mapping[str, int]]

KINDS = ("grade", "purpose", "region")
EVERY = "*"  # stands for every word that is not named
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the account in ten-thousandths, by kind (`grade`, …) and word.

    A cap is the most in a class. Targets say what a kind is to consist of: a class is bought up
    to its target, and one that has none is not bought.
    """

    caps: Shares = field(default_factory=dict)
    targets: Shares = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Say whether anything is limited."""
        return any(self.caps.values()) or any(self.targets.values())

    @property
    def fault(self) -> str:
        """What does not hold together, or nothing."""
        for shares in (self.caps, self.targets):
            if not set(shares) <= set(KINDS):
                return "a share is of no known kind"
            if any(
                not 0 <= share <= WHOLE for words in shares.values() for share in words.values()
            ):
                return "a share is not between 0 and 100 %"
        if any(sum(words.values()) > WHOLE for words in self.targets.values()):
            return "the targets of a kind are more than 100 % together"
        return ""

    def share(self, kind: str, word: str) -> int | None:
        """Return the most of the account in a class, or none for no limit."""
        caps, targets = self.caps.get(kind, {}), self.targets.get(kind, {})
        limits = [caps.get(word, caps.get(EVERY))]
        if targets:
            limits.append(targets.get(word, 0))
        return min((each for each in limits if each is not None), default=None)

    def to_json(self) -> dict[str, Any]:
        """Return the stored form: only what limits."""
        named = {"caps": self.caps, "targets": self.targets}
        return {
            name: {kind: dict(words) for kind, words in shares.items() if words}
            for name, shares in named.items()
            if any(shares.values())
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored form back."""
        return cls(**stored)
