"""What is agreed (Contract) and what follows from it, row by row (Schedule)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import count, pairwise

from amortization.businessdays import BusinessDays, adjusted
from amortization.conventions import Conventions, FirstPeriod, Method
from amortization.daycount import DayCount, year_fraction
from amortization.errors import UnusableTerms
from amortization.frequency import Frequency, Timetable
from kernel import Money, Rate, add_months, is_month_end


@dataclass(frozen=True, slots=True)
class RateChange:
    """A later rate: from installment `number` on; `recast` spreads the balance anew."""

    number: int
    rate: Rate
    recast: bool = True


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A later rate by its day: the night that begins on `on` is the first that bears it.

    `recast` spreads the balance anew from the installment in whose period the day lies. A contract
    that lets a rate hold "from the end of the day before" a day names the day before.
    """

    on: date
    rate: Rate
    recast: bool = True


@dataclass(frozen=True, slots=True)
class Advance:
    """A later part of the loan: it bears interest from `on`, and the installments are recast."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Contract:
    """The terms from which every figure of a loan follows.

    Attributes:
        principal: what is lent on the first day.
        rate: the nominal rate of a year.
        installments: how many periods the loan runs.
        start: the day from which interest runs.
        first_due: the first due day; None is one period after the start, or the first due day of
            the conventions after it.
        conventions: how it is counted and rounded.
        amortized_over: periods over which the level installment is spread; more than `installments`
            leaves a balloon.
        fixed_installment: an agreed installment, instead of the computed one; the loan ends when it
            is repaid.
        rate_changes: later rates, by ascending installment number.
        dated_rates: later rates, by ascending day.
        advances: later parts of the loan, by ascending day.
        due_days: the days on which installments fall due, where they were fixed when the loan was
            booked, for calendars change; None computes them.
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
    dated_rates: tuple[DatedRate, ...] = ()
    advances: tuple[Advance, ...] = ()
    due_days: tuple[date, ...] | None = None

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
        if self.due_days is not None or self.conventions.calendar is not None:
            self._check_days()
        self._check_later()

    def _check_days(self) -> None:
        days = self.due_dates()
        expected = 1 if self.conventions.method is Method.BULLET else self.installments
        _require(len(days) == expected, "due_days", "every installment has one")
        ascending = all(sooner < later for sooner, later in pairwise([self.start, *days]))
        _require(ascending, "due_days", "each must come after the one before")

    def _check_later(self) -> None:
        rules, flat = self.conventions, self.conventions.method is Method.FLAT
        grace = max(rules.principal_grace, rules.interest_grace, rules.interest_free)
        _require(grace == 0 or grace < self.installments, "principal_grace", "it outlasts the loan")
        agreed = self.rate_changes or self.dated_rates or self.advances or self.amortized_over
        _require(not (flat and agreed), "method", "flat interest is settled for the whole term")
        # A regular first period may be reckoned from before the payout; nothing is paid out then.
        payout = max(self.start, self.interest_start)
        later = (
            ("dated_rates", self.dated_rates, self.interest_start),
            ("advances", self.advances, payout),
        )
        for name, events, since in later:
            days = [event.on for event in events]
            _require(days == sorted(days), name, "they must stand by ascending day")
            within = not days or since <= days[0] <= days[-1] < self.maturity
            _require(within, name, "they must lie between the start and the end")
        positive = all(advance.amount.is_positive for advance in self.advances)
        _require(positive, "advances", "each must be more than nothing")
        split = self.advances and rules.down_payment.value
        _require(not split, "advances", "a down payment belongs to one payout")

    @property
    def timetable(self) -> Timetable:
        """The agreed due days; where the first merely follows the start, that anchors them."""
        rules = self.conventions
        if self.first_due is None and rules.due_day is not None:
            return self._along(self._first_on(rules.due_day), rules.due_day)
        anchor = 31 if rules.keep_month_end and is_month_end(self.start) else self.start.day
        regular = self._along(self.start, anchor).due(2)
        if rules.due_day is None and self.first_due in {None, regular}:
            return self._along(regular, anchor)
        first_due = self.first_due or regular
        ends = rules.keep_month_end and is_month_end(first_due)
        wished = rules.due_day or (31 if ends else first_due.day)
        timetable = self._along(first_due, wished)
        return timetable if timetable.due(1) == first_due else self._along(first_due, first_due.day)

    def _along(self, first_due: date, anchor: int) -> Timetable:
        rules = self.conventions
        return Timetable(first_due, rules.frequency, anchor, rules.every, rules.month_end)

    def _first_on(self, due_day: int) -> date:
        """Find the first due day on a day of the month, some days after the start."""
        rules = self.conventions
        months = max(1, 12 // rules.periods_per_year)
        halves = rules.frequency is Frequency.SEMIMONTHLY
        search = Timetable(
            add_months(self.start, int(months) - 1, anchor=2),
            Frequency.SEMIMONTHLY if halves else Frequency.MONTHLY,
            due_day,
            month_end=rules.month_end,
        )
        soonest = max(1, rules.first_period_days)
        days = (search.due(number) for number in count(1))
        return next(day for day in days if (self._moved(day) - self.start).days >= soonest)

    @property
    def maturity(self) -> date:
        """The last due day."""
        return self.due(self.installments)

    def due(self, number: int) -> date:
        """Return the day on which installment `number` is due, moved to a working day if agreed."""
        if self.due_days is not None:
            return self.due_days[min(number, len(self.due_days)) - 1]
        return self._moved(self.timetable.due(number))

    def due_dates(self) -> list[date]:
        """Return the days on which something falls due; a bullet loan has one."""
        if self.due_days is not None:
            return list(self.due_days)
        if self.conventions.method is Method.BULLET:
            return [self.maturity]
        timetable = self.timetable
        days = [timetable.due(number) for number in range(1, self.installments + 1)]
        return days if self.conventions.calendar is None else [self._moved(day) for day in days]

    def boundaries(self, periods: int) -> list[date]:
        """Return the days between which the interest of each of so many periods is counted."""
        timetable, rules = self.timetable, self.conventions
        single = rules.method is Method.BULLET
        numbers = [self.installments] if single else range(1, periods + 1)
        days = [timetable.due(number) for number in numbers]
        if rules.interest_follows_date or not self.counts_whole_periods:
            paid = self.due_dates()
            days = [*paid[: len(days)], *days[len(paid) :]]
        return [self.start if single else self.interest_start, *days]

    @property
    def is_due_on_boundaries(self) -> bool:
        """Whether interest is counted to the very days on which something falls due."""
        return self.due_days is None and self.conventions.calendar is None

    @property
    def interest_start(self) -> date:
        """The day on which the first period begins, for interest."""
        rule = self.conventions.first_period
        if rule is FirstPeriod.COUNTED:
            return self.start
        regular = self.timetable.due(0)
        return regular if rule is FirstPeriod.REGULAR else max(regular, self.start)

    @property
    def counts_whole_periods(self) -> bool:
        """Whether interest is counted between the agreed days of the timetable."""
        moves = self.conventions.business_days is not BusinessDays.UNADJUSTED
        if moves:
            return not self.conventions.interest_follows_date
        return self.due_days is None

    def years(self, start: date, end: date) -> Fraction:
        """Return the part of a year from `start` to `end` under the day count, exact."""
        conventions = self.conventions
        if conventions.day_count is DayCount.EQUAL_PERIODS:
            return self.timetable.periods(start, end) / conventions.periods_per_year
        return year_fraction(start, end, conventions.day_count, termination=self.maturity)

    def _moved(self, day: date) -> date:
        rules = self.conventions
        if rules.calendar is None:
            return day
        return adjusted(day, rules.business_days, calendar=rules.calendar)


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
        rows: every installment, by ascending number; number 0 is what is due on the day of the
            payout.
    """

    contract: Contract
    installment: Money
    rows: tuple[Installment, ...]

    @property
    def lent(self) -> Money:
        """All that is paid out, at once or later."""
        contract = self.contract
        return sum((advance.amount for advance in contract.advances), start=contract.principal)

    @property
    def capitalized(self) -> Money:
        """The interest that has become principal."""
        nothing = Money.zero(self.installment.currency)
        return sum((row.principal for row in self.rows), start=nothing) - self.lent

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
