"""Bulk statements on real tables: the same rows go in and come out, however they are written."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import Rate, RateColumn, UtcDateTime, bulk_insert, bulk_update, new_ids
from kernel.bulk import COPY_FROM

AT = datetime(2026, 1, 5, 9, 30, 15, 123456, tzinfo=UTC)
THING = Table(
    "thing",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("small", SmallInteger),
    Column("medium", Integer),
    Column("large", BigInteger),
    Column("name", String(40), unique=True),
    Column("story", Text),
    Column("flag", Boolean),
    Column("day", Date),
    Column("at", UtcDateTime),
    Column("rate", RateColumn),
    Column("facts", JSON),
)
SIZES = pytest.mark.parametrize("count", [1, COPY_FROM - 1, COPY_FROM, 3 * COPY_FROM])


@pytest.fixture(autouse=True)
def _things(session: Session) -> Iterator[None]:
    THING.create(session.connection())
    yield
    session.rollback()


def things(count: int) -> dict[str, Any]:
    """Columns of every type that the project's tables have, with gaps where there may be some."""
    return {
        "id": new_ids(count),
        "small": [None if i % 7 == 0 else -(i % 100) for i in range(count)],
        "medium": [i * 1000 for i in range(count)],
        "large": np.arange(count) * -(10**15),
        "name": [f"thing {i} 物" for i in range(count)],
        "story": [None if i % 3 == 0 else "the same" for i in range(count)],
        "flag": [i % 2 == 0 for i in range(count)],
        "day": [date(1999, 12, 30) + timedelta(days=i) for i in range(count)],
        "at": [AT - timedelta(microseconds=i * 10**12) for i in range(count)],
        "rate": Rate.percent("12.61"),
    }


def rows_of(session: Session, names: list[str]) -> list[tuple[Any, ...]]:
    found = session.execute(select(*(THING.c[name] for name in names)).order_by(THING.c.id))
    return [tuple(row) for row in found]


def as_rows(columns: dict[str, Any], count: int) -> list[tuple[Any, ...]]:
    spread = (
        value.tolist()
        if isinstance(value, np.ndarray)
        else value
        if isinstance(value, list)
        else [value] * count
        for value in columns.values()
    )
    return list(zip(*spread, strict=True))


@SIZES
def test_rows_come_out_as_they_went_in(session: Session, count: int) -> None:
    columns = things(count)

    bulk_insert(session, THING, columns, count=count)

    assert rows_of(session, list(columns)) == as_rows(columns, count)


@SIZES
def test_one_value_can_stand_for_all_rows(session: Session, count: int) -> None:
    one: dict[str, Any] = {
        "id": new_ids(count),
        "small": 3,
        "story": "all",
        "flag": True,
        "day": AT.date(),
        "at": AT,
        "rate": None,
    }

    bulk_insert(session, THING, one, count=count)

    assert rows_of(session, list(one)) == as_rows(one, count)


@SIZES
def test_json_is_written_too(session: Session, count: int) -> None:
    columns: dict[str, Any] = {"id": new_ids(count), "facts": [{"n": i} for i in range(count)]}

    bulk_insert(session, THING, columns, count=count)

    assert rows_of(session, list(columns)) == as_rows(columns, count)


@SIZES
def test_rows_are_found_by_their_key_and_changed(session: Session, count: int) -> None:
    columns = things(count)
    bulk_insert(session, THING, columns, count=count)
    change: dict[str, Any] = {
        "large": np.arange(count),
        "id": columns["id"],
        "story": "new",
        "facts": [{"n": i} for i in range(count)],
        "rate": [Rate.from_e8(i) for i in range(count)],
    }

    bulk_update(session, THING, "id", change, count=count)

    assert rows_of(session, list(change)) == as_rows(change, count)
    assert rows_of(session, ["name"]) == [(name,) for name in columns["name"]]


@SIZES
def test_an_array_may_hold_yes_and_no(session: Session, count: int) -> None:
    columns: dict[str, Any] = {"id": new_ids(count), "flag": np.arange(count) % 3 == 0}

    bulk_insert(session, THING, columns, count=count)

    assert rows_of(session, list(columns)) == as_rows(columns, count)


def test_nothing_is_written_for_no_rows(session: Session) -> None:
    bulk_insert(session, THING, {"id": []}, count=0)
    bulk_update(session, THING, "id", {"id": [], "small": []}, count=0)

    assert rows_of(session, ["id"]) == []


def test_columns_of_unequal_length_are_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="name has 2 values for 3 rows"):
        bulk_insert(session, THING, {"id": new_ids(3), "name": ["a", "b"]}, count=3)


@pytest.mark.parametrize("count", [2, 2 * COPY_FROM])
def test_a_broken_constraint_is_told_as_sqlalchemy_tells_it(session: Session, count: int) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        bulk_insert(session, THING, {"id": new_ids(count), "name": "one name"}, count=count)

    assert rows_of(session, ["id"]) == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("count", [2, 2 * COPY_FROM])
def test_a_number_too_large_for_its_column_is_refused(session: Session, count: int) -> None:
    columns = {"id": new_ids(count), "small": np.full(count, 2**15)}

    with pytest.raises(OverflowError):
        bulk_insert(session, THING, columns, count=count)


def test_what_the_session_holds_is_flushed_first(session: Session) -> None:
    assert UUID(int=1) not in [row[0] for row in rows_of(session, ["id"])]

    bulk_insert(session, THING, {"id": [UUID(int=1)], "name": "x"}, count=1)

    assert rows_of(session, ["id"]) == [(UUID(int=1),)]
