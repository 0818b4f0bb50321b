"""Many lenders order the last note of a listing at once: in threads, and in processes.

A lender's attempt is its own transaction, as a request or a job of the application opens it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from threading import Barrier, Thread
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Engine, NullPool, create_engine, func, select
from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind
from kernel import (
    Currency,
    DomainError,
    Money,
    database_url,
    engine_options,
    prepare_engine,
)
from marketplace.db import atomic
from matching import Order, OrderStatus, place_order
from origination import Listing
from tests.matching.stories import BOB, LATER, a_listing, cash_account, deposit, dollars, order

NOTE = dollars("25.00")
PURSE = dollars("40.00")
WON = "won"

Attempt: TypeAlias = Callable[[Engine, UUID, UUID], str]


@dataclass(frozen=True)
class Race:
    """A listing with one note left, and the lenders who want it."""

    listing_id: UUID
    lenders: list[UUID]


def set_up(engine: Engine, lenders: int) -> Race:
    """Open a listing of 500.00, fund it up to the last note, and give everybody cash for one."""
    with Session(engine) as session:
        listing = a_listing(session, "500.00")
        deposit(session, BOB, "475.00")
        order(session, listing, BOB, "475.00")
        crowd = [UUID(int=0x1000 + number) for number in range(lenders)]
        for lender in crowd:
            deposit(session, lender, "40.00")
        session.commit()
        return Race(listing.id, crowd)


def open_wide(url: str) -> Engine:
    """Open a database for any number of connections at once."""
    parsed = database_url(url)
    options = {
        name: value
        for name, value in engine_options(parsed).items()
        if name not in {"pool_size", "max_overflow"}
    }
    engine = create_engine(parsed, **options, poolclass=NullPool)
    prepare_engine(engine)
    return engine


def place(engine: Engine, listing_id: UUID, lender_id: UUID) -> str:
    """Order the last note; say `won`, or why not."""
    try:
        with atomic(engine) as session:
            place_order(
                session,
                listing_id=listing_id,
                lender_id=lender_id,
                amount=NOTE,
                key="the last note",
                at=LATER,
            )
    except DomainError as refused:
        return refused.code
    return WON


def in_threads(engine: Engine, race: Race, attempt: Attempt = place) -> Counter[str]:
    """Let every lender try in a thread of its own, all let loose at once; count the answers."""
    start = Barrier(len(race.lenders))
    answers: list[str] = []

    def run(lender: UUID) -> None:
        start.wait()
        answers.append(_answer(attempt, engine, race.listing_id, lender))

    threads = [Thread(target=run, args=(lender,)) for lender in race.lenders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


def in_processes(url: str, race: Race, processes: int) -> Counter[str]:
    """Let the lenders try in several processes, each with its part of them; count the answers."""
    # Workers that are forked from a clean server share no connection with this process.
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    start, answers = context.Barrier(processes), context.SimpleQueue()
    crowds = [race.lenders[number::processes] for number in range(processes)]
    workers = [
        context.Process(target=_work, args=(url, race.listing_id, crowd, start, answers))
        for crowd in crowds
    ]
    for worker in workers:
        worker.start()
    counts: Counter[str] = Counter()
    for _ in workers:
        counts.update(answers.get())
    for worker in workers:
        worker.join()
    return counts


def _work(url: str, listing_id: UUID, crowd: Sequence[UUID], start: Any, answers: Any) -> None:
    engine = open_wide(url)
    start.wait()
    answers.put([_answer(place, engine, listing_id, lender) for lender in crowd])
    engine.dispose()


def _answer(attempt: Attempt, engine: Engine, listing_id: UUID, lender: UUID) -> str:
    """Return an answer whatever happens, so that nobody waits for one for ever."""
    try:
        return attempt(engine, listing_id, lender)
    except Exception as error:  # noqa: BLE001 - the count of answers shows it
        return f"{type(error).__name__}: {error}"


def assert_fair(engine: Engine, race: Race, answers: Counter[str]) -> None:
    """Check that one lender got the note, all others were told why, and every cent is there."""
    assert answers == {WON: 1, "listing_full": len(race.lenders) - 1}
    with Session(engine) as session:
        listing = session.get_one(Listing, race.listing_id)
        assert listing.status == "funded"
        assert (
            listing.reserved
            == listing.amount
            == _ordered(session, listing)
            == _kept(session, listing)
        )
        left = Counter(_cash(session, race.lenders))
        assert left == {PURSE.minor: len(race.lenders) - 1, (PURSE - NOTE).minor: 1}


def _ordered(session: Session, listing: Listing) -> Money:
    """Add up the orders of a listing."""
    total = session.scalar(
        select(func.sum(Order.amount_minor)).where(
            Order.listing_id == listing.id, Order.status == OrderStatus.RESERVED
        )
    )
    return Money(int(total or 0), Currency(listing.currency))


def _kept(session: Session, listing: Listing) -> Money:
    account = escrow.AccountRef(AccountKind.LISTING, listing.id, Currency(listing.currency))
    return escrow.balance(session, account=account)


def _cash(session: Session, lenders: Sequence[UUID]) -> list[int]:
    return [escrow.balance(session, account=cash_account(lender)).minor for lender in lenders]
