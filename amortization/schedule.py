"""The schedule of one contract: the function that previews is the one that books."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from math import prod

from amortization.contract import Contract, Installment, Schedule
from amortization.conventions import (
    Conventions,
    DeferredInterest,
    FirstPeriod,
    InstallmentBasis,
    Method,
    Remainder,
)
from amortization.interest import period_rate
from amortization.level import level_installment, level_over
from amortization.periods import Period, assumed_factors, periods
from amortization.rounding import whole
from kernel import Money, Rate, Rounding, add_months

# A carried balance keeps this many parts of a minor unit: far finer than any row shows, and bounded
# in length.
_CARRIED_PARTS = 10**30
_AMORTIZING = {Method.EQUAL_INSTALLMENT, Method.EQUAL_PRINCIPAL, Method.FLAT}


@dataclass(frozen=True, slots=True)
class _Extras:
    """What rows ask for besides the interest of their own period, by the number of the row.

    Attributes:
        down: the principal of row 0.
        broken: broken-period interest.
        flat: the parts of flat interest; empty where interest is counted on the balance.
    """

    down: int = 0
    broken: dict[int, int] = field(default_factory=dict)
    flat: tuple[int, ...] = ()


def schedule(contract: Contract) -> Schedule:
    """Return every installment of `contract`, in order.

    The last row repays whatever is left, so the parts of principal add up to what was lent, with
    the interest that was capitalized. No part is ever negative: where an installment does not cover
    its interest, the interest is asked and no principal. A loan that is repaid before its last due
    day ends there.
    """
    stretches = periods(contract)
    extras = _extras(contract)
    opening = contract.principal.minor - extras.down
    level = _opening_level(contract, opening, stretches, extras)
    rows = _walked(contract, level, opening, stretches, extras)
    if contract.conventions.remainder is Remainder.FIRST:
        extra = _left_over(contract, level, rows, stretches)
        rows = _walked(contract, level, opening, stretches, extras, extra=extra)
    steady = contract.conventions.method in {Method.EQUAL_INSTALLMENT, Method.FLAT}
    regular = Money(level, contract.principal.currency) if steady else rows[0].amount
    return Schedule(contract, regular, (*_row_zero(contract, extras), *rows))


def broken_interest(contract: Contract) -> dict[int, int]:
    """Return the broken-period interest in minor units, by the number of the row that asks it."""
    return _extras(contract).broken


def _extras(contract: Contract) -> _Extras:
    """Return the down payment, the broken-period interest and the parts of flat interest."""
    rules = contract.conventions
    share = Fraction(rules.down_payment.value) * contract.principal.minor
    asked = whole(share, rules.installment_rounding, unit=rules.installment_unit)
    down = min(asked, contract.principal.minor - 1)
    broken = _broken(contract, contract.principal.minor - down)
    flat = _flat_interest(contract) if rules.method is Method.FLAT else ()
    return _Extras(down, broken, flat)


def _broken(contract: Contract, balance: int) -> dict[int, int]:
    """Return the interest of the days before the first regular period, by the row that asks it."""
    rules = contract.conventions
    # A bullet loan has one period, which counts all its days.
    single = rules.method is Method.BULLET
    if single or not rules.first_period.is_broken or contract.interest_start <= contract.start:
        return {}
    part = contract.years(contract.start, contract.interest_start) * rules.periods_per_year
    exact = balance * period_rate(contract.rate, rules) * part
    amount = whole(exact, rules.interest_rounding)
    if rules.first_period is FirstPeriod.BROKEN_UPFRONT:
        return {0: amount}
    if rules.first_period is FirstPeriod.BROKEN_FIRST:
        return {1: amount}
    count = contract.installments
    each = min(whole(Fraction(amount, count), rules.interest_rounding), amount // max(1, count - 1))
    return dict.fromkeys(range(1, count), each) | {count: amount - each * (count - 1)}


def _flat_interest(contract: Contract) -> tuple[int, ...]:
    """Return the interest of each row: the term's, in equal parts; free rows ask for none.

    Rows of interest grace ask for theirs in the rows that follow, in equal parts.
    """
    rules, count = contract.conventions, contract.installments
    term = contract.boundaries(count)
    years = sum((contract.years(*ends) for ends in pairwise(term)), Fraction(0))
    exact = contract.principal.minor * Fraction(contract.rate.value) * years
    total = whole(exact * (count - rules.interest_free) / count, rules.interest_rounding)
    silent = max(rules.interest_free, rules.interest_grace)
    paying = count - silent
    each = min(whole(Fraction(total, paying), rules.interest_rounding), total // max(1, paying - 1))
    return (*[0] * silent, *[each] * (paying - 1), total - each * (paying - 1))


def _opening_level(
    contract: Contract, opening: int, stretches: list[Period], extras: _Extras
) -> int:
    """Return the installment, or the part of principal, with which the loan begins."""
    if contract.conventions.method is Method.FLAT:
        return _flat_level(contract, opening, extras)
    first = stretches[0]
    rate = first.rate if first.recasts else contract.rate
    return _settled_level(contract, opening + first.arriving, rate, stretches)


def _flat_level(contract: Contract, opening: int, extras: _Extras) -> int:
    """Return the flat installment: its principal and its interest, each in whole units."""
    rules = contract.conventions
    if contract.fixed_installment is not None:
        return contract.fixed_installment.minor
    rounding, unit = rules.installment_rounding, rules.installment_unit
    count = contract.installments - rules.principal_grace
    interest = Fraction(extras.flat[-2] if len(extras.flat) > 1 else extras.flat[-1])
    return whole(Fraction(opening, count), rounding, unit=unit) + whole(
        interest, rounding, unit=unit
    )


def _settled_level(contract: Contract, balance: int, rate: Rate, stretches: list[Period]) -> int:
    """Return what stays the same from the first of `stretches` on, adjusted if so agreed."""
    level = _level(contract, balance, rate, stretches[0])
    is_free = contract.fixed_installment is None and contract.amortized_over is None
    rules = contract.conventions
    adjusts = rules.remainder is Remainder.ADJUSTED and rules.method is Method.EQUAL_INSTALLMENT
    return _adjusted(contract, level, balance, rate, stretches) if adjusts and is_free else level


def _level(contract: Contract, balance: int, rate: Rate, first: Period) -> int:
    """Return what stays from a row on: the installment, or the part of principal."""
    rules = contract.conventions
    if rules.method not in _AMORTIZING:
        return 0
    rounding, unit = rules.installment_rounding, rules.installment_unit
    number = max(first.number, rules.principal_grace + 1)
    count = (contract.amortized_over or contract.installments) - number + 1
    if rules.method is Method.EQUAL_PRINCIPAL:
        return whole(Fraction(balance, count), rounding, unit=unit)
    if contract.fixed_installment is not None:
        return contract.fixed_installment.minor
    true_first = first.factor if first.number == number else None
    if rules.installment_basis is InstallmentBasis.ACTUAL_PERIODS or rules.interest_free >= number:
        factors = assumed_factors(contract, rate, number, count, true_first)
        return level_over(balance, factors, rounding=rounding, unit=unit)
    each = period_rate(rate, rules)
    if rules.installment_basis is InstallmentBasis.STARTING_MONTH:
        each *= _starting_month(contract)
    return level_installment(balance, each, count, rounding=rounding, unit=unit)


def _starting_month(contract: Contract) -> Fraction:
    """Return how many periods the calendar month of the start is long, for each of a period's."""
    rules = contract.conventions
    begin = contract.start.replace(day=1)
    months = max(1, round(12 / rules.periods_per_year))
    return contract.years(begin, add_months(begin, months)) * rules.periods_per_year


