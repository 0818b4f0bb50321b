"""The conventions that decide the cents: data on the product, copied onto the loan."""

from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self

from amortization.businessdays import BusinessDays, check_calendar
from amortization.daycount import DayCount
from amortization.errors import UnusableTerms
from amortization.frequency import Frequency, MonthEnd
from kernel import Rate, Rounding, UnusableRate

NOTHING = Rate.from_e8(0)
_LAST_DAY = 31


class Method(StrEnum):
    """How principal comes back.

    FLAT repays equal parts, each with an equal part of interest on all that was lent, for the whole
    term (add-on interest).
    """

    EQUAL_INSTALLMENT = "equal_installment"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_FIRST = "interest_first"
    BULLET = "bullet"
    FLAT = "flat"


class Remainder(StrEnum):
    """Which installment takes what rounding leaves over.

    ADJUSTED leaves it to the last as LAST does, but first moves the level installment wherever that
    brings the last closer to the others: while they differ by more cents than half the number of
    installments, an equal part of the difference goes to each.
    """

    LAST = "last"
    FIRST = "first"
    ADJUSTED = "adjusted"


class InstallmentBasis(StrEnum):
    """What the level installment assumes.

    Equal periods, each with its own days, or all as long as the calendar month of the start.
    """

    EQUAL_PERIODS = "equal_periods"
    ACTUAL_PERIODS = "actual_periods"
    STARTING_MONTH = "starting_month"


class FirstPeriod(StrEnum):
    """What an odd first period costs.

    COUNTED: the interest of its days. REGULAR: that of a regular period, whatever its days.
    The others charge a regular period, and the days before it apart, as broken-period interest:
    with the first installment, in equal parts with all of them, or on the day of the payout.
    """

    COUNTED = "counted"
    REGULAR = "regular"
    BROKEN_FIRST = "broken_first"
    BROKEN_SPREAD = "broken_spread"
    BROKEN_UPFRONT = "broken_upfront"

    @property
    def is_broken(self) -> bool:
        """Whether days before the first regular period are charged apart."""
        return self not in {FirstPeriod.COUNTED, FirstPeriod.REGULAR}


