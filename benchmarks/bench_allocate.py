"""A plan for many mandates and listings, against maximum flow over the same market.

Where there are too many pairs for a graph, the flow goes over classes of mandates, which is at
least the exact optimum. The ratio is how many times as long OR-tools takes for it, graph and
solution. On the smallest market the exact optimum is sought, and other rules take their turn.
"""

import time
from collections.abc import Callable
from functools import partial
from resource import RUSAGE_SELF, getrusage
from typing import TypeVar

import numpy as np

from benchmarks.__main__ import Row, table
from benchmarks.fairness import optimum
from benchmarks.fairness.days import first_day
from benchmarks.fairness.measures import gini
from benchmarks.fairness.rules import RULES
from benchmarks.fairness.worlds import Ints, crowd, invented
from matching.allocate import allocate
from matching.market import Market
from matching.reasons import Reasons

T = TypeVar("T")
# Mandates and listings.
SIZES = ((100_000, 1_000), (10_000, 10_000), (300_000, 1_000), (1_000_000, 1_000))
SMALL = (10_000, 1_000)
RATIO = 1.5  # of the lenders' money to what the listings ask for


def run() -> list[Row]:
    planned = [row for size in SIZES for row in measured(*size)]
    return planned + compared(a_market(*SMALL))


def a_market(mandates: int, listings: int) -> Market:
    """Invent listings like those of the file, and a crowd with several tastes."""
    asked = invented(listings, seed=mandates)
    who = crowd(asked, ratio=RATIO, mix="tastes", balances="pareto", seed=listings, count=mandates)
    return first_day(asked, who)


def measured(mandates: int, listings: int) -> list[Row]:
    market = a_market(mandates, listings)
    seconds, plan = timed(lambda: allocate(market, seed="1"))
    what = f"{mandates:,} mandates x {listings:,} listings"
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 2**10
    told, kept = timed(lambda: Reasons.of(market, plan).encode())
    took, best = timed(lambda: optimum.bound(market))
    gap = 100 - 100 * int(plan.amount.sum()) / best
    return [
        Row(title=f"plan, {what}, {plan.amount.size:,} orders", figure=seconds, unit="s"),
        Row(title="  most memory of the process until then", figure=peak, unit="MiB"),
        Row(title="  a reason for every pair, gathered and packed", figure=told, unit="s"),
        Row(title="  in so much space", figure=len(kept) / 2**20, unit="MiB"),
        Row(
            title="  maximum flow", figure=took, unit="s", ratio=took / seconds, against="the plan"
        ),
        Row(title="  the plan is below it by", figure=gap, unit="%"),
    ]


def compared(market: Market) -> list[Row]:
    """Let the rules of other marketplaces share the same money among the same listings."""
    best, rows, pace = optimum.of_batch(market), [], 0.0
    for name, rule in RULES.items():
        took, (_, lender, amount, _) = timed(partial(rule, market, "1"))
        pace = pace or took
        gap = 100 - 100 * int(amount.sum()) / best
        rows += [
            Row(
                title=f"{name}: Gini of the share at work",
                figure=gini(shares(market, lender, amount)),
                unit="",
                ratio=took / pace,
                against=f"the time of fair slice; {gap:.2f} % below the optimum",
            )
        ]
    return rows


def shares(
    market: Market, lender: Ints, amount: Ints
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    placed = np.bincount(lender, amount, market.lenders.cash.size)
    return np.asarray(placed / market.lenders.cash, dtype=np.float64)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds of processor time that a call took, and what it returned."""
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result


if __name__ == "__main__":
    print(table(run()))
