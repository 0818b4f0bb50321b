"""Rows in bulk: one statement for thousands of rows, on both databases, no ORM object per row."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import psycopg
from sqlalchemy import Column, Dialect, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel.packing import Packed, pack_array, pack_column, pack_constant, pack_rows, packable

# From about here COPY is faster than a statement with arrays (docs/performance.md).
COPY_FROM = 500
# One statement takes 32,766 parameters; more rows than this gain nothing.
ROWS_A_STATEMENT = 200


def bulk_insert(session: Session, table: Table, columns: Mapping[str, Any], *, count: int) -> None:
    """Insert `count` rows given as columns.

    Args:
        session: the writing session; what it holds is flushed first.
        table: where the rows go.
        columns: by column name, either one value for every row or a sequence (or int64 array)
            of `count` values.
        count: how many rows; zero writes nothing.
    """
    if count == 0:
        return
    session.flush()
    if not _is_postgresql(session):
        _insert_rows(session, table, columns, count)
    elif count < COPY_FROM or not all(packable(_kind(session, table, name)) for name in columns):
        _insert_arrays(session, table, columns, count)
    else:
        _copy(session, table, columns, count)


def bulk_update(
    session: Session, table: Table, key: str, columns: Mapping[str, Any], *, count: int
) -> None:
    """Set the columns of `count` rows, each found by its `key`, which is one of the columns."""
    if count == 0:
        return
    session.flush()
    others = [name for name in columns if name != key]
    if _is_postgresql(session):
        sets = ", ".join(f"{name} = fresh.{name}" for name in others)
        marks = ", ".join(f"%s::{_kind(session, table, name)}[]" for name in columns)
        _execute(
            session,
            f"UPDATE {table.name} AS t SET {sets} "
            f"FROM unnest({marks}) AS fresh({', '.join(columns)}) WHERE t.{key} = fresh.{key}",
            _arrays(session, table, columns, count),
        )
    else:
        sets = ", ".join(f"{name} = ?" for name in others)
        ordered = {name: columns[name] for name in [*others, key]}
        _execute(
            session,
            f"UPDATE {table.name} SET {sets} WHERE {key} = ?",
            _rows(session, table, ordered, count),
        )


def _insert_rows(session: Session, table: Table, columns: Mapping[str, Any], count: int) -> None:
    """Write many rows with each statement.

    For every statement on a table with triggers SQLite keeps what it would take to undo that
    statement alone: with a row each, that costs three times as much as the rows.
    """
    rows = _rows(session, table, columns, count)
    whole = count - count % ROWS_A_STATEMENT
    parts = [_joined(rows[start : start + ROWS_A_STATEMENT]) for start in _starts(whole)]
    if parts:
        _execute(session, _insert_of(table, columns, ROWS_A_STATEMENT), parts)
    if count > whole:
        _execute(session, _insert_of(table, columns, count - whole), _joined(rows[whole:]))


def _starts(whole: int) -> range:
    return range(0, whole, ROWS_A_STATEMENT)


def _joined(rows: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(chain.from_iterable(rows))


def _insert_of(table: Table, columns: Mapping[str, Any], rows: int) -> str:
    marks = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {', '.join([marks] * rows)}"


def _insert_arrays(session: Session, table: Table, columns: Mapping[str, Any], count: int) -> None:
    marks = ", ".join(f"%s::{_kind(session, table, name)}[]" for name in columns)
    sql = f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT * FROM unnest({marks})"
    _execute(session, sql, _arrays(session, table, columns, count))


def _copy(session: Session, table: Table, columns: Mapping[str, Any], count: int) -> None:
    """Write through the driver, for SQLAlchemy has no word for COPY."""
    sql = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    data = pack_rows([_packed(session, table, name, columns[name], count) for name in columns])
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(sql) as copy:
            copy.write(data)
    except psycopg.Error as error:
        raise DBAPIError.instance(
            sql, None, error, psycopg.Error, dialect=connection.dialect
        ) from error


def _arrays(
    session: Session, table: Table, columns: Mapping[str, Any], count: int
) -> tuple[Any, ...]:
    """Return one array parameter per column."""
    return tuple(
        pack_array(kind, _packed(session, table, name, value, count))
        if packable(kind := _kind(session, table, name))
        else _stored(session, table.c[name], value, count)
        for name, value in columns.items()
    )


def _packed(session: Session, table: Table, name: str, value: Any, count: int) -> Packed:
    kind = _kind(session, table, name)
    if _is_column(value):
        return pack_column(kind, _stored(session, table.c[name], value, count))
    return pack_constant(kind, _stored(session, table.c[name], [value], 1)[0], count)


def _rows(
    session: Session, table: Table, columns: Mapping[str, Any], count: int
) -> list[tuple[Any, ...]]:
    """Return the rows as the driver takes them."""
    stored = []
    for name, value in columns.items():
        if _is_column(value):
            values = _stored(session, table.c[name], value, count)
            stored.append(values.tolist() if isinstance(values, np.ndarray) else values)
        else:
            stored.append(_stored(session, table.c[name], [value], 1) * count)
    return list(zip(*stored, strict=True))


def _is_column(value: Any) -> bool:
    """Say whether a value is one for every row, rather than one for all of them."""
    return isinstance(value, np.ndarray) or (
        isinstance(value, Sequence) and not isinstance(value, str)
    )


def _stored(session: Session, column: Column[Any], values: Any, count: int) -> Any:
    """Return the values of a column as the driver stores them."""
    if len(values) != count:
        raise ValueError(f"{column.name} has {len(values)} values for {count} rows")
    convert = _converter(column, _dialect(session))
    if convert is None:
        return values
    if isinstance(values, np.ndarray):
        values = values.tolist()
    return [convert(item) for item in values]


def _converter(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    processor: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(
        dialect
    )
    return processor


def _kind(session: Session, table: Table, name: str) -> str:
    """Return the SQL type of a column, without its length."""
    return table.c[name].type.compile(_dialect(session)).split("(")[0]


def _execute(session: Session, sql: str, parameters: Any) -> None:
    session.connection().exec_driver_sql(sql, parameters)


def _dialect(session: Session) -> Dialect:
    return session.get_bind().dialect


def _is_postgresql(session: Session) -> bool:
    return _dialect(session).name == "postgresql"
