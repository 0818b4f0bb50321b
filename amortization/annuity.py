"""The time value of money: level payments and what they are worth, in Decimal.

One equation ties it together: pv·(1+i)^n + pmt·(1+i·w)·((1+i)^n - 1)/i + fv = 0, where w is 1 for
payments at the beginning of a period. Money received is positive, money paid is negative.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from enum import IntEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from amortization.roots import nearest_root, roots

DIGITS = 50

P = ParamSpec("P")
R = TypeVar("R")

_ZERO = Decimal(0)
_USUAL_RATE = Decimal("0.1")


class When(IntEnum):
    """When in its period a payment is made."""

    END = 0
    BEGIN = 1


def _precise(function: Callable[P, R]) -> Callable[P, R]:
    """Let `function` count with fifty digits, whatever the caller's context."""

    @wraps(function)
    def counted(*args: P.args, **kwargs: P.kwargs) -> R:
        with localcontext(prec=DIGITS):
            return function(*args, **kwargs)

    return counted


@_precise
def pmt(
    rate: Decimal, nper: int | Decimal, pv: Decimal, fv: Decimal = _ZERO, *, when: When = When.END
) -> Decimal:
    """Return the level payment that turns `pv` into `fv` over `nper` periods."""
    return -(fv + pv * (1 + rate) ** nper) / _worth_at_the_end(rate, nper, when)


@_precise
def pv(
    rate: Decimal, nper: int | Decimal, pmt: Decimal, fv: Decimal = _ZERO, *, when: When = When.END
) -> Decimal:
    """Return what the payments and the final value are worth today."""
    return -(fv + pmt * _worth_at_the_end(rate, nper, when)) / (1 + rate) ** nper


@_precise
def fv(
    rate: Decimal, nper: int | Decimal, pmt: Decimal, pv: Decimal, *, when: When = When.END
) -> Decimal:
    """Return what is left, or owed, after the last payment."""
    return _final(rate, nper, pmt, pv, when)


@_precise
def nper(
    rate: Decimal, pmt: Decimal, pv: Decimal, fv: Decimal = _ZERO, *, when: When = When.END
) -> Decimal | None:
    """Return how many periods it takes; None where no number of them suffices."""
    if rate == 0:
        return -(fv + pv) / pmt if pmt else None
    perpetual = pmt * (1 + rate * when) / rate
    start, end = pv + perpetual, perpetual - fv
    if start * end <= 0:
        return None
    return (end / start).ln() / (1 + rate).ln()


@_precise
def ipmt(
    rate: Decimal,
    per: int,
    nper: int | Decimal,
    pv: Decimal,
    fv: Decimal = _ZERO,
    *,
    when: When = When.END,
) -> Decimal | None:
    """Return the interest within payment `per`, counted from 1; None before the first."""
    if per < 1:
        return None
    if when is When.BEGIN and per == 1:
        return _ZERO
    owed = _final(rate, per - 1, pmt(rate, nper, pv, fv, when=when), pv, when)
    return owed * rate / (1 + rate * when)


@_precise
def ppmt(
    rate: Decimal,
    per: int,
    nper: int | Decimal,
    pv: Decimal,
    fv: Decimal = _ZERO,
    *,
    when: When = When.END,
) -> Decimal | None:
    """Return the principal within payment `per`, counted from 1; None before the first."""
    interest = ipmt(rate, per, nper, pv, fv, when=when)
    return None if interest is None else pmt(rate, nper, pv, fv, when=when) - interest


@_precise
def rate(
    nper: int | Decimal, pmt: Decimal, pv: Decimal, fv: Decimal, *, when: When = When.END
) -> Decimal | None:
    """Return the rate of one period above -1, the nearest to 10 %; None where there is none."""

    def owed(growth: Decimal) -> Decimal:
        return fv - _final(growth - 1, nper, pmt, pv, when)

    return nearest_root(owed, 1 + _USUAL_RATE)


@_precise
def npv(rate: Decimal, values: Sequence[Decimal]) -> Decimal:
    """Return what the flows are worth today; the first of them falls today."""
    return _polynomial(values, 1 / (1 + rate))


@_precise
def irr(values: Sequence[Decimal]) -> Decimal | None:
    """Return the rate at which the flows are worth nothing; None where there is none.

    Of several, that of the smallest size is returned, and rather one that is not negative.
    """
    if not min(values) < 0 < max(values):
        return None
    found = roots(lambda growth: _polynomial(values, 1 / growth))
    gains = [rate for rate in found if rate >= 0]
    return min(gains or found, key=abs, default=None)


@_precise
def mirr(
    values: Sequence[Decimal], finance_rate: Decimal, reinvest_rate: Decimal
) -> Decimal | None:
    """Return the rate that turns what was paid, financed, into what came back, reinvested.

    None where nothing was paid or nothing came back.
    """
    paid = npv(finance_rate, [min(value, _ZERO) for value in values])
    received = npv(reinvest_rate, [max(value, _ZERO) for value in values])
    if paid == 0 or received == 0:
        return None
    periods = Decimal(len(values) - 1)
    return (received / -paid) ** (1 / periods) * (1 + reinvest_rate) - 1


def _final(rate: Decimal, nper: int | Decimal, pmt: Decimal, pv: Decimal, when: When) -> Decimal:
    return -(pv * (1 + rate) ** nper + pmt * _worth_at_the_end(rate, nper, when))


def _worth_at_the_end(rate: Decimal, nper: int | Decimal, when: When) -> Decimal:
    """Return what payments of one are worth at the last period's end."""
    if rate == 0:
        return Decimal(nper)
    return (1 + rate * when) * ((1 + rate) ** nper - 1) / rate


def _polynomial(values: Sequence[Decimal], discount: Decimal) -> Decimal:
    worth = _ZERO
    for value in reversed(values):
        worth = worth * discount + value
    return worth
