"""The binary form, read back by an independent reader: psycopg's own loaders."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import adapters
from psycopg.adapt import Transformer
from psycopg.pq import Format

from kernel.packing import (
    COPY_HEADER,
    COPY_TRAILER,
    Packed,
    pack_array,
    pack_column,
    pack_constant,
    pack_rows,
    packable,
)

KINDS: dict[str, st.SearchStrategy[Any]] = {
    "SMALLINT": st.integers(-(2**15), 2**15 - 1),
    "INTEGER": st.integers(-(2**31), 2**31 - 1),
    "BIGINT": st.integers(-(2**63), 2**63 - 1),
    "BOOLEAN": st.booleans(),
    "DATE": st.dates(),
    "TIMESTAMP WITH TIME ZONE": st.datetimes(timezones=st.just(UTC)),
    "UUID": st.uuids(),
    "VARCHAR": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40),
    "TEXT": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40),
}
OIDS = {
    "SMALLINT": 21,
    "INTEGER": 23,
    "BIGINT": 20,
    "BOOLEAN": 16,
    "DATE": 1082,
    "TIMESTAMP WITH TIME ZONE": 1184,
    "UUID": 2950,
    "VARCHAR": 1043,
    "TEXT": 25,
}


def unpacked(data: bytes, kinds: list[str]) -> list[list[Any]]:
    """Read a COPY stream back."""
    assert data.startswith(COPY_HEADER)
    assert data.endswith(COPY_TRAILER)
    place, rows = len(COPY_HEADER), []
    while data[place : place + 2] != COPY_TRAILER:
        assert int.from_bytes(data[place : place + 2], "big") == len(kinds)
        place += 2
        row = []
        for kind in kinds:
            length = int.from_bytes(data[place : place + 4], "big", signed=True)
            place += 4
            row.append(None if length < 0 else loaded(kind, data[place : place + length]))
            place += max(length, 0)
        rows.append(row)
    return rows


def loaded(kind: str, data: bytes) -> Any:
    loader = Transformer(None).get_loader(OIDS[kind], Format.BINARY)
    return loader.load(data)


@given(st.data(), st.integers(1, 20))
def test_rows_are_read_back_as_they_were(data: st.DataObject, count: int) -> None:
    kinds = data.draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=6))
    columns: list[Packed] = []
    expected = []
    for kind in kinds:
        gaps = data.draw(st.booleans())
        value = KINDS[kind] | st.none() if gaps else KINDS[kind]
        values = data.draw(st.lists(value, min_size=count, max_size=count))
        columns.append(pack_column(kind, values))
        expected.append(values)

    rows = unpacked(pack_rows(columns), kinds)

    assert rows == [list(row) for row in zip(*expected, strict=True)]


@given(st.sampled_from(list(KINDS)), st.data(), st.integers(1, 5))
def test_one_value_is_packed_for_all_rows(kind: str, data: st.DataObject, count: int) -> None:
    value = data.draw(KINDS[kind] | st.none())

    rows = unpacked(pack_rows([pack_constant(kind, value, count)]), [kind])

    assert rows == [[value]] * count


@given(st.sampled_from(list(KINDS)), st.data())
def test_an_array_is_read_back_as_it_was(kind: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(KINDS[kind] | st.none(), min_size=1))

    packed = pack_array(kind, pack_column(kind, values))

    oid = adapters.types[OIDS[kind]].array_oid
    assert Transformer(None).get_loader(oid, Format.BINARY).load(packed) == values


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_an_array_of_numpy_packs_like_a_list(values: list[int]) -> None:
    packed = pack_column("BIGINT", np.array(values, dtype=np.int64))

    assert unpacked(pack_rows([packed]), ["BIGINT"]) == [[value] for value in values]


def test_an_empty_array_packs_to_nothing() -> None:
    assert len(pack_column("BIGINT", np.array([], dtype=np.int64))) == 0


@pytest.mark.parametrize("value", [2**15, -(2**15) - 1])
def test_a_number_that_does_not_fit_is_refused(value: int) -> None:
    with pytest.raises(OverflowError):
        pack_column("SMALLINT", [value])
    with pytest.raises(OverflowError):
        pack_column("SMALLINT", [value, None])


def test_only_known_types_are_packed() -> None:
    assert packable("BIGINT")
    assert not packable("JSON")


def test_psycopg_passes_a_packed_array_on_as_it_is() -> None:
    packed = pack_array("UUID", pack_column("UUID", [UUID(int=1)]))
    dumper = psycopg.adapters.get_dumper(type(packed), psycopg.adapt.PyFormat.AUTO)

    assert dumper(type(packed)).dump(packed) == packed


def test_days_are_counted_from_the_year_2000() -> None:
    packed = pack_column("DATE", [date(2000, 1, 2)])
    moments = pack_column("TIMESTAMP WITH TIME ZONE", [datetime(2000, 1, 1, 0, 0, 1, tzinfo=UTC)])

    assert bytes(np.asarray(packed)[0][4:]) == b"\0\0\0\1"
    assert bytes(np.asarray(moments)[0][4:]) == (10**6).to_bytes(8, "big")
