"""Money: whole minor units of one currency."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import total_ordering
from typing import Self

from kernel.errors import Invalid


class Currency(StrEnum):
    """An ISO 4217 currency the book can hold."""

    USD = "USD"
    CNY = "CNY"
    EUR = "EUR"
    GBP = "GBP"
    JPY = "JPY"

    @property
    def exponent(self) -> int:
        """How many decimals the minor unit stands for (ISO 4217)."""
        return 0 if self is Currency.JPY else 2


class CurrencyMismatch(Invalid):
    """{left} and {right} cannot be put together; convert one of them first."""


class UnusableAmount(Invalid):
    """“{text}” is not an amount of {currency}.

    Write digits with at most {decimals} decimals, such as {example}.
    """


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer minor units. It has no truth value, no division and no float."""

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        """Refuse anything but a whole number of minor units."""
        if type(self.minor) is not int:
            raise TypeError("Money takes an int of minor units")
        object.__setattr__(self, "currency", Currency(self.currency))

    @classmethod
    def zero(cls, currency: Currency) -> Self:
        """Return nothing, in `currency`."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: Currency) -> Self:
        """Read a plain decimal string.

        Raises:
            UnusableAmount: it is not a number, or is finer than the minor unit.
        """
        scale = currency.exponent
        try:
            minor = Decimal(text.strip()).scaleb(scale)
            exact = minor == minor.to_integral_value()
        except (ArithmeticError, ValueError):
            exact = False
        if not exact or not minor.is_finite():
            example = str(Decimal(1234).quantize(Decimal(1).scaleb(-scale)))
            raise UnusableAmount(text=text, currency=currency, decimals=scale, example=example)
        return cls(int(minor), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-self.currency.exponent)

    def _minor_of(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError(f"Money cannot be put together with {type(other).__name__}")
        if other.currency is not self.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        """Add the same currency."""
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Subtract the same currency."""
        return Money(self.minor - self._minor_of(other), self.currency)

    def __neg__(self) -> "Money":
        """Turn the sign."""
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        """Multiply by a whole number; rates multiply in `Rate`, where the rounding is named."""
        if type(count) is not int:
            raise TypeError("Money is multiplied by whole numbers only")
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Compare within one currency."""
        return self.minor < self._minor_of(other)

    def __bool__(self) -> bool:
        """Refuse a truth value: ask `is_zero` or `is_positive`."""
        raise TypeError("Money has no truth value; ask is_zero or is_positive")

    @property
    def is_zero(self) -> bool:
        """Whether nothing is left."""
        return self.minor == 0

    @property
    def is_positive(self) -> bool:
        """Whether there is something to move."""
        return self.minor > 0

    def __str__(self) -> str:
        """Return the plain form, such as `1,234.50 USD`; screens format by locale."""
        return f"{self.decimal:,} {self.currency}"