def _adjusted(
    contract: Contract, level: int, balance: int, rate: Rate, stretches: list[Period]
) -> int:
    """Move the installment while the last one differs by more cents than half their number.

    Fineract's progressive loans settle their rounding in this way.
    """
    unit, number = contract.conventions.installment_unit, stretches[0].number
    count = contract.installments - max(number - 1, contract.conventions.principal_grace)
    plain = _undisturbed(contract, rate, stretches)
    gap = _gap(contract, level, balance, plain)
    while count > 1 and abs(gap) > count // 2:
        moved = whole(
            Fraction(level + round(Fraction(gap, count))),
            contract.conventions.installment_rounding,
            unit=unit,
        )
        wider = abs(_gap(contract, moved, balance, plain)) >= abs(gap)
        if moved == level or wider:
            break
        level, gap = moved, _gap(contract, moved, balance, plain)
    return level


def _undisturbed(contract: Contract, rate: Rate, stretches: list[Period]) -> list[Period]:
    """Return the periods as they are when nothing more is agreed after the first of them."""
    first = stretches[0]
    factors = assumed_factors(contract, rate, first.number, len(stretches), first.factor)
    return [
        replace(period, factor=factor, recasts=False, advances=period.advances * (period is first))
        for period, factor in zip(stretches, factors, strict=True)
    ]


def _gap(contract: Contract, level: int, balance: int, stretches: list[Period]) -> int:
    """Return by how much the last installment would exceed the level one."""
    opening = balance - stretches[0].arriving
    rows = _walked(contract, level, opening, stretches, _Extras())
    missing = stretches[-1].number - rows[-1].number
    return rows[-1].amount.minor - level * (1 + missing)


