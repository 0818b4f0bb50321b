"""A batch that is killed at every statement: nothing is half applied, and the next run is whole.

The victim is a process of its own, which ends without a word in front of a statement, as when the
machine loses its power.
"""

import os
from collections import Counter
from multiprocessing import get_context
from typing import Any

from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

import escrow
from marketplace.db import atomic
from matching import Batch, Mandate, Order, run_batch
from matching.models import BatchRecord
from origination import Listing
from tests.hammer.last_note import open_wide
from tests.matching.stories import (
    BOB,
    CAROL,
    DAN,
    LATER,
    a_listing,
    cash,
    deposit,
    dollars,
    mandate,
)

KILLED = 9
KEY = "the batch"


def a_market(engine: Engine) -> None:
    """Two listings, one of which the batch fills, and three lenders."""
    with Session(engine) as session:
        for amount in ("500.00", "5000.00"):
            a_listing(session, amount)
        for lender in (BOB, CAROL, DAN):
            deposit(session, lender, "1000.00")
            mandate(session, lender, cap=dollars("250.00"))
        session.commit()


def run_and_die(url: str, before: int) -> None:
    """Run the batch and end this process in front of its n-th statement, the commit being one."""
    engine = open_wide(url)
    count = [0]

    def strike(*_: Any) -> None:
        count[0] += 1
        if count[0] == before:
            os._exit(KILLED)

    event.listen(engine, "before_cursor_execute", strike)
    event.listen(engine, "commit", strike)
    with atomic(engine) as session:
        run_batch(session, at=LATER, seed="1", key=KEY)
    os._exit(0)


def state(engine: Engine) -> Counter[str]:
    """What there is: rows, and what is where."""
    with Session(engine) as session:
        counts = {
            model.__name__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Batch, BatchRecord, Order)
        }
        sums = {
            "reserved": session.scalar(select(func.sum(Listing.reserved_minor))) or 0,
            "invested": session.scalar(select(func.sum(Mandate.invested_minor))) or 0,
            "cash": sum(cash(session, lender).minor for lender in (BOB, CAROL, DAN)),
        }
        assert escrow.verify(session).ok
        return Counter({name: int(value) for name, value in (counts | sums).items()})


def test_killed_at_any_statement_a_batch_is_done_by_the_next_run_once(database: str) -> None:
    engine = open_wide(database)
    a_market(engine)
    before = state(engine)
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])

    deaths = 0
    while True:
        victim = context.Process(target=run_and_die, args=(database, deaths + 1))
        victim.start()
        victim.join()
        if victim.exitcode == 0:
            break
        assert victim.exitcode == KILLED
        deaths += 1
        assert state(engine) == before

    once = state(engine)
    with atomic(engine) as session:
        again = run_batch(session, at=LATER, seed="1", key=KEY)
        assert again.orders == once["Order"]
    assert state(engine) == once
    assert deaths > 20
    assert (once["Batch"], once["BatchRecord"]) == (1, 1)
    assert once["reserved"] == once["invested"] == before["cash"] - once["cash"] > 0
    engine.dispose()


def test_an_error_at_any_statement_leaves_nothing_behind(engine: Engine) -> None:
    a_market(engine)
    before, errors = state(engine), 0
    while fails(engine, at=errors + 1):
        errors += 1
        assert state(engine) == before

    assert errors > 20
    assert state(engine)["Batch"] == 1


def fails(engine: Engine, *, at: int) -> bool:
    """Run the batch with an error in front of its n-th statement; say whether it came so far."""
    count = [0]

    def strike(*_: Any) -> None:
        count[0] += 1
        if count[0] == at:
            raise OSError("the disk is gone")

    event.listen(engine, "before_cursor_execute", strike)
    try:
        with Session(engine) as session:
            run_batch(session, at=LATER, seed="1", key=KEY)
            session.commit()
    except OSError:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", strike)
    return False
