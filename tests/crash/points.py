"""Crash points: every statement, every commit and every call of the bank that a step makes.

They are counted while a step runs, so a new statement in the code is a new point by itself.
"""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

SUBJECT = re.compile(
    r'^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|COPY|SAVEPOINT|RELEASE|ROLLBACK|BEGIN)\s+"?(\w*)',
    re.IGNORECASE,
)


class Way(StrEnum):
    """How a run ends at a point: the machine dies, or the code raises."""

    KILL = "kill"
    EXCEPTION = "exception"


class Crash(RuntimeError):
    """What a run that is to fail raises."""


class Points:
    """The points that a run passes, by name in their order; at one of them it may end."""

    def __init__(self, *, at: int | None = None, way: Way = Way.EXCEPTION) -> None:
        """Only count, or end at the point of this number."""
        self.names: list[str] = []
        self.at = at
        self.way = way

    def reach(self, name: str) -> None:
        """Pass a point, or end there."""
        self.names.append(name)
        if self.at != len(self.names) - 1:
            return
        if self.way is Way.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        raise Crash(name)


@contextmanager
def watched(engine: Engine, points: Points) -> Iterator[None]:
    """Let every statement and commit on an engine be a point."""

    def statement(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        if not sql.startswith("BEGIN"):  # nothing has happened yet that could be lost
            points.reach(f"before {_subject(sql)}")

    def commit(session: Session) -> None:
        if not session.in_nested_transaction():
            points.reach("before COMMIT")

    def committed(session: Session) -> None:
        if not session.in_nested_transaction():
            points.reach("after COMMIT")

    listeners = (
        (engine, "before_cursor_execute", statement),
        (Session, "before_commit", commit),
        (Session, "after_commit", committed),
    )
    for target, name, listener in listeners:
        event.listen(target, name, listener)
    try:
        yield
    finally:
        for target, name, listener in listeners:
            event.remove(target, name, listener)


def _subject(sql: str) -> str:
    found = SUBJECT.match(sql)
    return " ".join(found.groups()).strip() if found else sql.split(maxsplit=1)[0]