def _walked(
    contract: Contract,
    level: int,
    opening: int,
    stretches: list[Period],
    extras: _Extras,
    *,
    extra: int = 0,
) -> list[Installment]:
    """Walk through the periods; the first row with principal takes `extra` beyond its share."""
    rules, currency = contract.conventions, contract.principal.currency
    owed, unpaid, deferred = Fraction(opening), opening, 0
    carried = _unrounded(contract, level, stretches[0])
    rows: list[Installment] = []
    for place, period in enumerate(stretches):
        if _is_over(unpaid, deferred, period, stretches[place:], extras):
            break
        if place and (period.recasts or _has_capitalized(rules, period.number - 1)):
            balance = unpaid + period.arriving
            level = _settled_level(contract, balance, period.rate, stretches[place:])
        charged = _charged(owed, period, rules, extras)
        interest = whole(charged, rules.interest_rounding)
        asked, deferred, added = _asked(rules, period, interest, deferred)
        arriving = added + period.arriving if period.advances else added
        if arriving:
            owed, unpaid = owed + arriving, unpaid + arriving
        wish = _wish(rules, level, asked, period.number, extra)
        principal = unpaid if period.is_last else max(0, min(wish, unpaid))
        if rules.carry_balance and principal < unpaid:
            paid = asked + principal
            owed = _trimmed(owed + charged - carried.get(paid, Fraction(paid)))
        else:
            owed = Fraction(unpaid - principal)
        unpaid = whole(owed, Rounding.HALF_UP)
        rows.append(
            Installment(
                number=period.number,
                due_on=period.due_on,
                principal=Money(principal, currency),
                interest=Money(asked + extras.broken.get(period.number, 0), currency),
                balance=Money(unpaid, currency),
            )
        )
    return rows


def _unrounded(contract: Contract, level: int, first: Period) -> dict[int, Fraction]:
    """Return, by the installment, what it was before it was rounded, where that is carried on."""
    rules = contract.conventions
    if not rules.carry_installment or contract.fixed_installment is not None:
        return {}
    fine = replace(rules, installment_unit=1, installment_rounding=Rounding.DOWN)
    balance = contract.principal.minor * _CARRIED_PARTS
    scaled = _level(replace(contract, conventions=fine), balance, contract.rate, first)
    return {level: Fraction(scaled, _CARRIED_PARTS)}


def _is_over(
    unpaid: int, deferred: int, period: Period, later: list[Period], extras: _Extras
) -> bool:
    """Say whether nothing is owed any more and nothing will be."""
    if unpaid or deferred or any(stretch.arriving for stretch in later):
        return False
    agreed = extras.flat[period.number - 1 :]
    broken = [part for number, part in extras.broken.items() if number >= period.number]
    return not any((*agreed, *broken))


def _charged(owed: Fraction, period: Period, rules: Conventions, extras: _Extras) -> Fraction:
    """Return the exact interest of a period, what is advanced within it included."""
    if extras.flat:
        return Fraction(extras.flat[period.number - 1])
    if period.number <= rules.interest_free:
        return Fraction(0)
    charged = owed * period.factor
    if not period.advances:
        return charged
    return charged + sum(amount * factor for amount, factor in period.advances)


def _asked(
    rules: Conventions, period: Period, interest: int, deferred: int
) -> tuple[int, int, int]:
    """Return what is asked of the interest, what waits, and what becomes principal."""
    if period.number > rules.interest_grace or rules.method is Method.FLAT:
        return interest + deferred, 0, 0
    if rules.deferred_interest is DeferredInterest.CAPITALIZED:
        return 0, 0, interest
    return 0, deferred + interest, 0


def _has_capitalized(rules: Conventions, number: int) -> bool:
    """Say whether the row with this number is the last whose interest became principal."""
    capitalizes = rules.deferred_interest is DeferredInterest.CAPITALIZED
    return capitalizes and number == rules.interest_grace and rules.method in _AMORTIZING


def _wish(rules: Conventions, level: int, interest: int, number: int, extra: int) -> int:
    """Return the principal a row asks for, before it is held to what is left."""
    if number <= rules.principal_grace or rules.method not in _AMORTIZING:
        return 0
    wish = level if rules.method is Method.EQUAL_PRINCIPAL else level - interest
    return wish + (extra if number == rules.principal_grace + 1 else 0)


def _row_zero(contract: Contract, extras: _Extras) -> list[Installment]:
    """Return what is due on the day of the payout: down payment, broken-period interest."""
    interest = extras.broken.get(0, 0)
    if not extras.down and not interest:
        return []
    currency = contract.principal.currency
    balance = contract.principal - Money(extras.down, currency)
    down, cost = Money(extras.down, currency), Money(interest, currency)
    return [Installment(0, contract.start, down, cost, balance)]


def _left_over(
    contract: Contract, level: int, rows: list[Installment], stretches: list[Period]
) -> int:
    """Return the principal that the first row must take for the last to ask what the others ask."""
    rules = contract.conventions
    agreed = contract.amortized_over is not None or contract.fixed_installment is not None
    if agreed or len(rows) < contract.installments or rules.method not in _AMORTIZING:
        return 0
    if rules.method is Method.EQUAL_PRINCIPAL:
        return rows[-1].principal.minor - level
    if rules.method is Method.FLAT:
        return rows[-1].principal.minor - rows[rules.principal_grace].principal.minor
    growing = stretches[rules.principal_grace + 1 :]
    later = prod((1 + period.factor for period in growing), start=Fraction(1))
    return round((rows[-1].amount.minor - level) / later)


def _trimmed(owed: Fraction) -> Fraction:
    return Fraction(round(owed * _CARRIED_PARTS), _CARRIED_PARTS)
