"""The five categories of a loan (五级分类), by its days late and by judgement, and provisions.

Days alone never make a loan better than a judgement does, nor a judgement better than its days: the
worse of the two counts.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel import Invalid, Money, Rate, Rounding
from servicing.delinquency import Bands

POLICIES = Path(__file__).parent / "policies"


class UnknownPreset(Invalid):
    """There is no preset {name}; there are {names}."""


@dataclass(frozen=True, slots=True)
class Categories:
    """One preset: which days make which category, and what is provided for it."""

    bands: Bands
    provisions: Mapping[str, Rate]

    def of(self, days: int, *, judged: str | None = None) -> str:
        """Return the category of a loan that is so many days late and was judged."""
        by_days = self.bands.of(days)
        return by_days if judged is None else self.bands.worse(by_days, judged)

    def provision(self, outstanding: Money, category: str) -> Money:
        """Return what is provided for what is outstanding in a category."""
        return self.provisions[category].of(outstanding, rounding=Rounding.HALF_UP)


def categories(name: str | None = None, *, provisions: str | None = None) -> Categories:
    """Return a preset of the policy file; by default the one it names as chosen.

    Raises:
        UnknownPreset: the file has none of that name.
    """
    shares = _table("provisions", provisions)
    return Categories(
        bands=Bands.read(_table("categories", name)),
        provisions={category: Rate.percent(share) for category, share in shares.items()},
    )


def standing_bands(name: str | None = None) -> Bands:
    """Return the words by which people are told how late a loan is.

    Raises:
        UnknownPreset: the file has none of that name.
    """
    return Bands.read(_table("standing", name))


def migration(before: Mapping[Any, str], after: Mapping[Any, str]) -> dict[tuple[str, str], int]:
    """Count the loans that went from one category to another; those in one list only are left."""
    moves: dict[tuple[str, str], int] = {}
    for loan in before.keys() & after.keys():
        move = before[loan], after[loan]
        moves[move] = moves.get(move, 0) + 1
    return moves


def _table(kind: str, name: str | None) -> dict[str, Any]:
    policy = tomllib.loads((POLICIES / "categories.toml").read_text(encoding="utf-8"))
    tables: dict[str, dict[str, Any]] = policy[kind]
    name = name or str(policy["chosen"][kind])
    if name not in tables:
        raise UnknownPreset(name=name, names=", ".join(tables))
    return tables[name]
