"""Exact division of whole numbers, rounded once: of one loan or of a whole array."""

from fractions import Fraction
from typing import Any

from kernel import Rounding


def divide(numerator: Any, denominator: Any, rounding: Rounding) -> Any:
    """Return `numerator / denominator` as a whole number, rounded once and without any float.

    Args:
        numerator: a Python int or an int64 array, never negative.
        denominator: likewise, positive; the caller sees to it that three times the larger fits its
            type.
        rounding: how a part of a unit is settled.
    """
    if rounding is Rounding.DOWN:
        return numerator // denominator
    if rounding is Rounding.UP:
        return -(-numerator // denominator)
    twice = 2 * denominator
    raised = 2 * numerator + denominator
    quotient = raised // twice
    if rounding is Rounding.HALF_UP:
        return quotient
    is_tie = quotient * twice == raised
    return quotient - (quotient & 1) * is_tie


def whole(value: Fraction, rounding: Rounding, *, unit: int = 1) -> int:
    """Round an exact, non-negative value to a multiple of `unit`."""
    return int(divide(value.numerator, value.denominator * unit, rounding)) * unit
