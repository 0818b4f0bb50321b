"""Interest of a stretch of days: exact until the caller rounds it once, by the product's rule."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from amortization.contract import Contract
from amortization.conventions import Conventions
from amortization.daycount import DayCount
from kernel import Money, Rate

DIGITS = 50


def period_interest(
    balance: Money, rate: Rate, start: date, end: date, *, contract: Contract
) -> Decimal:
    """Return the interest on `balance` from `start` to `end` in minor units, unrounded.

    Round it once with `conventions.interest_rounding`. A tie is represented exactly, so that every
    rounding mode decides as it would on the exact fraction.

    Args:
        balance: the principal owed over all of these days.
        rate: the nominal rate of a year in force.
        start: the first day that counts.
        end: the first day that no longer counts.
        contract: whose day count, due days and compounding apply.
    """
    conventions = contract.conventions
    periods = contract.years(start, end) * conventions.periods_per_year
    exact = balance.minor * period_rate(rate, conventions) * periods
    with localcontext(prec=DIGITS):
        return Decimal(exact.numerator) / exact.denominator


def lengths(contract: Contract, days: list[date]) -> list[Fraction]:
    """Return how many periods lie between the boundaries of the contract's first periods."""
    rules = contract.conventions
    if rules.day_count is DayCount.EQUAL_PERIODS and contract.counts_whole_periods:
        whole = [Fraction(1)] * (len(days) - 2)
        return [contract.timetable.periods(days[0], days[1]), *whole]
    return [contract.years(*ends) * rules.periods_per_year for ends in pairwise(days)]


@lru_cache(maxsize=4096)
def period_rate(rate: Rate, conventions: Conventions) -> Fraction:
    """Return the rate of one period: exact, or to fifty digits if it compounds otherwise."""
    per_year = conventions.periods_per_year
    compounding = conventions.compounding_per_year
    exact = Fraction(rate.value) / per_year
    if compounding is not None and compounding != per_year:
        exact = _equivalent(rate, compounding / per_year, compounding)
    return _rounded(exact, conventions.period_rate_decimals)


def _equivalent(rate: Rate, share: Fraction, compounding: int) -> Fraction:
    """Return (1 + j/m)^(m/p) - 1."""
    with localcontext(prec=DIGITS):
        base = 1 + rate.value / compounding
        return Fraction(base ** (Decimal(share.numerator) / share.denominator) - 1)


def _rounded(exact: Fraction, decimals: int | None) -> Fraction:
    if decimals is None:
        return exact
    with localcontext(prec=DIGITS):
        value = Decimal(exact.numerator) / exact.denominator
        return Fraction(value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))
