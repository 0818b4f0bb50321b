"""Schedules of many loans at once, each cent the same as `schedule()` gives.

Interest is computed in whole numbers throughout. The level installment is computed in floats, and
every value that lies within their doubt of a rounding boundary is computed again, exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from amortization.contract import Contract
from amortization.conventions import (
    Conventions,
    FirstPeriod,
    InstallmentBasis,
    Method,
    Remainder,
)
from amortization.daycount import DayCount
from amortization.errors import UnusableTerms
from amortization.interest import lengths
from amortization.level import level_installment, level_over
from amortization.rounding import divide
from amortization.schedule import schedule
from kernel import Currency, Money, Rate, Rounding

Minor: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

_RATE_UNITS = 10**8
_LIMIT = 2**63
# Far more than a few hundred roundings of 2^-53 can add up to, and still one value in a million.
_DOUBT = 1e-12
# So many loans at a time that the columns being worked on stay in the processor's cache.
_BLOCK = 8192
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class BulkSchedule:
    """Schedules as int64 arrays of minor units: one line per loan, one column per due day.

    Attributes:
        installment: the regular one of each loan.
        principal: shape (loans, due days); nothing after a loan has ended early.
        interest: likewise.
    """

    installment: Minor
    principal: Minor
    interest: Minor


@dataclass(frozen=True, slots=True)
class _Terms:
    """What all loans of a call share: the rules, and the length of each period in periods."""

    rules: Conventions
    lengths: list[Fraction]
    count: int

    @property
    def per_year(self) -> int:
        return self.rules.frequency.periods_per_year

    def factor(self, rate_e8: int, length: Fraction) -> Fraction:
        return Fraction(rate_e8, _RATE_UNITS * self.per_year) * length


def schedules(
    principal: Minor,
    rate_e8: Minor,
    installments: int,
    conventions: Conventions,
    *,
    start: date | None = None,
    first_due: date | None = None,
) -> BulkSchedule:
    """Return the schedules of loans that share their term, their conventions and their days.

    Args:
        principal: minor units, one per loan.
        rate_e8: nominal yearly rates in hundred-millionths, one per loan.
        installments: how many periods each runs.
        conventions: how they are counted and rounded.
        start: the day from which interest runs; only EQUAL_PERIODS does without.
        first_due: the first due day; None is one period after the start.

    Raises:
        UnusableTerms: the day count needs a start, a loan's terms cannot be scheduled, or they ask
            for something on the day of the payout, for which there is no column.
    """
    if start is None and conventions.day_count is not DayCount.EQUAL_PERIODS:
        raise UnusableTerms(field="start", why="this day count needs to know the days")
    if principal.size and (principal.min() < 1 or rate_e8.min() < 0):
        raise UnusableTerms(field="principal", why="it must be positive, and no rate negative")
    sample = Contract(
        Money(1, Currency.USD),
        Rate.from_e8(0),
        installments,
        start or _ANY_DAY,
        first_due,
        conventions,
    )
    upfront = conventions.first_period is FirstPeriod.BROKEN_UPFRONT
    if upfront or conventions.down_payment.value:
        raise UnusableTerms(field="conventions", why="the day of the payout has no column here")
    if _is_plain(conventions):
        return _in_blocks(principal.astype(np.int64), rate_e8.astype(np.int64), sample)
    return _one_by_one(principal, rate_e8, sample)


def _is_plain(conventions: Conventions) -> bool:
    """Say whether all loans walk through the same periods at plain parts of their yearly rates."""
    compounding = conventions.compounding_per_year
    return (
        compounding in {None, conventions.periods_per_year}
        and conventions.every == 1
        and conventions.period_rate_decimals is None
        and conventions.remainder is not Remainder.ADJUSTED
        and conventions.installment_basis is not InstallmentBasis.STARTING_MONTH
        and not conventions.carry_balance
        and not conventions.beyond_billing()
    )


def _in_blocks(principal: Minor, rate_e8: Minor, sample: Contract) -> BulkSchedule:
    boundaries = sample.boundaries(sample.installments)
    terms = _Terms(sample.conventions, lengths(sample, boundaries), sample.installments)
    installment = np.empty(principal.size, np.int64)
    parts = np.empty((2, len(terms.lengths), principal.size), np.int64)
    for begin in range(0, principal.size, _BLOCK):
        block = slice(begin, begin + _BLOCK)
        installment[block] = _fill(principal[block], rate_e8[block], terms, parts[:, :, block])
    return BulkSchedule(installment, parts[0].T, parts[1].T)


def _fill(principal: Minor, rate_e8: Minor, terms: _Terms, parts: Minor) -> Minor:
    """Fill one block's principal and interest, due day by due day; return its installments."""
    level = _level(principal, rate_e8, terms)
    _walk(principal, rate_e8, terms, (level, level), parts)
    if terms.rules.remainder is Remainder.FIRST:
        first = level + _left_over(rate_e8, terms, level, parts)
        _walk(principal, rate_e8, terms, (first, level), parts)
    if terms.rules.method is Method.EQUAL_INSTALLMENT:
        return level
    regular: Minor = parts[0, 0] + parts[1, 0]
    return regular


def _walk(
    principal: Minor, rate_e8: Minor, terms: _Terms, asks: tuple[Minor, Minor], parts: Minor
) -> None:
    """Walk through the due days; of `asks`, one is for the first row and one for the others."""
    is_level = terms.rules.method is Method.EQUAL_INSTALLMENT
    unpaid = principal.copy()
    for column, length in enumerate(terms.lengths):
        interest = _interest(unpaid, rate_e8, length, terms)
        ask = asks[column > 0]
        wish = ask - interest if is_level else ask
        is_last = column == len(terms.lengths) - 1
        parts[0, column] = unpaid if is_last else np.clip(wish, 0, unpaid)
        parts[1, column] = interest
        unpaid -= parts[0, column]


