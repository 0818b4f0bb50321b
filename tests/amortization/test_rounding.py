"""Whole-number division rounds as the decimal modes do, for one number and for arrays."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amortization.rounding import divide, whole
from kernel import Rounding


@given(
    numerator=st.integers(0, 10**12),
    denominator=st.integers(1, 10**6),
    rounding=st.sampled_from(Rounding),
)
def test_division_rounds_as_the_exact_decimal_does(
    numerator: int, denominator: int, rounding: Rounding
) -> None:
    expected = rounding.apply(Decimal(numerator) / Decimal(denominator))

    assert divide(numerator, denominator, rounding) == expected
    assert divide(np.array([numerator]), denominator, rounding).tolist() == [expected]


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        (Rounding.HALF_UP, [1, 2, 3]),
        (Rounding.HALF_EVEN, [0, 2, 2]),
        (Rounding.UP, [1, 2, 3]),
        (Rounding.DOWN, [0, 1, 2]),
    ],
)
def test_ties_go_where_the_mode_says(rounding: Rounding, expected: list[int]) -> None:
    assert divide(np.array([1, 3, 5]), 2, rounding).tolist() == expected


def test_a_larger_unit_is_rounded_to_whole_ones() -> None:
    assert whole(Fraction(12_350, 1), Rounding.UP, unit=100) == 12_400
