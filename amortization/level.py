"""The level installment: the same amount every period, repaying the balance with its interest."""

from collections.abc import Iterable
from fractions import Fraction

from amortization.rounding import divide, whole
from kernel import Rounding


def level_installment(
    balance: int, rate: Fraction, count: int, *, rounding: Rounding, unit: int
) -> int:
    """Return the level installment over `count` equal periods, in multiples of `unit`.

    The annuity formula B·i·(1+i)^n / ((1+i)^n - 1) in whole numbers throughout, so that an exact
    cent stays one.
    """
    if rate == 0:
        return int(divide(balance, count * unit, rounding)) * unit
    grown = (rate.numerator + rate.denominator) ** count
    plain = rate.denominator**count
    owed = balance * rate.numerator * grown
    return int(divide(owed, rate.denominator * (grown - plain) * unit, rounding)) * unit


def level_over(balance: int, factors: Iterable[Fraction], *, rounding: Rounding, unit: int) -> int:
    """Return the level installment over periods that each have their own interest factor.

    The balance divided by the sum of the discount factors, exact before it is rounded.
    """
    discount, worth = Fraction(1), Fraction(0)
    for factor in factors:
        discount /= 1 + factor
        worth += discount
    return whole(balance / worth, rounding, unit=unit)
