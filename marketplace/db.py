"""The edge of the database: who may write, when it is committed, and who may only read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel import Base, prepare_engine, reading, write_turn

T = TypeVar("T")

# The models stand on kernel's own Base; the extension lends the engine and never sees a model.
db = SQLAlchemy(metadata=Base.metadata)

# PostgreSQL gave up one of two transactions that met: nothing happened, so it may be tried again.
DEADLOCK, SERIALIZATION_FAILURE = "40P01", "40001"

_writing: ContextVar[bool] = ContextVar("writing", default=False)


class NestedTransaction(RuntimeError):
    """A transaction was opened inside another one; pass the session down instead."""


class WriteWhileReading(RuntimeError):
    """A row was changed through a session that only reads; use `atomic()`."""


class ReadingSession(Session):
    """A session that refuses to write."""


def init_database(app: Flask) -> None:
    """Bind the database to the application."""
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


@contextmanager
def atomic(engine: Engine | None = None) -> Iterator[Session]:
    """Open the one transaction that may write, and commit it when the block ends well.

    Args:
        engine: another database than the application's, for tools that fill one.

    Raises:
        NestedTransaction: this request, command or job already has one open.
    """
    if _writing.get():
        raise NestedTransaction
    token = _writing.set(True)
    engine = engine or db.engine
    try:
        with write_turn(engine), Session(engine, expire_on_commit=False) as session:
            yield session
            session.commit()
    finally:
        _writing.reset(token)


def in_transaction(work: Callable[[Session], T]) -> T:
    """Run `work` in its own transaction, and once more if PostgreSQL had to break a deadlock."""
    try:
        with atomic() as session:
            return work(session)
    except DBAPIError as error:
        if not _is_contention(error):
            raise
    with atomic() as session:
        return work(session)


def rehearse(work: Callable[[Session], T]) -> T:
    """Run `work` and take back all it did: what a page shows of a step before it is taken.

    What `work` returns must not be rows, for these are as if they had never been.
    """
    with atomic() as session, session.begin_nested() as attempt:
        seen = work(session)
        attempt.rollback()
    return seen


@contextmanager
def reader(engine: Engine | None = None) -> Iterator[Session]:
    """Open a session that only reads; it sees what was committed when it first looked."""
    with ReadingSession(reading(engine or db.engine)) as session:
        yield session


def check_database() -> None:
    """Ask the database for a sign of life."""
    with reader() as session:
        session.execute(text("SELECT 1"))


def _is_contention(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in {DEADLOCK, SERIALIZATION_FAILURE}


@event.listens_for(ReadingSession, "before_flush")
def _refuse_to_write(session: Session, context: Any, instances: Any) -> None:
    del context, instances
    if session.new or session.dirty or session.deleted:
        raise WriteWhileReading
