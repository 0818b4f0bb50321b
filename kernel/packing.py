"""PostgreSQL's binary form of whole columns, which COPY and arrays share.

Every value is four bytes of length and then its bytes, most significant first. Columns of numbers
are packed by numpy, all values at once.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from struct import pack
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from psycopg import adapters
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

Packed: TypeAlias = list[bytes] | NDArray[np.uint8]

COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"

# PostgreSQL counts days and microseconds from here.
_FIRST_DAY = date(2000, 1, 1)
_FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# By SQL type: the width of a number, and how other values become one.
_NUMBERS: dict[str, tuple[str, Callable[[Any], int]]] = {
    "SMALLINT": (">i2", int),
    "INTEGER": (">i4", int),
    "BIGINT": (">i8", int),
    "BOOLEAN": (">i1", int),
    "DATE": (">i4", lambda day: (day - _FIRST_DAY).days),
    "TIMESTAMP WITH TIME ZONE": (">i8", lambda moment: (moment - _FIRST_MOMENT) // _MICROSECOND),
}
_BYTES: dict[str, Callable[[Any], bytes]] = {
    "UUID": lambda value: value.bytes,
    "VARCHAR": lambda value: value.encode(),
    "TEXT": lambda value: value.encode(),
}
# The object ids of the element types, which the binary form of an array names.
_OIDS = {
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


def packable(kind: str) -> bool:
    """Say whether values of this SQL type can be packed."""
    return kind in _OIDS


def pack_column(kind: str, values: Sequence[Any] | NDArray[Any]) -> Packed:
    """Pack the values of one column; numbers without gaps become a matrix, a row per value."""
    if kind not in _NUMBERS:
        return _pack_bytes(_BYTES[kind], values)
    form, number = _NUMBERS[kind]
    if isinstance(values, np.ndarray):
        return _pack_numbers(form, values)
    if any(value is None for value in values):
        width = np.dtype(form).itemsize
        return [NULL if v is None else _signed(number(v), width) for v in values]
    return _pack_numbers(form, np.array([number(value) for value in values], dtype=np.int64))


def pack_constant(kind: str, value: Any, count: int) -> Packed:
    """Pack one value for `count` rows."""
    one = _flat(pack_column(kind, [value]))
    return np.tile(np.frombuffer(one, dtype=np.uint8), (count, 1))


def pack_rows(columns: Sequence[Packed]) -> bytes:
    """Return rows as COPY BINARY reads them, from their packed columns."""
    head = np.frombuffer(pack(">h", len(columns)), dtype=np.uint8)
    segments = _joined([np.tile(head, (len(columns[0]), 1)), *columns])
    if len(segments) == 1:
        body = _flat(segments[0])
    else:
        body = b"".join(chain.from_iterable(zip(*map(_split, segments), strict=True)))
    return COPY_HEADER + body + COPY_TRAILER


def pack_array(kind: str, column: Packed) -> "PackedArray":
    """Return a packed column as one array parameter."""
    # One dimension, possibly with NULLs, of this type, so many elements, counted from one.
    head = pack(">iiIii", 1, 1, _OIDS[kind], len(column), 1)
    return PackedArray(head + _flat(column))


class PackedArray(bytes):
    """An array in binary form, which psycopg passes on as it is."""

    __slots__ = ()


class PackedArrayDumper(Dumper):
    """Tells psycopg that the bytes are binary and leaves their type to the statement's cast."""

    format = Format.BINARY

    def dump(self, obj: PackedArray) -> Buffer | None:
        """Return the bytes."""
        return obj


adapters.register_dumper(PackedArray, PackedArrayDumper)


def _pack_numbers(form: str, values: NDArray[Any]) -> NDArray[np.uint8]:
    width = np.dtype(form).itemsize
    limits = np.iinfo(np.dtype(form))
    if values.size and not (limits.min <= values.min() and values.max() <= limits.max):
        raise OverflowError(f"a value needs more than {width} bytes")
    packed = np.empty((len(values), 4 + width), dtype=np.uint8)
    packed[:, :4] = np.frombuffer(pack(">i", width), dtype=np.uint8)
    packed[:, 4:] = values.astype(form).view(np.uint8).reshape(len(values), width)
    return packed


def _signed(value: int, width: int) -> bytes:
    return pack(">i", width) + value.to_bytes(width, "big", signed=True)


def _pack_bytes(encode: Callable[[Any], bytes], values: Sequence[Any] | NDArray[Any]) -> Packed:
    """Pack values of any length; in most columns the same few come again and again."""
    known: dict[Any, bytes] = {None: NULL}
    for value in set(values) - {None}:
        data = encode(value)
        known[value] = pack(">i", len(data)) + data
    return [known[value] for value in values]


def _joined(columns: Sequence[Packed]) -> list[Packed]:
    """Put neighbouring matrices together."""
    segments: list[Packed] = []
    for column in columns:
        if segments and isinstance(column, np.ndarray) and isinstance(segments[-1], np.ndarray):
            segments[-1] = np.hstack([segments[-1], column])
        else:
            segments.append(column)
    return segments


def _split(segment: Packed) -> list[bytes]:
    """Return a segment's rows, each as its bytes."""
    if isinstance(segment, list):
        return segment
    rows = np.ascontiguousarray(segment).view(f"V{segment.shape[1]}")
    return list(rows.ravel().tolist())


def _flat(segment: Packed) -> bytes:
    return b"".join(segment) if isinstance(segment, list) else segment.tobytes()
