"""The conventions that decide the cents: data on the product, copied onto the loan."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from amortization.daycount import DayCount
from amortization.errors import UnusableTerms
from amortization.frequency import Frequency
from kernel import Rounding


class Method(StrEnum):
    """How principal comes back."""

    EQUAL_INSTALLMENT = "equal_installment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_FIRST = "interest_first"
    BULLET = "bullet"


class Remainder(StrEnum):
    """Which installment takes what rounding leaves over."""

    LAST = "last"
    FIRST = "first"


class InstallmentBasis(StrEnum):
    """What the level installment assumes: equal periods, or each with its own days."""

    EQUAL_PERIODS = "equal_periods"
    ACTUAL_PERIODS = "actual_periods"


@dataclass(frozen=True, slots=True)
class Conventions:
    """How a product counts, rounds and repays.

    Attributes:
        method: how principal comes back.
        frequency: how often an installment falls due.
        day_count: how days become parts of a year.
        interest_rounding: how the interest of a period becomes minor units.
        installment_rounding: how the level installment, or the equal part of principal, becomes
            whole units.
        installment_unit: that unit, in minor units: 1 for cents, 100 for whole dollars.
        remainder: which installment takes what rounding leaves over.
        installment_basis: what the level installment is computed from.
        compounding_per_year: how often the nominal rate compounds; None compounds with the
            installments. Canadian mortgages compound twice a year (Interest Act, R.S.C. 1985, c.
            I-15, s. 6).
        period_rate_decimals: decimals to which the rate of one period is rounded half up; None
            keeps it exact.
        carry_balance: keep the balance unrounded from row to row, as some textbooks print it. Shown
            balances may then differ by a unit from what the rows add up to: for comparison, not for
            booking.
    """

    method: Method
    frequency: Frequency
    day_count: DayCount
    interest_rounding: Rounding
    installment_rounding: Rounding
    installment_unit: int = 1
    remainder: Remainder = Remainder.LAST
    installment_basis: InstallmentBasis = InstallmentBasis.EQUAL_PERIODS
    compounding_per_year: int | None = None
    period_rate_decimals: int | None = None
    carry_balance: bool = False

    def __post_init__(self) -> None:
        """Refuse a unit or a compounding that cannot be counted."""
        if self.installment_unit < 1:
            raise UnusableTerms(field="installment_unit", why="it must be at least one minor unit")
        if self.compounding_per_year is not None and self.compounding_per_year < 1:
            raise UnusableTerms(field="compounding_per_year", why="it must be at least one")

    def to_json(self) -> dict[str, Any]:
        """Return the plain form that is stored on the product and on the loan."""
        return {
            name: str(value) if isinstance(value, StrEnum) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read the plain form back; what an older one does not name has its default.

        Raises:
            ValueError: a value is none of its choices.
            TypeError: a name is unknown, or one that has no default is missing.
        """
        return cls(**{name: _READERS.get(name, _as_is)(value) for name, value in stored.items()})


def _as_is(value: Any) -> Any:
    return value


_READERS: dict[str, Any] = {
    "method": Method,
    "frequency": Frequency,
    "day_count": DayCount,
    "interest_rounding": Rounding,
    "installment_rounding": Rounding,
    "remainder": Remainder,
    "installment_basis": InstallmentBasis,
}
