"""The book as bytes, in the order in which it is sealed.

The database writes the fields of a row into one text, so that the two databases agree, and
whatever somebody made of a row is hashed as it stands there, be it a number or not.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from escrow.leaves import EntryBytes

ACCOUNT = ("'account'", "id", "kind", "{owner_id}", "currency", "shard", "{hot}")
HEADER = (
    "'entry'",
    "id",
    "{at}",
    "{effective_on}",
    "{recorded_at}",
    "lines",
    "{reverses_id}",
    "{octets:memo}",
    "memo",
)
REST = ("'rest'", "request_hash", "{octets:key}", "{octets:actor}", "key", "actor")
POSTING = (
    "'posting'",
    "entry_id",
    "seq",
    "movement",
    "source_id",
    "target_id",
    "amount_minor",
    "currency",
    "{effective_on}",
)


def account_bytes(session: Session, *, after: int, through: int) -> Sequence[tuple[int, bytes]]:
    """Return the accounts after one and up to another, each with its bytes, in order."""
    asked = f"SELECT id, {_row(session, ACCOUNT)} FROM account WHERE {_between('id')} ORDER BY id"
    return [(ident, _bytes(row)) for ident, row in _asked(session, asked, after, through)]


def entry_bytes(session: Session, *, after: int, through: int) -> Iterator[EntryBytes]:
    """Return the entries after one and up to another, with their postings, in order.

    Postings without an entry are nobody's; the proof of the book finds them elsewhere.
    """
    entries = f"""
        SELECT id, {_row(session, HEADER)}, {_row(session, REST)}
        FROM entry WHERE {_between("id")} ORDER BY id
    """
    postings = f"""
        SELECT entry_id, seq, {_row(session, POSTING)}
        FROM posting WHERE {_between("entry_id")} ORDER BY entry_id, seq
    """
    lines = {
        entry: [(str(seq).encode(), _bytes(row)) for _, seq, row in rows]
        for entry, rows in groupby(_asked(session, postings, after, through), _first)
    }
    for ident, header, rest in _asked(session, entries, after, through):
        yield EntryBytes(ident, _bytes(header), _bytes(rest), lines.get(ident, []))


def _row(session: Session, fields: Sequence[str]) -> str:
    """Return the SQL that writes these fields into one text, a line each."""
    words = _ON_POSTGRESQL if _is_postgresql(session) else _ON_SQLITE
    written = [words.get(field, field) for field in fields]
    if _is_postgresql(session):
        return f"concat_ws(E'\\n', {', '.join(written)}) || E'\\n'"
    lines = " || '\n' || ".join(written)
    return f"CAST({lines} || '\n' AS BLOB)"


def _moment(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"


_TEXTS = ("memo", "key", "actor")
_ON_POSTGRESQL = {
    "{owner_id}": "replace(owner_id::text, '-', '')",
    "{hot}": "hot::int",
    "{at}": _moment("at"),
    "{recorded_at}": _moment("recorded_at"),
    "{effective_on}": "to_char(effective_on::timestamp, 'YYYY-MM-DD')",
    "{reverses_id}": "coalesce(reverses_id::text, '-')",
    **{f"{{octets:{name}}}": f"octet_length({name})" for name in _TEXTS},
}
_ON_SQLITE = {
    **{f"{{{name}}}": name for name in ("owner_id", "hot", "at", "recorded_at", "effective_on")},
    "{reverses_id}": "coalesce(reverses_id, '-')",
    **{f"{{octets:{name}}}": f"length(CAST({name} AS BLOB))" for name in _TEXTS},
}


def _between(column: str) -> str:
    return f"{column} > :after AND {column} <= :through"


def _asked(session: Session, asked: str, after: int, through: int) -> Any:
    return session.execute(text(asked), {"after": after, "through": through})


def _bytes(row: Any) -> bytes:
    return row.encode() if isinstance(row, str) else bytes(row or b"")


def _first(row: Any) -> Any:
    return row[0]


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
