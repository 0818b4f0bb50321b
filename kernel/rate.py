"""Rates: exact decimal fractions, and the one place where money times a rate is rounded."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Self

from kernel.errors import Invalid
from kernel.money import Money

SCALE = 8


class Rounding(StrEnum):
    """How an exact amount becomes a whole number of units; the product names it."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"

    @property
    def decimal_mode(self) -> str:
        """The name of the mode in `decimal`; amounts rounded here are never negative."""
        return _DECIMAL_MODES[self]

    def apply(self, value: Decimal, *, unit: int = 1) -> int:
        """Round `value` (minor units, exact) to a multiple of `unit` minor units."""
        return int((value / unit).to_integral_value(rounding=self.decimal_mode)) * unit


_DECIMAL_MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.UP: ROUND_CEILING,
    Rounding.DOWN: ROUND_DOWN,
}


class UnusableRate(Invalid):
    """“{text}” is not a rate: write a percentage with at most six decimals, such as 12.61."""


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """A fraction with at most eight decimals: `Rate.percent("12.61").value` is 0.1261."""

    value: Decimal

    def __post_init__(self) -> None:
        """Refuse floats and anything finer than the column that stores it."""
        if not isinstance(self.value, Decimal):
            raise TypeError("Rate takes a Decimal")
        if not self.value.is_finite() or self.value != round(self.value, SCALE):
            raise UnusableRate(text=str(self.value))

    @classmethod
    def percent(cls, text: str | int) -> Self:
        """Read a percentage: `Rate.percent("12.61")` is 0.1261.

        Raises:
            UnusableRate: it is not a number, or is finer than six decimals of a percent.
        """
        try:
            return cls(Decimal(text).scaleb(-2))
        except ArithmeticError:
            raise UnusableRate(text=str(text)) from None

    @classmethod
    def from_e8(cls, units: int) -> Self:
        """Read the stored form: hundred-millionths."""
        return cls(Decimal(units).scaleb(-SCALE))

    @property
    def e8(self) -> int:
        """The stored form: hundred-millionths, exact."""
        return int(self.value.scaleb(SCALE))

    def of(self, amount: Money, *, rounding: Rounding) -> Money:
        """Return this share of `amount`, rounded once to the minor unit."""
        return Money(rounding.apply(self.value * amount.minor), amount.currency)

    def __str__(self) -> str:
        """Return the percentage, such as `12.61%`."""
        return f"{self.value * 100:f}".rstrip("0").rstrip(".") + "%"
