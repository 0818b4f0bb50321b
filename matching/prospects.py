"""What a mix of loans may bring and lose in a year: an estimate by grade from a cited table. Pure.

It is cautious: of a loan that is charged off it counts the whole principal as lost, less what is
recovered, spread over the term.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from kernel import Rate

POLICIES = Path(__file__).parent / "policies"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Loan:
    """What an estimate needs of one listing."""

    amount: int
    rate: Rate
    grade: str
    installments: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """Yearly shares of what is lent, before fees and taxes: interest, loss, and what is left."""

    interest: Rate
    loss: Rate

    @property
    def left(self) -> Rate:
        """Interest less loss."""
        return Rate(self.interest.value - self.loss.value)


@cache
def losses() -> Mapping[str, Any]:
    """Return the table: its source, what is recovered, and by grade what is charged off."""
    stored: dict[str, Any] = tomllib.loads((POLICIES / "losses.toml").read_text(encoding="utf-8"))
    return stored


@cache
def presets() -> Mapping[str, Mapping[str, Any]]:
    """Return where a new standing order may start from, by name."""
    stored = tomllib.loads((POLICIES / "presets.toml").read_text(encoding="utf-8"))
    return dict(stored)


def estimate(loans: Iterable[Loan]) -> Estimate | None:
    """Return the estimate of a mix, each loan by its amount; none without loans of known grades."""
    table = losses()
    lost = 1 - Decimal(table["recovered"]) / 100
    known = [loan for loan in loans if loan.grade in table["charged_off"]]
    total = sum(loan.amount for loan in known)
    if not total:
        return None
    interest = sum((loan.amount * loan.rate.value for loan in known), Decimal(0)) / total
    years = [
        loan.amount * Decimal(table["charged_off"][loan.grade]) * MONTHS / (100 * loan.installments)
        for loan in known
    ]
    return Estimate(interest=_rate(interest), loss=_rate(lost * sum(years, Decimal(0)) / total))


def _rate(value: Decimal) -> Rate:
    return Rate(value.quantize(Decimal("0.0001")))
