"""Loans as they were listed, and lenders as one may imagine them."""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kernel import Rate
from matching import Criteria
from matching.columns import Vocabulary, ints
from matching.criteria import Profiles

Ints = NDArray[np.int64]
LOANS = Path(__file__).parents[3] / "shared" / "data" / "lendingclub_2018q1.csv.gz"
GRADES = tuple("ABCDEFG")
DAYS, OPEN_FOR = 60, 14
UNIT = 25_00
CAP_SHARE = 100  # a lender puts at most a hundredth of its account into one loan

# What lenders want, and how often. The narrow mix has more who want little than who want all.
FREE = {Criteria(): 1.0}
TASTES = {
    Criteria(): 0.6,
    Criteria(grades=("A", "B", "C")): 0.2,
    Criteria(grades=("C", "D", "E", "F", "G")): 0.1,
    Criteria(installments_max=36): 0.1,
}
NARROW = {
    Criteria(): 0.2,
    Criteria(grades=("A",)): 0.15,
    Criteria(grades=("B",)): 0.15,
    Criteria(grades=("D", "E", "F", "G")): 0.1,
    Criteria(grades=("C",), installments_max=36): 0.1,
    Criteria(installments_min=60): 0.1,
    Criteria(rate_max=Rate.percent("8")): 0.1,
    Criteria(purposes=("debt_consolidation",), regions=("CA", "NY", "TX")): 0.1,
}
BALANCES = ("pareto", "lognormal", "equal")
MIXES = {"free": FREE, "tastes": TASTES, "narrow": NARROW}


@dataclass(frozen=True, eq=False)
class Loans:
    """What is listed, in the order of the days."""

    words: Vocabulary
    amount: Ints
    grade: Ints
    purpose: Ints
    region: Ints
    rate: Ints
    installments: Ints
    day: Ints


@dataclass(frozen=True, eq=False)
class Crowd:
    """Who lends, with what and into what."""

    cash: Ints
    profile: Ints
    cap: Ints
    criteria: tuple[Criteria, ...]


def loans(count: int = 3_000) -> Loans:
    """Read the first loans of the file; so many are listed every day."""
    with gzip.open(LOANS, "rt") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(count), strict=False)]
    purposes = tuple(sorted({row["loan_purpose"] for row in rows}))
    regions = tuple(sorted({row["state"] for row in rows}))
    return Loans(
        words=Vocabulary(GRADES, purposes, regions, ("x",), ("x",), ("x",)),
        amount=ints(int(row["loan_amount"]) * 100 for row in rows),
        grade=ints(GRADES.index(row["grade"]) for row in rows),
        purpose=ints(purposes.index(row["loan_purpose"]) for row in rows),
        region=ints(regions.index(row["state"]) for row in rows),
        rate=ints(Rate.percent(row["interest_rate"]).e8 for row in rows),
        installments=ints(int(row["term"]) for row in rows),
        day=np.arange(count) * DAYS // count,
    )


def invented(count: int, seed: int) -> Loans:
    """Draw so many loans from those of the file, all listed on one day."""
    found = loans()
    rows = np.random.default_rng(seed).integers(0, found.amount.size, count)
    drawn = {
        name: getattr(found, name)[rows]
        for name in ("amount", "grade", "purpose", "region", "rate", "installments")
    }
    return Loans(words=found.words, day=np.zeros_like(rows), **drawn)


def crowd(
    asked: Loans, *, ratio: float, mix: str, balances: str, seed: int, count: int = 2_000
) -> Crowd:
    """Invent lenders who have so many times the money that the loans ask for."""
    wealth = _wealth(balances, np.random.default_rng(seed + 1), count)
    total = int(asked.amount.sum() * ratio)
    cash = np.maximum((wealth / wealth.sum() * total).astype(np.int64) // UNIT * UNIT, UNIT)
    wishes = MIXES[mix]
    dice = np.random.default_rng(seed)
    return Crowd(
        cash=cash,
        profile=dice.choice(len(wishes), count, p=list(wishes.values())),
        cap=np.maximum(cash // CAP_SHARE // UNIT * UNIT, UNIT),
        criteria=tuple(wishes),
    )


def profiles(who: Crowd, asked: Loans) -> Profiles:
    return Profiles.of(who.criteria, asked.words)


def _wealth(balances: str, dice: np.random.Generator, count: int) -> NDArray[np.float64]:
    if balances == "pareto":
        return np.minimum(dice.pareto(1.16, count) + 1, 2_000.0)
    return dice.lognormal(0, 1.2, count) if balances == "lognormal" else np.ones(count)
