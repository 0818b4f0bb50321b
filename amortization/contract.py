"""What is agreed (Contract) and what follows from it, row by row (Schedule)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from amortization.conventions import Conventions, Method
from amortization.daycount import DayCount, year_fraction
from amortization.errors import UnusableTerms
from amortization.frequency import Timetable
from kernel import Money, Rate


@dataclass(frozen=True, slots=True)
class RateChange:
    """A later rate: from installment `number` on; `recast` spreads the balance anew."""

    number: int
    rate: Rate
    recast: bool = True


@dataclass(frozen=True, slots=True)
class Contract:
    """The terms from which every figure of a loan follows.

    Attributes:
        principal: what is lent.
        rate: the nominal rate of a year.
        installments: how many periods the loan runs.
        start: the day from which interest runs.
        first_due: the first due day; None is one period after the start.
        conventions: how it is counted and rounded.
        amortized_over: periods over which the level installment is spread; more than `installments`
            leaves a balloon.
        fixed_installment: an agreed installment, instead of the computed one; the loan ends when it
            is repaid.
        rate_changes: later rates, by ascending installment number.
    """

    principal: Money
    rate: Rate
    installments: int
    start: date
    first_due: date | None
    conventions: Conventions
    amortized_over: int | None = None
    fixed_installment: Money | None = None
    rate_changes: tuple[RateChange, ...] = ()

    def __post_init__(self) -> None:
        """Refuse terms that no schedule can follow."""
        _require(self.principal.is_positive, "principal", "it must be more than nothing")
        _require(self.rate.value >= 0, "rate", "it must not be negative")
        _require(self.installments > 0, "installments", "there must be at least one")
        _require(self.timetable.first_due > self.start, "first_due", "it must come after the start")
        spread = self.amortized_over or self.installments
        _require(spread >= self.installments, "amortized_over", "it must not end before the loan")
        bullet = self.conventions.method is Method.BULLET
        _require(
            not (bullet and self.rate_changes),
            "rate_changes",
            "a bullet loan has one rate to its end",
        )

    @property
    def timetable(self) -> Timetable:
        """The due days; where the first merely follows the start, the start's day anchors them."""
        frequency = self.conventions.frequency
        regular = Timetable(self.start, frequency, self.start.day).due(2)
        if self.first_due is None or self.first_due == regular:
            return Timetable(regular, frequency, self.start.day)
        return Timetable(self.first_due, frequency, self.first_due.day)

    @property
    def maturity(self) -> date:
        """The last agreed due day."""
        return self.timetable.due(self.installments)

    def due_dates(self) -> list[date]:
        """Return the days on which something falls due; a bullet loan has one."""
        if self.conventions.method is Method.BULLET:
            return [self.maturity]
        timetable = self.timetable
        return [timetable.due(number) for number in range(1, self.installments + 1)]

    def years(self, start: date, end: date) -> Fraction:
        """Return the part of a year from `start` to `end` under the day count, exact."""
        conventions = self.conventions
        if conventions.day_count is DayCount.EQUAL_PERIODS:
            return self.timetable.periods(start, end) / conventions.frequency.periods_per_year
        return year_fraction(start, end, conventions.day_count, termination=self.maturity)


@dataclass(frozen=True, slots=True)
class Installment:
    """One row: what falls due on a day, and what is still owed after it is paid."""

    number: int
    due_on: date
    principal: Money
    interest: Money
    balance: Money

    @property
    def amount(self) -> Money:
        """What is to be paid on that day."""
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class Schedule:
    """The rows that a contract promises.

    Attributes:
        contract: what was agreed.
        installment: the regular one, as a quote states it.
        rows: every installment, by ascending number.
    """

    contract: Contract
    installment: Money
    rows: tuple[Installment, ...]

    @property
    def total_interest(self) -> Money:
        """All interest of a loan paid exactly as promised."""
        nothing = Money.zero(self.installment.currency)
        return sum((row.interest for row in self.rows), start=nothing)

    @property
    def total(self) -> Money:
        """Everything the borrower pays back."""
        nothing = Money.zero(self.installment.currency)
        return sum((row.amount for row in self.rows), start=nothing)

    @property
    def maturity(self) -> date:
        """The day of the last row."""
        return self.rows[-1].due_on

    @property
    def balloon(self) -> Money:
        """What the last row asks beyond the regular installment; negative where it asks less."""
        return self.rows[-1].amount - self.installment


def _require(holds: bool, field: str, why: str) -> None:  # noqa: FBT001 - it reads as a sentence
    if not holds:
        raise UnusableTerms(field=field, why=why)
