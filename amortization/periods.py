"""The stretches from due day to due day: what a unit of balance costs over each, and what changes.

Rates that change and money that is advanced within a period cut it; everything stays exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import pairwise

from amortization.contract import Contract
from amortization.conventions import Method
from amortization.interest import DIGITS, lengths, period_interest, period_rate
from kernel import Money, Rate


@dataclass(frozen=True, slots=True)
class Period:
    """One row to be: its day, its cost, and what is agreed anew within it.

    Attributes:
        number: counted from 1.
        due_on: the day of the row.
        factor: the interest on one unit that is owed throughout.
        advances: what arrives within the period, each with the interest on one unit from its day.
        rate: the yearly rate in force at its end.
        recasts: whether the installment is computed anew, for what is owed when it begins.
        is_last: whether everything that is left falls due.
    """

    number: int
    due_on: date
    factor: Fraction
    advances: tuple[tuple[int, Fraction], ...]
    rate: Rate
    recasts: bool
    is_last: bool

    @property
    def arriving(self) -> int:
        """All that is advanced within the period."""
        return sum(amount for amount, _ in self.advances)


@dataclass(frozen=True, slots=True)
class _Step:
    """A rate from its day on; `recast` computes the installment anew."""

    on: date
    rate: Rate
    recast: bool


def periods(contract: Contract) -> list[Period]:
    """Return the periods of a contract, in order."""
    boundaries = contract.boundaries(contract.installments)
    whole = lengths(contract, boundaries)
    days = boundaries[1:] if contract.is_due_on_boundaries else contract.due_dates()
    if not (contract.rate_changes or contract.dated_rates or contract.advances):
        return _undisturbed(contract, days, whole)
    return _disturbed(contract, days, boundaries, whole)


def interest_between(balance: Money, start: date, end: date, *, contract: Contract) -> Decimal:
    """Return the exact interest on a balance over some days, in minor units.

    Rates that change count each from its day; periods that are free cost nothing.

    Args:
        balance: the principal owed over all of these days.
        start: the first day that counts.
        end: the first day that no longer counts.
        contract: what was agreed.
    """
    free = contract.conventions.interest_free
    if free:
        start = max(start, contract.boundaries(free)[free])
    if end <= start:
        return Decimal(0)
    steps = _steps(contract) if contract.rate_changes or contract.dated_rates else []
    rate = next((step.rate for step in reversed(steps) if step.on <= start), contract.rate)
    later = [step for step in steps if start < step.on < end]
    if not later:
        return period_interest(balance, rate, start, end, contract=contract)
    exact = balance.minor * _cut(contract, start, end, rate, later)
    with localcontext(prec=DIGITS):
        return Decimal(exact.numerator) / exact.denominator


def _undisturbed(contract: Contract, days: list[date], whole: list[Fraction]) -> list[Period]:
    each, last = period_rate(contract.rate, contract.conventions), len(days)
    return [
        Period(
            number=number,
            due_on=due_on,
            factor=each * length,
            advances=(),
            rate=contract.rate,
            recasts=False,
            is_last=number == last,
        )
        for number, (due_on, length) in enumerate(zip(days, whole, strict=True), 1)
    ]


def _disturbed(
    contract: Contract, days: list[date], boundaries: list[date], whole: list[Fraction]
) -> list[Period]:
    """Return the periods of a contract of which something changes on the way."""
    steps, rate = _steps(contract), contract.rate
    found: list[Period] = []
    for number, (begin, end) in enumerate(pairwise(boundaries), 1):
        within = [step for step in steps if begin <= step.on < end]
        is_cut = any(step.on > begin for step in within)
        before, rate = rate, within[-1].rate if within else rate
        each = period_rate(rate, contract.conventions)
        cut = _cut(contract, begin, end, before, within) if is_cut else each * whole[number - 1]
        found.append(
            Period(
                number=number,
                due_on=days[number - 1],
                factor=cut,
                advances=_advances(contract, begin, end, before, within),
                rate=rate,
                recasts=_recasts(contract, begin, end, within),
                is_last=number == len(days),
            )
        )
    return found


def _steps(contract: Contract) -> list[_Step]:
    """Return all later rates by their days; a numbered one begins with its period."""
    begins = contract.boundaries(contract.installments)
    numbered = [
        _Step(begins[change.number - 1], change.rate, change.recast)
        for change in contract.rate_changes
        if change.number <= contract.installments
    ]
    dated = [_Step(change.on, change.rate, change.recast) for change in contract.dated_rates]
    return sorted([*numbered, *dated], key=lambda step: step.on)


def _cut(contract: Contract, begin: date, end: date, rate: Rate, within: list[_Step]) -> Fraction:
    """Return the interest on one unit over days within which the rate changes."""
    rules = contract.conventions
    rates = [rate, *(step.rate for step in within)]
    days = [begin, *(max(begin, step.on) for step in within), end]
    return sum(
        (
            period_rate(each, rules) * contract.years(*ends) * rules.periods_per_year
            for each, ends in zip(rates, pairwise(days), strict=True)
        ),
        start=Fraction(0),
    )


def _advances(
    contract: Contract, begin: date, end: date, rate: Rate, within: list[_Step]
) -> tuple[tuple[int, Fraction], ...]:
    arriving = [advance for advance in contract.advances if begin <= advance.on < end]
    found = []
    for advance in arriving:
        before = [step for step in within if step.on <= advance.on]
        in_force = before[-1].rate if before else rate
        after = [step for step in within if step.on > advance.on]
        cost = _cut(contract, advance.on, end, in_force, after)
        found.append((advance.amount.minor, cost))
    return tuple(found)


def _recasts(contract: Contract, begin: date, end: date, within: list[_Step]) -> bool:
    """Say whether anything within the period asks for a new installment."""
    method = contract.conventions.method
    advanced = any(begin <= advance.on < end for advance in contract.advances)
    changed = method is Method.EQUAL_INSTALLMENT and any(step.recast for step in within)
    return advanced or changed


def assumed_factors(
    contract: Contract, rate: Rate, number: int, count: int, first: Fraction | None
) -> Iterator[Fraction]:
    """Yield the interest factors of `count` periods from `number` on, as if `rate` stayed.

    Args:
        contract: what was agreed.
        rate: the rate from now on.
        number: the first of the periods.
        count: how many.
        first: the true factor of the first period where something changes within it.
    """
    each = period_rate(rate, contract.conventions)
    free = contract.conventions.interest_free
    whole = lengths(contract, contract.boundaries(number + count - 1))
    for later, length in enumerate(whole[number - 1 :], number):
        if later <= free:
            yield Fraction(0)
        else:
            yield first if first is not None and later == number else each * length
