"""How long 100,000 schedules of 36 months take, beside computing them roughly in floats."""

from collections.abc import Callable
from datetime import date
from time import perf_counter
from typing import Any

import numpy as np

from amortization import (
    Contract,
    Conventions,
    DayCount,
    Frequency,
    Method,
    schedule,
    schedules,
)
from kernel import Currency, Money, Rate, Rounding

LOANS = 100_000
MONTHS = 36
SINGLES = 200
ROUNDS = 5
RULES = Conventions(
    method=Method.EQUAL_INSTALLMENT,
    frequency=Frequency.MONTHLY,
    day_count=DayCount.EQUAL_PERIODS,
    interest_rounding=Rounding.HALF_UP,
    installment_rounding=Rounding.UP,
)


def run() -> list[dict[str, Any]]:
    """Measure the bulk path, the exact path and the limit both are held against, in one run.

    The limit is one pass of numpy that computes interest and principal of every row in floats,
    with nothing rounded and nothing exact: what the machine can do at all.
    """
    luck = np.random.default_rng(1)
    principal = luck.integers(100_000, 4_000_000, LOANS)
    rate_e8 = luck.integers(5_000_000, 36_000_000, LOANS)
    limit = _best(lambda: _floats(principal, rate_e8))
    bulk = _best(lambda: schedules(principal, rate_e8, MONTHS, RULES))
    single = _best(lambda: _one_by_one(principal, rate_e8)) / SINGLES * LOANS
    against = "numpy, one pass in floats"
    name = f"{LOANS:,} loans of {MONTHS} months"
    return [
        _row(f"{name}: the limit, {against}", limit, limit, against),
        _row(f"{name}: schedules()", bulk, limit, against),
        _row(f"{name}: schedule() one by one, from {SINGLES}", single, limit, against),
    ]


def _floats(principal: Any, rate_e8: Any) -> Any:
    """Amortize in floats, unrounded, writing the same two arrays."""
    rate = rate_e8 / 12e8
    level = principal * rate / -np.expm1(-MONTHS * np.log1p(rate))
    parts = np.empty((2, MONTHS, LOANS))
    unpaid = principal.astype(float)
    for month in range(MONTHS):
        np.multiply(unpaid, rate, out=parts[1, month])
        np.subtract(level, parts[1, month], out=parts[0, month])
        unpaid -= parts[0, month]
    return parts


def _one_by_one(principal: Any, rate_e8: Any) -> None:
    for amount, rate in zip(principal[:SINGLES].tolist(), rate_e8.tolist(), strict=False):
        money = Money(amount, Currency.USD)
        schedule(Contract(money, Rate.from_e8(rate), MONTHS, date(2024, 1, 31), None, RULES))


def _best(work: Callable[[], Any]) -> float:
    """Return the shortest of a few rounds: what else the machine does only ever adds to it."""
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return min(times)


def _row(title: str, seconds: float, limit: float, against: str) -> dict[str, Any]:
    return {
        "title": title,
        "figure": round(seconds, 4),
        "unit": "s",
        "ratio": round(seconds / limit, 2),
        "against": against,
    }


if __name__ == "__main__":
    for row in run():
        print(f"{row['title']:75} {row['figure']:9.3f} {row['unit']}  × {row['ratio']}")
