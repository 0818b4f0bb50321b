"""Columns as bytes: small, exact, and the same on every machine.

A JSON header names each column with its type and shape; then follow the bytes of all columns,
little-endian, the first byte of every number before the second of any. Numbers that are small or
alike so become long runs, which zlib stores in next to nothing.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]

# Speed before size: a batch is packed while others wait for it, and a higher level gains little.
LEVEL = 1


def pack(columns: Columns) -> bytes:
    """Return the bytes of named columns of numbers."""
    little = {
        name: column.astype(column.dtype.newbyteorder("<")) for name, column in columns.items()
    }
    header = {name: (column.dtype.str, column.shape) for name, column in little.items()}
    parts = [json.dumps(header).encode(), *(_planes(column) for column in little.values())]
    return zlib.compress(len(parts[0]).to_bytes(8, "little") + b"".join(parts), LEVEL)


def _planes(column: NDArray[Any]) -> bytes:
    """Return all first bytes, then all second bytes, and so on."""
    flat = np.frombuffer(column.tobytes(), dtype=np.uint8)
    return flat.reshape(-1, column.dtype.itemsize).T.tobytes()


def unpack(data: bytes) -> dict[str, NDArray[Any]]:
    """Return the columns that were packed."""
    plain = zlib.decompress(data)
    at = 8 + int.from_bytes(plain[:8], "little")
    columns = {}
    for name, (kind, shape) in json.loads(plain[8:at]).items():
        dtype, count = np.dtype(kind), int(np.prod(shape, dtype=np.int64))
        planes = np.frombuffer(plain, np.uint8, count * dtype.itemsize, at)
        flat = np.frombuffer(planes.reshape(dtype.itemsize, count).T.tobytes(), dtype)
        columns[name] = flat.reshape(shape).astype(dtype.newbyteorder("="))
        at += count * dtype.itemsize
    return columns


def pack_keys(name: str, keys: tuple[bytes, ...]) -> dict[str, NDArray[Any]]:
    """Lay keys out as two columns: how long each is, and their bytes one after another."""
    return {
        f"{name}.length": np.fromiter(map(len, keys), dtype=np.int64),
        f"{name}.bytes": np.frombuffer(b"".join(keys), dtype=np.uint8),
    }


def unpack_keys(name: str, columns: Columns) -> tuple[bytes, ...]:
    """Return the keys that were laid out under a name."""
    text = columns[f"{name}.bytes"].tobytes()
    ends = np.cumsum(columns[f"{name}.length"])
    starts = ends - columns[f"{name}.length"]
    return tuple(text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
