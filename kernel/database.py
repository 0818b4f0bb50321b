"""The database recipe: what SQLite and PostgreSQL need in order to keep the same promises."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Dialect, Engine, Integer, MetaData, Uuid, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import JSON, TypeDecorator

from kernel.errors import NotFound
from kernel.money import Currency, Money
from kernel.rate import Rate

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself only in a column declared INTEGER, which holds 64 bits all the same.
Sequence64 = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into what the database stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class RateColumn(TypeDecorator[Rate]):
    """A Rate stored as a BIGINT of hundred-millionths, so that it sorts and compares exactly."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Rate | None, dialect: Dialect) -> int | None:
        """Turn the rate into its stored form."""
        del dialect
        return None if value is None else value.e8

    def process_result_value(self, value: int | None, dialect: Dialect) -> Rate | None:
        """Give the rate back."""
        del dialect
        return None if value is None else Rate.from_e8(value)


class Base(DeclarativeBase):
    """What every table shares: names for constraints and columns for common types."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        int: BigInteger,
        datetime: UtcDateTime,
        Rate: RateColumn,
        UUID: Uuid,
        dict[str, Any]: JSON,
    }


class MoneyColumn:
    """Reads and writes a pair of columns, `<name>_minor` and `currency`, as one Money.

    The row declares both columns; `principal = MoneyColumn("principal_minor")` joins them.
    """

    def __init__(self, minor: str) -> None:
        """Name the column with the minor units; the currency stands in `currency`."""
        self.minor = minor

    def __get__(self, row: Any, owner: type | None = None) -> Money:
        """Read the amount of `row`."""
        if row is None:  # SQLAlchemy's constructor asks the class whether it has this name
            return self  # type: ignore[return-value]
        return Money(getattr(row, self.minor), Currency(row.currency))

    def __set__(self, row: Any, amount: Money) -> None:
        """Write the amount; the first one written decides the row's currency."""
        if row.currency is None:
            row.currency = amount.currency.value
        setattr(row, self.minor, (amount + Money.zero(Currency(row.currency))).minor)


T = TypeVar("T", bound=Base)


def lock(session: Session, model: type[T], ident: Any) -> T:
    """Load one row for change and hold it until the transaction ends.

    Raises:
        NotFound: there is no such row.
    """
    row = session.get(model, ident, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(what=model.__name__, id=ident)
    return row


def find(session: Session, model: type[T], ident: Any) -> T:
    """Load one row to read.

    Raises:
        NotFound: there is no such row.
    """
    row = session.get(model, ident)
    if row is None:
        raise NotFound(what=model.__name__, id=ident)
    return row


def database_url(text: str) -> URL:
    """Read a database URL and choose the driver the project is tested with."""
    url = make_url(text)
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def engine_options(url: URL) -> dict[str, Any]:
    """Return the arguments that `create_engine` needs for this kind of database."""
    options: dict[str, Any] = {"json_serializer": _dumps}
    if url.get_backend_name() == "sqlite":
        return options | {"connect_args": {"timeout": 60, "check_same_thread": False}}
    return options | {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}


def prepare_engine(engine: Engine) -> None:
    """Teach a SQLite engine explicit transactions and the pragmas that make it keep its word."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)


def reading(engine: Engine) -> Engine:
    """Return the same pool of connections, for transactions that only read.

    All the queries of such a transaction see the same instant: figures of one page, or of one
    proof of the book, agree while others write.
    """
    return engine.execution_options(read_only=True, **_readonly_of(engine))


def _readonly_of(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name != "postgresql":
        return {}
    return {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}


def _on_sqlite_connect(connection: Any, record: Any) -> None:
    del record
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=60000"):
        connection.execute(f"PRAGMA {pragma}")


def _on_sqlite_begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def write_turn(engine: Engine) -> Iterator[None]:
    """Wait for this process's turn to write to a SQLite file.

    SQLite's own busy handler sleeps and retries, so that one of several writers can wait for
    seconds; a file lock wakes whoever waits. PostgreSQL and in-memory databases need no turn.
    """
    if (
        engine.dialect.name != "sqlite"
        or not engine.url.database
        or engine.url.database == ":memory:"
    ):
        yield
        return
    with Path(f"{engine.url.database}.lock").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