def _interest(unpaid: Minor, rate_e8: Minor, length: Fraction, terms: _Terms) -> Minor:
    """Return the interest of one period; in longer numbers where 64 bits fall short."""
    share = length / (_RATE_UNITS * terms.per_year)
    top = int(unpaid.max()) * int(rate_e8.max()) * share.numerator
    fits = 2 * top + 2 * share.denominator < _LIMIT
    wide = unpaid if fits else unpaid.astype(object)
    numerator = wide * rate_e8 * share.numerator
    rounded: Minor = divide(numerator, share.denominator, terms.rules.interest_rounding)
    return rounded if fits else rounded.astype(np.int64)


def _level(principal: Minor, rate_e8: Minor, terms: _Terms) -> Minor:
    """Return what stays the same from row to row: the installment, or the part of principal."""
    rules = terms.rules
    if rules.method in {Method.INTEREST_FIRST, Method.BULLET}:
        return np.zeros_like(principal)
    unit = rules.installment_unit
    even: Minor = divide(principal, terms.count * unit, rules.installment_rounding) * unit
    if rules.method is Method.EQUAL_PRINCIPAL:
        return even
    guess = _annuity(rate_e8, terms) * principal / unit

    def exactly(loan: int) -> int:
        return _exact_level(int(principal[loan]), int(rate_e8[loan]), terms) // unit

    settled = _settled(guess, rules.installment_rounding, exactly) * unit
    return np.where(rate_e8 == 0, even, settled)


def _annuity(rate_e8: Minor, terms: _Terms) -> Floats:
    """Return the level installment of one unit, in floats; of no use where the rate is zero."""
    rate = np.where(rate_e8 == 0, 1, rate_e8) / (_RATE_UNITS * terms.per_year)
    if terms.rules.installment_basis is InstallmentBasis.EQUAL_PERIODS:
        annuity: Floats = rate / -np.expm1(-terms.count * np.log1p(rate))
        return annuity
    discount, worth = np.ones_like(rate), np.zeros_like(rate)
    for length in terms.lengths:
        discount /= 1 + rate * float(length)
        worth += discount
    return 1 / worth


def _exact_level(principal: int, rate_e8: int, terms: _Terms) -> int:
    rules = terms.rules
    rounding, unit = rules.installment_rounding, rules.installment_unit
    if rules.installment_basis is InstallmentBasis.ACTUAL_PERIODS:
        factors = [terms.factor(rate_e8, length) for length in terms.lengths]
        return level_over(principal, factors, rounding=rounding, unit=unit)
    each = terms.factor(rate_e8, Fraction(1))
    return level_installment(principal, each, terms.count, rounding=rounding, unit=unit)


def _left_over(rate_e8: Minor, terms: _Terms, level: Minor, parts: Minor) -> Minor:
    """Return the principal that the first row must take for the last to ask what the others ask."""
    if terms.rules.method in {Method.INTEREST_FIRST, Method.BULLET}:
        return np.zeros_like(level)
    runs_to_the_end = parts[0, -1] > 0
    if terms.rules.method is Method.EQUAL_PRINCIPAL:
        return np.where(runs_to_the_end, parts[0, -1] - level, 0)
    excess = parts[0, -1] + parts[1, -1] - level
    later = terms.lengths[1:]
    rate = rate_e8 / (_RATE_UNITS * terms.per_year)
    growth = prod((1 + rate * float(length) for length in later), start=np.ones_like(rate))

    def exactly(loan: int) -> int:
        factors = (1 + terms.factor(int(rate_e8[loan]), length) for length in later)
        return round(int(excess[loan]) / prod(factors, start=Fraction(1)))

    share = _settled(excess / growth, Rounding.HALF_EVEN, exactly)
    return np.where(runs_to_the_end, share, 0)


def _settled(guess: Floats, rounding: Rounding, exactly: Callable[[int], int]) -> Minor:
    """Round guesses, and ask `exactly` for those too near to where the rounding turns."""
    is_half = rounding in {Rounding.HALF_UP, Rounding.HALF_EVEN}
    turned = guess + 0.5 if is_half else guess
    settled = np.ceil(turned) if rounding is Rounding.UP else np.floor(turned)
    whole: Minor = settled.astype(np.int64)
    doubtful = np.abs(turned - np.rint(turned)) <= _DOUBT * (1 + np.abs(guess))
    for loan in np.flatnonzero(doubtful).tolist():
        whole[loan] = exactly(loan)
    return whole


def _one_by_one(principal: Minor, rate_e8: Minor, sample: Contract) -> BulkSchedule:
    """Schedule each loan by itself, for conventions too rare to deserve columns of their own."""
    columns = len(sample.due_dates())
    installment = np.zeros(principal.size, np.int64)
    parts = np.zeros((2, principal.size, columns), np.int64)
    for loan, (amount, rate) in enumerate(zip(principal.tolist(), rate_e8.tolist(), strict=True)):
        promised = schedule(
            replace(sample, principal=Money(amount, Currency.USD), rate=Rate.from_e8(rate))
        )
        installment[loan] = promised.installment.minor
        for column, row in enumerate(promised.rows):
            parts[:, loan, column] = row.principal.minor, row.interest.minor
    return BulkSchedule(installment, parts[0], parts[1])
