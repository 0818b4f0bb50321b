"""The two ways to write into the book: post an entry, or reverse one."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import cast

import numpy as np
from sqlalchemy import Table, bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from escrow.errors import (
    AlreadyReversed,
    CountsTooEarly,
    KeyConflict,
    MovementNotAllowed,
    NoSuchEntry,
)
from escrow.ledger import AccountRef, Lines, Part, fingerprint, lines
from escrow.models import Entry, PostingLine
from escrow.operations.accounts import numbers, shard_of
from escrow.operations.shortfall import insufficient_funds
from kernel import bulk_insert

BY_KEY = select(Entry).where(Entry.key == bindparam("key"))
POSTINGS = cast("Table", PostingLine.__table__)
# East of Greenwich a business day has begun before the day of its instant in UTC.
AHEAD = timedelta(days=1)


def post(
    session: Session,
    *,
    key: str,
    postings: Sequence[Part],
    at: datetime,
    memo: str,
    actor: str = "system",
    effective_on: date | None = None,
) -> Entry:
    """Write one entry with its postings, or return the one that was written with this key.

    The database checks and applies the postings: all of them or none, judged by what every
    account holds at the end. A refusal leaves the session as it was before.

    Args:
        session: the writing session.
        key: names the event; the same key with the same postings and memo writes nothing.
        postings: what moves; amounts of zero are skipped.
        at: when it happened.
        memo: one line for whoever reads the statement.
        actor: who did it.
        effective_on: the day from which it counts, where that is not the day (UTC) of `at`.

    Raises:
        CountsTooEarly: it would count from a day that has not come.
        KeyConflict: the key stands for something else.
        InsufficientFunds: an account holds too little.
        MovementNotAllowed: the chart, the currency or the account refuses it.
        NothingToPost: no amount is above zero.
    """
    rows = lines(postings, _numbering(session, postings, shard_of(key)))
    wanted = fingerprint(rows, memo, effective_on)
    known = _known(session, key, wanted)
    if known is not None:
        return known
    entry = Entry(
        key=key,
        request_hash=wanted,
        at=at,
        effective_on=_day(at, effective_on),
        memo=memo,
        actor=actor,
        lines=rows.count,
    )
    try:
        with session.begin_nested():
            _insert(session, entry, rows)
    except DBAPIError as error:
        return _refused(session, entry, rows, error)
    return entry


def reverse(
    session: Session,
    *,
    entry_id: int,
    key: str,
    at: datetime,
    memo: str,
    actor: str = "system",
    effective_on: date | None = None,
) -> Entry:
    """Take an entry back: its stored postings with their ends swapped. It can be done once.

    The database writes the swapped postings itself as soon as the entry names what it reverses.

    Raises:
        NoSuchEntry: there is no such entry.
        AlreadyReversed: it was reversed before, with another key.
        CountsTooEarly: it would count from a day that has not come.
        KeyConflict: the key stands for something else.
        InsufficientFunds: somebody has spent what the reversal takes back.
    """
    request = f"reverse {entry_id}\0{memo}{'' if effective_on is None else effective_on}"
    wanted = sha256(request.encode()).hexdigest()
    known = _known(session, key, wanted)
    if known is not None:
        return known
    original = session.get(Entry, entry_id)
    if original is None:
        raise NoSuchEntry(id=entry_id)
    entry = Entry(
        key=key,
        request_hash=wanted,
        at=at,
        effective_on=_day(at, effective_on),
        memo=memo,
        actor=actor,
        lines=original.lines,
        reverses_id=entry_id,
    )
    try:
        with session.begin_nested():
            session.add(entry)
    except DBAPIError as error:
        return _refused(session, entry, _swapped(session, entry_id), error)
    return entry


def _day(at: datetime, effective_on: date | None) -> date:
    """Return the day from which something counts that happened at an instant."""
    today = at.astimezone(UTC).date()
    if effective_on is None:
        return today
    if effective_on > today + AHEAD:
        raise CountsTooEarly(field="effective_on", why=f"{effective_on} has not come", at=at)
    return effective_on


def _known(session: Session, key: str, wanted: str) -> Entry | None:
    """Return the entry that was written with this key."""
    entry = session.scalar(BY_KEY, {"key": key})
    if entry is not None and entry.request_hash != wanted:
        raise KeyConflict(key=key)
    return entry


def _numbering(
    session: Session, postings: Sequence[Part], shard: int
) -> Callable[[AccountRef], int]:
    """Look up the accounts named by kind, all in one query."""
    refs = {end: None for part in postings for end in part.ends if isinstance(end, AccountRef)}
    if not refs:
        return dict[AccountRef, int]().__getitem__
    return dict(zip(refs, numbers(session, refs, shard=shard), strict=True)).__getitem__


def _insert(session: Session, entry: Entry, rows: Lines) -> None:
    session.add(entry)
    session.flush()
    bulk_insert(
        session,
        POSTINGS,
        {
            "entry_id": entry.id,
            "seq": np.arange(1, rows.count + 1),
            "movement": rows.movements,
            "source_id": rows.sources,
            "target_id": rows.targets,
            "amount_minor": rows.amounts,
            "currency": rows.currencies,
            "effective_on": entry.effective_on,
        },
        count=rows.count,
    )


def _refused(session: Session, entry: Entry, rows: Lines, error: DBAPIError) -> Entry:
    """Translate what the database said; a key written at the same moment is no refusal."""
    said = str(error.orig)
    if "uq_entry_" in said or "entry: INSERT is refused" in said:
        return _earlier(session, entry)
    if "ck_balance_floor" in said:
        raise insufficient_funds(session, rows) from None
    if "posting: " in said or "ck_posting_ends" in said:
        why = said.partition("posting: ")[2].partition("\n")[0] or "source and target are one"
        raise MovementNotAllowed(why=why) from None
    raise error


def _earlier(session: Session, entry: Entry) -> Entry:
    """Return the entry that another transaction has just written with this key.

    Where there is none, it is the original that was reversed before.
    """
    known = _known(session, entry.key, entry.request_hash)
    if known is None:
        reversals = select(Entry.id).where(Entry.reverses_id == entry.reverses_id)
        raise AlreadyReversed(
            entry_id=entry.reverses_id, reversal_id=session.scalars(reversals).one()
        )
    return known


def _swapped(session: Session, entry_id: int) -> Lines:
    """Return the rows that would take an entry back."""
    columns = (
        PostingLine.movement,
        PostingLine.target_id,
        PostingLine.source_id,
        PostingLine.amount_minor,
        PostingLine.currency,
    )
    found = session.execute(select(*columns).where(PostingLine.entry_id == entry_id)).all()
    movements, sources, targets, amounts, currencies = zip(*found, strict=True)
    return Lines(
        list(movements),
        np.array(sources, dtype=np.int64),
        np.array(targets, dtype=np.int64),
        np.array(amounts, dtype=np.int64),
        list(currencies),
    )
