from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.packed import pack, pack_keys, unpack, unpack_keys

NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1))


@given(numbers=NUMBERS, codes=st.lists(st.integers(-128, 127)))
def test_columns_come_back_as_they_were(numbers: list[int], codes: list[int]) -> None:
    columns: dict[str, NDArray[Any]] = {
        "numbers": np.array(numbers, dtype=np.int64),
        "codes": np.array(codes, dtype=np.int8).reshape(len(codes), 1),
        "empty": np.zeros((3, 0), dtype=np.int64),
    }

    back = unpack(pack(columns))

    assert list(back) == list(columns)
    for name, column in columns.items():
        assert back[name].dtype == column.dtype
        assert back[name].shape == column.shape
        assert (back[name] == column).all()


def test_the_order_of_bytes_in_memory_means_nothing() -> None:
    little = np.array([1, 2, 300], dtype="<i8")

    assert pack({"a": little}) == pack({"a": little.astype(">i8")})


def test_numbers_alike_take_next_to_no_space() -> None:
    assert len(pack({"a": np.full(100_000, 25_00, dtype=np.int64)})) < 5_000


@given(keys=st.lists(st.binary(max_size=20)))
def test_keys_of_any_length_come_back(keys: list[bytes]) -> None:
    packed = unpack(pack(pack_keys("k", tuple(keys))))

    assert unpack_keys("k", packed) == tuple(keys)
