"""Processes that pay into the book until they are killed, and tell what was acknowledged to them.

Each deposit is one transaction, as a request opens it. Its key is told only when it is committed.
"""

from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import escrow
from escrow import Movement, Posting
from marketplace.db import atomic
from tests.escrow.stories import AT, LISTING, STRIPE, cash_of, dollars
from tests.hammer.last_note import open_wide

LENDERS = [UUID(int=0x3000 + number) for number in range(5)]


class Payer:
    """One such process, and the keys that it has told."""

    def __init__(self, url: str, name: str) -> None:
        """Start paying."""
        context = get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self.ear, mouth = context.Pipe(duplex=False)
        self.process = context.Process(target=pay_for_ever, args=(url, name, mouth))
        self.process.start()
        mouth.close()

    def heard(self, *, least: int) -> list[str]:
        """Wait until so many keys were told, and return them."""
        return [self.ear.recv() for _ in range(least)]

    def kill(self) -> list[str]:
        """End the process as a power cut would; return what else it had told."""
        self.process.kill()
        self.process.join()
        told = []
        while True:
            try:
                told.append(self.ear.recv())
            except EOFError:
                return told


def pay_for_ever(url: str, name: str, mouth: Connection) -> None:
    """Pay in and reserve, one transaction after the other; a server that is away is waited for."""
    engine, dice = open_wide(url), Random(name)
    for number in count():
        key = f"{name}:{number}"
        while not _paid(engine, key, dice):
            pass
        mouth.send(key)


def _paid(engine: Any, key: str, dice: Random) -> bool:
    lender = dice.choice(LENDERS)
    deposit = Posting(Movement.DEPOSIT, STRIPE, cash_of(lender), dollars("3.00"))
    order = Posting(Movement.RESERVE, cash_of(lender), LISTING, dollars("1.00"))
    try:
        with atomic(engine) as session:
            escrow.post(session, key=key, postings=[deposit, order], at=AT, memo="")
    except DBAPIError:
        return False
    return True


def assert_kept(url: str, told: list[str]) -> None:
    """Check that every key that was told is in the book once, and that the book is whole."""
    engine = open_wide(url)
    with Session(engine) as session:
        kept = session.scalars(text("SELECT key FROM entry")).all()
        assert len(kept) == len(set(kept))
        assert set(told) <= set(kept)
        assert escrow.verify(session).findings == ()
    engine.dispose()
