"""The split of one repayment over many notes, against one numpy pass and against plain Python.

The ratio says how many times as long the split takes: much more than a pass, much less than Python.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from benchmarks.__main__ import Row, table
from kernel import Currency, Money, Rate
from origination import ServicingBase
from servicing.apportion import Column, apportion
from servicing.split import NoteBook, ServicingFee, share
from servicing.waterfall import Applied, Bucket

COUNTS = (1_000, 10_000, 100_000)
ROUNDS = 15


def run() -> list[Row]:
    return [row for count in COUNTS for row in measured(count)]


def measured(count: int) -> list[Row]:
    notes, applied, fee = a_loan(count)
    weights, received = notes.principal, notes.received_principal
    total, amount = int(received.sum()), applied.principal.minor

    split = seconds(lambda: apportion(total, amount, weights, received))
    whole = seconds(lambda: share(applied, notes, fee=fee))
    one_pass = seconds(lambda: weights * amount)
    listed = weights.tolist()
    plain = seconds(lambda: largest_remainder(amount, listed), rounds=3)

    what = f"{count:,} notes"
    numpy_pass = "one numpy pass, weights * amount"
    return [
        row(f"split of one component, {what}", split, one_pass, numpy_pass),
        row(f"split of one component, {what}", split, plain, "largest remainder in plain Python"),
        row(f"share: 3 components and the fee, {what}", whole, one_pass, numpy_pass),
    ]


def a_loan(count: int) -> tuple[NoteBook, Applied, ServicingFee]:
    """Return a loan in the middle of its life and its next payment."""
    random = np.random.default_rng(count)
    notes = NoteBook.opened(random.integers(25_00, 5_000_00, count))
    fee = ServicingFee(Rate.percent("1"), ServicingBase.PAYMENTS)
    whole = int(notes.principal.sum())
    for month in range(12):
        notes = notes.after(share(payment(whole // 36 + month, whole // 100), notes, fee=fee))
    return notes, payment(whole // 35, whole // 110), fee


def payment(principal: int, interest: int) -> Applied:
    def usd(minor: int) -> Money:
        return Money(minor, Currency.USD)

    return Applied(
        (
            (Bucket.parse("past_due.penalty"), usd(15_00)),
            (Bucket.parse("due.interest"), usd(interest)),
            (Bucket.parse("due.principal"), usd(principal)),
        ),
        excess=usd(0),
        recovery=usd(0),
        collection_fee=usd(0),
    )


def largest_remainder(amount: int, weights: list[int]) -> list[int]:
    """Divide one payment by itself, as one would at first: it drifts, but sets the pace."""
    whole = sum(weights)
    divided = [divmod(amount * weight, whole) for weight in weights]
    parts = [part for part, _ in divided]
    ranked = sorted(range(len(parts)), key=lambda note: divided[note][1], reverse=True)
    for note in ranked[: amount - sum(parts)]:
        parts[note] += 1
    return parts


def seconds(work: Callable[[], Column | list[int] | Any], rounds: int = ROUNDS) -> float:
    """Return the median time of one call, after one to warm up."""
    times = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return median(times[1:])


def row(title: str, figure: float, other: float, against: str) -> Row:
    return Row(title=title, figure=figure * 1_000, unit="ms", ratio=figure / other, against=against)


if __name__ == "__main__":
    print(table(run()))
