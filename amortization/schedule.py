"""The schedule of one contract: the function that previews is the one that books."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import prod

from amortization.contract import Contract, Installment, Schedule
from amortization.conventions import InstallmentBasis, Method, Remainder
from amortization.interest import lengths, period_rate
from amortization.level import level_installment, level_over
from amortization.rounding import whole
from kernel import Money, Rate, Rounding

# A carried balance keeps this many parts of a minor unit: far finer than any row shows, and bounded
# in length.
_CARRIED_PARTS = 10**30


@dataclass(frozen=True, slots=True)
class _Period:
    number: int
    due_on: date
    factor: Fraction
    recast_at: Rate | None
    is_last: bool


def schedule(contract: Contract) -> Schedule:
    """Return every installment of `contract`, in order.

    The last row repays whatever is left, so the parts of principal add up to what was lent. No part
    is ever
    negative: where an installment does not cover its interest, the interest is asked and no
        principal. A loan that
    is repaid before its last due day ends there.
    """
    level = _level(contract, contract.principal.minor, contract.rate, number=1)
    rows = _rows(contract, level, extra=0)
    if contract.conventions.remainder is Remainder.FIRST:
        rows = _rows(contract, level, extra=_left_over(contract, level, rows))
    steady = contract.conventions.method is Method.EQUAL_INSTALLMENT
    regular = Money(level, contract.principal.currency) if steady else rows[0].amount
    return Schedule(contract=contract, installment=regular, rows=tuple(rows))


def _rows(contract: Contract, level: int, *, extra: int) -> list[Installment]:
    """Walk through the periods; the first row takes `extra` principal beyond its share."""
    rules = contract.conventions
    unpaid = contract.principal.minor
    owed = Fraction(unpaid)
    rows: list[Installment] = []
    periods = iter(_periods(contract))
    while unpaid > 0:
        period = next(periods)
        if period.recast_at is not None:
            level = _level(contract, unpaid, period.recast_at, number=period.number)
        charged = owed * period.factor
        interest = whole(charged, rules.interest_rounding)
        wish = _principal(rules.method, level, interest) + (extra if period.number == 1 else 0)
        principal = unpaid if period.is_last else max(0, min(wish, unpaid))
        if rules.carry_balance and principal < unpaid:
            owed = _trimmed(owed + charged - interest - principal)
        else:
            owed = Fraction(unpaid - principal)
        unpaid = whole(owed, Rounding.HALF_UP)
        rows.append(_row(contract, period, principal, interest, unpaid))
    return rows


def _row(
    contract: Contract, period: _Period, principal: int, interest: int, balance: int
) -> Installment:
    currency = contract.principal.currency
    return Installment(
        number=period.number,
        due_on=period.due_on,
        principal=Money(principal, currency),
        interest=Money(interest, currency),
        balance=Money(balance, currency),
    )


def _principal(method: Method, level: int, interest: int) -> int:
    """Return the principal a row asks for, before it is held to what is left."""
    if method is Method.EQUAL_INSTALLMENT:
        return level - interest
    return level if method is Method.EQUAL_PRINCIPAL else 0


def _level(contract: Contract, balance: int, rate: Rate, *, number: int) -> int:
    """Return what stays from row `number` on: the installment, or the part of principal."""
    rules = contract.conventions
    rounding, unit = rules.installment_rounding, rules.installment_unit
    count = (contract.amortized_over or contract.installments) - number + 1
    if rules.method is Method.EQUAL_PRINCIPAL:
        return whole(Fraction(balance, count), rounding, unit=unit)
    if contract.fixed_installment is not None:
        return contract.fixed_installment.minor
    if rules.installment_basis is InstallmentBasis.ACTUAL_PERIODS:
        factors = _factors(contract, rate, number, count)
        return level_over(balance, factors, rounding=rounding, unit=unit)
    each = period_rate(rate, rules)
    return level_installment(balance, each, count, rounding=rounding, unit=unit)


def _factors(contract: Contract, rate: Rate, number: int, count: int) -> Iterator[Fraction]:
    """Yield the interest factors of `count` periods from `number` on, as if `rate` stayed."""
    timetable = contract.timetable
    days = [timetable.due(later) for later in range(1, number + count)]
    each = period_rate(rate, contract.conventions)
    return (each * length for length in lengths(contract, days)[number - 1 :])


def _left_over(contract: Contract, level: int, rows: list[Installment]) -> int:
    """Return the principal that the first row must take for the last to ask what the others ask."""
    agreed = contract.amortized_over is not None or contract.fixed_installment is not None
    if agreed or len(rows) < contract.installments:
        return 0
    if contract.conventions.method is Method.EQUAL_PRINCIPAL:
        return rows[-1].principal.minor - level
    if contract.conventions.method is not Method.EQUAL_INSTALLMENT:
        return 0
    later = prod((1 + period.factor for period in _periods(contract)[1:]), start=Fraction(1))
    return round((rows[-1].amount.minor - level) / later)


def _periods(contract: Contract) -> list[_Period]:
    """Return the stretches from due day to due day, each with the interest on one unit over it."""
    rules, days = contract.conventions, contract.due_dates()
    changes = {change.number: change for change in contract.rate_changes}
    each, periods = period_rate(contract.rate, rules), []
    for number, (due_on, length) in enumerate(zip(days, lengths(contract, days), strict=True), 1):
        change = changes.get(number)
        each = each if change is None else period_rate(change.rate, rules)
        recasts = change and change.recast and rules.method is Method.EQUAL_INSTALLMENT
        recast_at = change.rate if change and recasts else None
        periods.append(_Period(number, due_on, each * length, recast_at, number == len(days)))
    return periods


def _trimmed(owed: Fraction) -> Fraction:
    return Fraction(round(owed * _CARRIED_PARTS), _CARRIED_PARTS)
