"""What a rule has made of sixty days."""

from dataclasses import dataclass

import numpy as np

from benchmarks.fairness import optimum
from benchmarks.fairness.days import Life
from benchmarks.fairness.worlds import Ints

TENTH = 10


@dataclass(frozen=True)
class Measures:
    """The figures of one life; shares are of one."""

    full: float  # of the loans that the optimum with hindsight could fill together
    deployed: float  # of all money
    batch_gap: float  # what the batches placed less than each could have, of what they could
    hindsight_gap: float  # what all days placed less than they could have, had all been known
    gini: float
    gini_in_class: float  # the mean over classes of mandates, by money
    lowest: float  # the tenth percentile of the invested share
    small: float  # the invested share of the tenth with the smallest accounts
    large: float
    spread: float  # the median effective number of loans
    never: int
    notes: float  # per loan


def measure(life: Life) -> Measures:
    """Measure a life that has been lived."""
    share = life.invested / life.who.cash
    ranked = np.argsort(life.who.cash, kind="stable")
    tenth = ranked.size // TENTH
    squares = (life.held.astype(float) ** 2).sum(axis=0)
    effective = np.divide(
        life.invested.astype(float) ** 2, squares, out=np.zeros(share.size), where=squares > 0
    )
    could = [optimum.of_batch(market) for market in life.markets]
    best = optimum.with_hindsight(life.asked, life.who)
    return Measures(
        full=float((life.room == 0).mean()),
        deployed=float(life.invested.sum() / life.who.cash.sum()),
        batch_gap=1 - sum(life.placed) / sum(could),
        hindsight_gap=1 - float(life.invested.sum()) / best,
        gini=gini(share),
        gini_in_class=in_class(share, life.who.profile),
        lowest=float(np.quantile(share, 1 / TENTH)),
        small=_share(life, ranked[:tenth]),
        large=_share(life, ranked[-tenth:]),
        spread=float(np.median(effective)),
        never=int((life.invested == 0).sum()),
        notes=float((life.held > 0).sum() / life.asked.amount.size),
    )


def gini(shares: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Return the Gini coefficient: 0 where all are equal."""
    ranked, count = np.sort(shares), shares.size
    weights = 2 * np.arange(1, count + 1) - count - 1
    return float(weights @ ranked / (count * ranked.sum())) if ranked.any() else 0.0


def in_class(shares: np.ndarray[tuple[int], np.dtype[np.float64]], classes: Ints) -> float:
    """Return the mean of the coefficients within each class, by how many are in it."""
    parts = [shares[classes == each] for each in np.unique(classes)]
    return float(sum(gini(part) * part.size for part in parts) / shares.size)


def _share(life: Life, lenders: Ints) -> float:
    return float(life.invested[lenders].sum() / life.who.cash[lenders].sum())
