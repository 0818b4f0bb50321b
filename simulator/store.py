"""Where the demo bank keeps what it knows: one SQLite file, shared by threads and processes."""

import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from simulator.errors import Body

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    account TEXT NOT NULL, created INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, account, seq);
CREATE TABLE IF NOT EXISTS due (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, deed TEXT NOT NULL,
    subject TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS due_at ON due (at, seq);
CREATE TABLE IF NOT EXISTS answer (
    account TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, at INTEGER NOT NULL,
    began REAL NOT NULL,
    status INTEGER, body TEXT, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS delivery (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, type TEXT NOT NULL,
    url TEXT NOT NULL, secret TEXT NOT NULL, body BLOB NOT NULL, headers TEXT,
    state TEXT NOT NULL, due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, status INTEGER);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, due, seq);
CREATE TABLE IF NOT EXISTS fault (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT NOT NULL, path TEXT NOT NULL,
    kind TEXT NOT NULL, moment TEXT NOT NULL, seconds REAL NOT NULL, skip INTEGER NOT NULL,
    remaining INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """The file, opened by as many threads and processes as like to.

    Args:
        path: the file; it is made when it is not there.
        durable: whether what was acknowledged survives a power cut; tests do without.
    """

    def __init__(self, path: Path | str, *, durable: bool = True) -> None:
        self.path = Path(path)
        self._durable = durable
        self._idle: list[sqlite3.Connection] = []
        self._lock = Lock()
        with self.turn() as turn:
            turn.database.executescript(SCHEMA)

    @contextmanager
    def turn(self) -> Iterator["Turn"]:
        """Give the only writing turn; it is kept whole at the end, or not at all."""
        database = self._take()
        try:
            database.execute("BEGIN IMMEDIATE")
            yield Turn(database)
            if database.in_transaction:
                database.execute("COMMIT")
        finally:
            if database.in_transaction:
                database.execute("ROLLBACK")
            with self._lock:
                self._idle.append(database)

    def close(self) -> None:
        """Close every connection that nobody uses."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        database = sqlite3.connect(
            self.path, timeout=30, isolation_level=None, check_same_thread=False
        )
        database.row_factory = sqlite3.Row
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        return database


class Turn:
    """One transaction on the store; `now` is the bank's own clock, in seconds."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database

    @contextmanager
    def part(self) -> Iterator[None]:
        """Undo what is done inside when it ends in an error that does not keep it."""
        self.database.execute("SAVEPOINT part")
        try:
            yield
        except BaseException as error:
            if not getattr(error, "keeps", False):
                self.database.execute("ROLLBACK TO part")
            self.database.execute("RELEASE part")
            raise
        self.database.execute("RELEASE part")

    @property
    def now(self) -> int:
        """Return the moment of the bank's clock; a frozen clock moves on command only."""
        clock = self.setting("clock", {"frozen": None, "offset": 0})
        frozen: int | None = clock["frozen"]
        return int(time.time()) + int(clock["offset"]) if frozen is None else frozen

    def set_now(self, moment: int) -> None:
        """Move the clock; a frozen one stays frozen."""
        clock = self.setting("clock", {"frozen": None, "offset": 0})
        if clock["frozen"] is None:
            self.put_setting("clock", {"frozen": None, "offset": moment - int(time.time())})
        else:
            self.put_setting("clock", {"frozen": moment, "offset": 0})

    def setting(self, name: str, default: Any = None) -> Any:
        """Return what was put under this name."""
        row = self.database.execute("SELECT value FROM setting WHERE name = ?", [name]).fetchone()
        return json.loads(row["value"]) if row else default

    def put_setting(self, name: str, value: Any) -> None:
        """Keep a value under a name."""
        self.database.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            [name, json.dumps(value)],
        )

    def insert(self, body: Body, *, account: str) -> None:
        """Keep a new object of an account; the platform's own account is the empty word."""
        self.database.execute(
            "INSERT INTO object (id, kind, account, created, body) VALUES (?, ?, ?, ?, ?)",
            [body["id"], body["object"], account, self.now, json.dumps(body)],
        )

    def save(self, body: Body) -> None:
        """Keep an object as it is now."""
        self.database.execute(
            "UPDATE object SET body = ? WHERE id = ?", [json.dumps(body), body["id"]]
        )

    def remove(self, identifier: str) -> None:
        """Forget an object."""
        self.database.execute("DELETE FROM object WHERE id = ?", [identifier])

    def find(self, identifier: str, *, account: str | None = None) -> Body | None:
        """Return an object, if it is there and belongs to the account."""
        row = self.database.execute(
            "SELECT body FROM object WHERE id = ? AND (account = ? OR ? IS NULL)",
            [identifier, account, account],
        ).fetchone()
        return json.loads(row["body"]) if row else None

    def owner(self, identifier: str) -> str:
        """Return the account that an object belongs to."""
        row = self.database.execute("SELECT account FROM object WHERE id = ?", [identifier])
        return str(row.fetchone()["account"])

    def select(
        self,
        kind: str,
        *,
        account: str | None,
        where: Mapping[str, Any] | None = None,
        more: str = "",
        values: tuple[Any, ...] = (),
    ) -> list[Body]:
        """Return objects of a kind, oldest first unless `more` orders them otherwise."""
        asked = {name: value for name, value in (where or {}).items() if value is not None}
        clauses = "".join(f" AND json_extract(body, '$.{name}') = ?" for name in asked)
        rows = self.database.execute(
            "SELECT body FROM object WHERE kind = ? AND (account = ? OR ? IS NULL)"  # noqa: S608
            f"{clauses} {more or 'ORDER BY seq'}",  # names come from the code, values are bound
            [kind, account, account, *asked.values(), *values],
        )
        return [json.loads(row["body"]) for row in rows]

    def later(self, at: int, deed: str, subject: str) -> None:
        """Remember what is to happen to an object at a moment of the bank's clock."""
        self.database.execute(
            "INSERT INTO due (at, deed, subject) VALUES (?, ?, ?)", [at, deed, subject]
        )

    def take_due(self, until: int) -> tuple[int, str, str] | None:
        """Take what happens next, if it happens until then: when, what, to which object."""
        row = self.database.execute(
            "DELETE FROM due WHERE seq = (SELECT seq FROM due WHERE at <= ? ORDER BY at, seq"
            " LIMIT 1) RETURNING at, deed, subject",
            [until],
        ).fetchone()
        return (row["at"], row["deed"], row["subject"]) if row else None

    def forget_due(self, subject: str, deed: str | None = None) -> None:
        """Take back what was to happen to an object."""
        self.database.execute(
            "DELETE FROM due WHERE subject = ? AND (deed = ? OR ? IS NULL)", [subject, deed, deed]
        )


def new_id(prefix: str) -> str:
    """Return an id of Stripe's kind."""
    return f"{prefix}_{secrets.token_hex(12)}"
