"""One hash over a piece of the book, made by the database in one sweep.

While it is what it was, no row has changed. It is a hash of what the database keeps, in the way
that is quickest for this database; where it is another, the leaves tell whether the book is (so it
is in a book that was moved from one database to another).
"""

from functools import cache
from hashlib import sha256
from typing import cast

from sqlalchemy import Boolean, Column, Date, LargeBinary, SmallInteger, String, Table, Uuid, text
from sqlalchemy.orm import Session

from escrow.models import Account, Entry, PostingLine
from escrow.seal_models import SealedAccount, SealedEntry
from kernel import UtcDateTime

Bounds = tuple[int, int]


def content(session: Session, *, accounts: Bounds, entries: Bounds) -> str:
    """Return the hash of a piece of the book and of its leaves.

    Args:
        session: a session.
        accounts: the account after which the piece begins, and with which it ends.
        entries: likewise.
    """
    bounds = {"account": accounts[0], "accounts": accounts[1]}
    bounds |= {"entry": entries[0], "entries": entries[1]}
    on_postgresql = session.get_bind().dialect.name == "postgresql"
    digest = sha256()
    for asked in _whole_piece() if on_postgresql else _by_columns():
        for (*joined,) in session.execute(text(asked), bounds):
            for part in joined:
                digest.update(part if on_postgresql else sha256(part or b"").digest())
    return digest.hexdigest()


def _pieces() -> list[tuple[Table, str]]:
    """Return what is hashed, each with the condition that bounds it."""
    of_accounts, of_entries = "> :account AND {0} <= :accounts", "> :entry AND {0} <= :entries"
    pieces = (
        (Account.id, of_accounts),
        (Entry.id, of_entries),
        (PostingLine.entry_id, of_entries),
        (SealedAccount.account_id, of_accounts),
        (SealedEntry.entry_id, of_entries),
    )
    return [
        (cast("Table", key.class_.__table__), f"{key.key} {bounds.format(key.key)}")
        for key, bounds in pieces
    ]


def _rows(table: Table, bounded: str) -> str:
    order = ", ".join(column.name for column in table.primary_key)
    return f"(SELECT * FROM {table.name} WHERE {bounded} ORDER BY {order}) AS ordered"  # noqa: S608 - names of the models


@cache
def _whole_piece() -> tuple[str, ...]:
    """Write the question for PostgreSQL: rows in their binary form, one after the other.

    What has no fixed length has its length before it, so that no two books read alike; texts stand
    together at the end of their row.
    """
    digests = [
        f"(SELECT sha256(coalesce(string_agg({_sent(table)}, ''), '')) "  # noqa: S608 - names of the models
        f"FROM {_rows(table, bounded)})"
        for table, bounded in _pieces()
    ]
    return (f"SELECT {', '.join(digests)}",)


def _sent(table: Table) -> str:
    texts = [column.name for column in table.columns if isinstance(column.type, String)]
    parts = [_part(column) for column in table.columns]
    if texts:
        parts.append(f"textsend({' || '.join(texts)})")
    return " || ".join(parts)


def _part(column: Column[object]) -> str:
    name, kind = column.name, column.type
    if isinstance(kind, String):
        return f"int4send(octet_length({name}))"
    if isinstance(kind, LargeBinary):
        return f"int4send(octet_length({name})) || {name}"
    sent = f"{_SENT.get(type(kind), 'int8send')}({name})"
    return f"coalesce('\\x01'::bytea || {sent}, '\\x00'::bytea)" if column.nullable else sent


_SENT: dict[type, str] = {
    Boolean: "boolsend",
    Date: "date_send",
    SmallInteger: "int2send",
    UtcDateTime: "timestamptz_send",
    Uuid: "uuid_send",
}


@cache
def _by_columns() -> tuple[str, ...]:
    """Write the questions for SQLite: the values of a column one after the other, as they stand.

    There is a comma between them; what may hold one itself has its lengths beside it. SQLite goes
    along the bounded key, so that rows come in its order without being asked to; asked, it would
    copy each of them first.
    """
    return tuple(
        f"SELECT {', '.join(map(_joined, table.columns))} FROM {table.name} WHERE {bounded}"  # noqa: S608 - names of the models
        for table, bounded in _pieces()
    )


def _joined(column: Column[object]) -> str:
    name, kind = column.name, column.type
    values = [f"hex({name})"] if isinstance(kind, LargeBinary) else [name]
    if isinstance(kind, String):
        values += [f"length({name})"]
    if column.nullable:
        values = [f"coalesce({value}, '-')" for value in values]
    return ", ".join(f"CAST(group_concat({value}, ',') AS BLOB)" for value in values)
