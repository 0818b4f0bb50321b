"""Rows in bulk: one statement for thousands of rows, on both databases, no ORM object per row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Column, Dialect, Table
from sqlalchemy.orm import Session


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
    values = _columns(session, table, columns, count)
    names = ", ".join(columns)
    if _is_postgresql(session):
        arrays = _arrays(session, table, columns)
        _execute(
            session, f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})", values
        )
    else:
        marks = ", ".join("?" * len(columns))
        _execute(session, f"INSERT INTO {table.name} ({names}) VALUES ({marks})", _rows(values))


def bulk_update(
    session: Session, table: Table, key: str, columns: Mapping[str, Any], *, count: int
) -> None:
    """Set the columns of `count` rows, each found by its `key`, which is one of the columns."""
    if count == 0:
        return
    session.flush()
    values = _columns(session, table, columns, count)
    others = [name for name in columns if name != key]
    if _is_postgresql(session):
        sets = ", ".join(f"{name} = fresh.{name}" for name in others)
        fresh = f"unnest({_arrays(session, table, columns)}) AS fresh({', '.join(columns)})"
        _execute(
            session,
            f"UPDATE {table.name} AS t SET {sets} FROM {fresh} WHERE t.{key} = fresh.{key}",
            values,
        )
    else:
        sets = ", ".join(f"{name} = ?" for name in others)
        order = [list(columns).index(name) for name in [*others, key]]
        rows = _rows([values[index] for index in order])
        _execute(session, f"UPDATE {table.name} SET {sets} WHERE {key} = ?", rows)


def _columns(
    session: Session, table: Table, columns: Mapping[str, Any], count: int
) -> list[list[Any]]:
    dialect = session.connection().dialect
    return [_stored(table.c[name], value, count, dialect) for name, value in columns.items()]


def _stored(column: Column[Any], value: Any, count: int, dialect: Dialect) -> list[Any]:
    """Return `count` values as the driver stores them."""
    values = _spread(value, count)
    if len(values) != count:
        raise ValueError(f"{column.name} has {len(values)} values for {count} rows")
    convert = _converter(column, dialect)
    return values if convert is None else [convert(item) for item in values]


def _spread(value: Any, count: int) -> list[Any]:
    if isinstance(value, np.ndarray):
        return list(value.tolist())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [value] * count


def _converter(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    processor: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(
        dialect
    )
    return processor


def _arrays(session: Session, table: Table, columns: Mapping[str, Any]) -> str:
    """Return one typed array placeholder per column, for unnest."""
    dialect = session.connection().dialect
    kinds = (table.c[name].type.compile(dialect).split("(")[0] for name in columns)
    return ", ".join(f"%s::{kind}[]" for kind in kinds)


def _rows(values: list[list[Any]]) -> list[tuple[Any, ...]]:
    return list(zip(*values, strict=True))


def _execute(session: Session, sql: str, parameters: list[Any]) -> None:
    bound = tuple(parameters) if _is_postgresql(session) else parameters
    session.connection().exec_driver_sql(sql, bound)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