class DeferredInterest(StrEnum):
    """What becomes of the interest of installments that ask for none."""

    COLLECTED = "collected"
    CAPITALIZED = "capitalized"


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
        carry_installment: with a carried balance, take the installment off it unrounded, too.
        every: how many intervals of the frequency lie between two due days.
        due_day: the day of the month on which installments fall due, 31 for its end; None takes the
            day of the start. The first is the first such day after the start, in months to come
            where the frequency skips some.
        first_period_days: how many days at least lie before the first due day found in this way.
        month_end: where a due day goes in a month that lacks it.
        keep_month_end: a loan that starts on the last day of a month pays on last days.
        business_days: where a due day goes that is no working day.
        calendar: whose working days, such as US, US-NY, CN or ECB.
        interest_follows_date: interest runs to the day on which is paid; otherwise to the agreed
            one.
        first_period: what an odd first period costs.
        principal_grace: how many first installments ask for no principal.
        interest_grace: how many first installments ask for no interest, which runs on.
        deferred_interest: what becomes of that interest.
        interest_free: how many first installments cost no interest at all.
        down_payment: the share of the principal that is paid on the day of the payout.
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
    carry_installment: bool = False
    every: int = 1
    due_day: int | None = None
    first_period_days: int = 0
    month_end: MonthEnd = MonthEnd.LAST_DAY
    keep_month_end: bool = False
    business_days: BusinessDays = BusinessDays.UNADJUSTED
    calendar: str | None = None
    interest_follows_date: bool = False
    first_period: FirstPeriod = FirstPeriod.COUNTED
    principal_grace: int = 0
    interest_grace: int = 0
    deferred_interest: DeferredInterest = DeferredInterest.COLLECTED
    interest_free: int = 0
    down_payment: Rate = NOTHING

    def __post_init__(self) -> None:
        """Refuse what cannot be counted, and what contradicts itself."""
        if self.installment_unit < 1:
            raise UnusableTerms(field="installment_unit", why="it must be at least one minor unit")
        if self.compounding_per_year is not None and self.compounding_per_year < 1:
            raise UnusableTerms(field="compounding_per_year", why="it must be at least one")

        for name in ("principal_grace", "interest_grace", "interest_free", "first_period_days"):
            if getattr(self, name) < 0:
                raise UnusableTerms(field=name, why="it must not be negative")
        self._check_days()
        self._check_parts()

    def _check_days(self) -> None:
        by_month = self.frequency not in {Frequency.DAILY, Frequency.WEEKLY, Frequency.BIWEEKLY}
        if self.every < 1:
            raise UnusableTerms(field="every", why="it must be at least one")
        if self.due_day is not None and not (by_month and 1 <= self.due_day <= _LAST_DAY):
            raise UnusableTerms(field="due_day", why="a month has the days 1 to 31, a week none")
        half_months = self.frequency is Frequency.SEMIMONTHLY
        if half_months and (self.every > 1 or self.month_end is not MonthEnd.LAST_DAY):
            raise UnusableTerms(field="frequency", why="half months come one after the other")
        moves = self.business_days is not BusinessDays.UNADJUSTED
        if moves != (self.calendar is not None):
            raise UnusableTerms(
                field="calendar", why="working days need one, and nothing else does"
            )
        if self.calendar is not None:
            check_calendar(self.calendar)

    def _check_parts(self) -> None:
        if not 0 <= self.down_payment.value < 1:
            raise UnusableTerms(field="down_payment", why="it must be a part of the principal")
        single = self.method is Method.BULLET
        if single and (self.principal_grace or self.interest_grace or self.interest_free):
            raise UnusableTerms(field="principal_grace", why="a bullet loan has one installment")
        if self.method is Method.FLAT and self._capitalizes:
            raise UnusableTerms(field="deferred_interest", why="flat interest bears no interest")
        if self.carry_installment and not self.carry_balance:
            raise UnusableTerms(field="carry_installment", why="only a carried balance takes it")
        carried = self.carry_balance and (self._capitalizes or self.remainder is Remainder.ADJUSTED)
        if carried:
            raise UnusableTerms(field="carry_balance", why="it is for comparing plain tables")

    @property
    def _capitalizes(self) -> bool:
        return self.deferred_interest is DeferredInterest.CAPITALIZED and self.interest_grace > 0

    @property
    def periods_per_year(self) -> Fraction:
        """How many periods make a year."""
        return Fraction(self.frequency.periods_per_year, self.every)

    def beyond_billing(self) -> tuple[str, ...]:
        """Name what makes rows that a plain walk through the due days does not find.

        Who bills such a loan has to follow the rows of its schedule.
        """
        changed = tuple(name for name, usual in _BY_ROWS.items() if getattr(self, name) != usual)
        return ("method", *changed) if self.method is Method.FLAT else changed

    def to_json(self) -> dict[str, Any]:
        """Return the plain form that is stored on the product and on the loan.

        What came later than the first products is written only where it is not as usual, so that a
        product whose file did not change keeps its version.
        """
        values = ((field, getattr(self, field.name)) for field in fields(self))
        return {
            field.name: _plain(value)
            for field, value in values
            if field.name in _ALWAYS_STORED or value != field.default
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read the plain form back; what an older one does not name has its default.

        Raises:
            ValueError: a value is none of its choices.
            TypeError: a name is unknown, or one that has no default is missing.
        """
        return cls(**{name: _READERS.get(name, _as_is)(value) for name, value in stored.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, Rate):
        return value.e8
    return str(value) if isinstance(value, StrEnum) else value


def _share(stored: int | str) -> Rate:
    """Read a share: stored in hundred-millionths, written on a product in per cent."""
    if isinstance(stored, int):
        return Rate.from_e8(stored)
    try:
        return Rate.percent(stored)
    except UnusableRate:
        raise UnusableTerms(field="down_payment", why="write a percentage, such as 25") from None


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
    "month_end": MonthEnd,
    "business_days": BusinessDays,
    "first_period": FirstPeriod,
    "deferred_interest": DeferredInterest,
    "down_payment": _share,
}
_ALWAYS_STORED = {
    "method",
    "frequency",
    "day_count",
    "interest_rounding",
    "installment_rounding",
    "installment_unit",
    "remainder",
    "installment_basis",
    "compounding_per_year",
    "period_rate_decimals",
    "carry_balance",
}
_BY_ROWS: dict[str, Any] = {
    "business_days": BusinessDays.UNADJUSTED,
    "first_period": FirstPeriod.COUNTED,
    "principal_grace": 0,
    "interest_grace": 0,
    "interest_free": 0,
    "down_payment": NOTHING,
}
