"""Entries of several processes on accounts of their own, and on one that everybody's money touches.

On PostgreSQL, where writers work side by side. Each process posts small entries: reservations from
its own lender to its own listing, and deposits, which all come from the provider's account. That
one is spread over shards and locked last; the ratio is what is left of the rate.
"""

import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from statistics import median
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

import escrow
from benchmarks.__main__ import Row, table
from escrow import AccountKind, AccountRef, Movement, Posting
from kernel import Currency, Money, new_id
from tests.escrow.stories import AT, STRIPE
from tests.support.database import Run, open_engine

PROCESSES, ENTRIES, ROUNDS = 4, 250, 5
USD = Currency.USD


def run() -> list[Row]:
    """Measure in a database made for this run."""
    run = Run.begin()
    try:
        with run.clone("postgresql") as url:
            return [compared(url)]
    finally:
        run.end()


def compared(url: str) -> Row:
    owners = [new_id() for _ in range(PROCESSES)]
    # Begun anew rather than forked: no process may inherit a connection.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as processes:
        rate(processes, url, owners, is_hot=True)
        rates = {
            is_hot: [rate(processes, url, owners, is_hot=is_hot) for _ in range(ROUNDS)]
            for is_hot in (False, True)
        }
    hot, apart = median(rates[True]), median(rates[False])
    return {
        "title": f"{PROCESSES} processes, one posting an entry, from one hot account, postgresql",
        "figure": hot,
        "unit": "entries/s",
        "ratio": hot / apart,
        "against": f"accounts of their own, {apart:,.0f} entries/s",
    }


def rate(processes: ProcessPoolExecutor, url: str, owners: list[UUID], *, is_hot: bool) -> float:
    """Let every process post its entries, and say how many that were in a second."""
    took = list(processes.map(partial(work, url, is_hot=is_hot), owners))
    return len(owners) * ENTRIES / max(took)


def work(url: str, owner: UUID, *, is_hot: bool) -> float:
    """Post entries one after another; return how long that took."""
    engine = open_engine(url)
    make = deposit if is_hot else reservation
    post(engine, deposit(owner, ENTRIES * 100))
    begun = time.perf_counter()
    for _ in range(ENTRIES):
        post(engine, make(owner, 100))
    took = time.perf_counter() - begun
    engine.dispose()
    return took


def post(engine: Engine, posting: Posting) -> None:
    with Session(engine) as session:
        escrow.post(session, key=str(new_id()), postings=[posting], at=AT, memo="Measured")
        session.commit()


def deposit(owner: UUID, minor: int) -> Posting:
    lender = AccountRef(AccountKind.LENDER, owner, USD)
    return Posting(Movement.DEPOSIT, STRIPE, lender, Money(minor, USD))


def reservation(owner: UUID, minor: int) -> Posting:
    lender = AccountRef(AccountKind.LENDER, owner, USD)
    listing = AccountRef(AccountKind.LISTING, owner, USD)
    return Posting(Movement.RESERVE, lender, listing, Money(minor, USD))


if __name__ == "__main__":
    print(table(run()))
