"""Sealing the book and proving it, as the shell does it: with which key, when, and in what pieces.

The key is SEAL_KEY, 32 bytes in hexadecimal digits, or what the file SEAL_KEY_FILE holds, which is
made when it is first needed. Whoever has only the database can then change nothing unnoticed.
"""

import os
import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from flask import current_app

import escrow
from marketplace.db import in_transaction, reader

# The kind of job that seals what is new, asked for once in so many minutes.
SEAL, MINUTES = "book.seal", 5
SEED = 32
# How long to wait for transactions that were begun before: the next time will do as well.
LOOKS, PAUSE = 100, 0.05


@dataclass(frozen=True, slots=True)
class DayEnd:
    """What the end of a day did to the book: its last sealed entry, and what the proof found."""

    seals: int
    through_entry_id: int | None
    findings: tuple[escrow.Finding, ...]


def key() -> escrow.SealingKey:
    """Return the key that signs seals."""
    given: str = current_app.config["SEAL_KEY"]
    return escrow.SealingKey(bytes.fromhex(given) if given else _kept())


def trusted() -> frozenset[str]:
    """Return the ids of the keys that may have signed: our own, and those that it replaced."""
    return escrow.trusting([key().public, *current_app.config["SEAL_OLD_KEYS"]])


def seal_all(at: datetime) -> int:
    """Seal everything that is settled, and return how many seals that took.

    Where somebody is still writing after some seconds, the rest waits for the next time.
    """
    through = _settled()
    if through is None:
        return 0
    seals, mine = 0, key()
    while in_transaction(
        lambda session: escrow.seal(session, through=through, key=mine, at=at) is not None
    ):
        seals += 1
    return seals


def end_day(day: date, at: datetime) -> DayEnd:
    """Seal the book, sum it up for the day that has ended, and prove what is new in it.

    Found right, that is signed, and the next proof begins there.
    """
    seals = seal_all(at)
    with reader() as session:
        last = escrow.last_seal(session)
    if last is None:
        return DayEnd(seals, None, ())
    in_transaction(
        lambda session: escrow.checkpoint(
            session, day=day, through_entry_id=last.through_entry_id, at=at
        )
    )
    return DayEnd(seals, last.through_entry_id, prove(at, new=True).findings)


def prove(at: datetime, *, new: bool) -> escrow.Audit:
    """Prove the book, all of it or what is new, and sign it where it is right."""
    keys, mine = trusted(), key()
    with reader() as session:
        if new:
            audit = escrow.verify_new(session, trusted=keys)
        else:
            audit = escrow.verify(session, trusted=keys)
    standing = audit.standing
    if audit.ok and standing is not None:
        in_transaction(lambda session: escrow.attest(session, standing=standing, key=mine, at=at))
    return audit


def is_anything_new() -> bool:
    """Say whether there are entries that are not sealed."""
    with reader() as session:
        return escrow.frontier(session).entry_id > escrow.sealed_to(session)


def _settled() -> escrow.Frontier | None:
    """Wait until nothing more can appear below what is there now."""
    with reader() as session:
        through = escrow.frontier(session)
    for _ in range(LOOKS):
        with reader() as session:
            if escrow.is_settled(session, frontier=through):
                return through
        time.sleep(PAUSE)
    return None


def _kept() -> bytes:
    """Read the key's file; the first time make it, readable for its owner alone."""
    path = Path(current_app.config["SEAL_KEY_FILE"])
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        made = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    with os.fdopen(made, "w", encoding="ascii") as file:
        file.write(f"{os.urandom(SEED).hex()}\n")
    return _kept()
