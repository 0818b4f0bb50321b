"""Cash flows as the borrower sees them, and the rate at which they are worth nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from amortization.contract import Schedule
from amortization.errors import UnusableTerms
from amortization.roots import nearest_root
from kernel import Money

DIGITS = 40


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that moves on a day: positive what the borrower receives, negative what is paid."""

    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class TimedFlow:
    """An amount and when it moves: whole periods, over which interest compounds, and a part.

    Attributes:
        periods: how many periods after the first flow.
        odd: the part of a period before them, over which interest is simple.
        amount: minor units, or any other: only their proportions matter.
    """

    periods: Fraction
    odd: Fraction
    amount: Decimal


def borrower_flows(promised: Schedule, *, fee: Money) -> list[Flow]:
    """Return what the borrower of a schedule receives, less the fee kept from it, and pays."""
    contract = promised.contract
    received = Flow(contract.start, contract.principal - fee)
    later = (Flow(advance.on, advance.amount) for advance in contract.advances)
    return [received, *later, *(Flow(row.due_on, -row.amount) for row in promised.rows)]


def days_of(flows: Sequence[Flow]) -> tuple[list[date], list[date]]:
    """Return the days of advances, and those of payments after the first of them, ascending.

    A cost that is paid on the day of the first advance lies apart from the series of payments.

    Raises:
        UnusableTerms: nothing is advanced, nothing is paid later, or something is paid before.
    """
    advances = sorted(flow.on for flow in flows if flow.amount.minor > 0)
    payments = sorted(flow.on for flow in flows if flow.amount.minor < 0)
    if not advances or not payments or not payments[0] >= advances[0] < payments[-1]:
        raise UnusableTerms(field="flows", why="something must be advanced, and then paid back")
    return advances, [day for day in payments if day > advances[0]]


def balancing_rate(flows: Iterable[TimedFlow]) -> Decimal:
    """Return the rate of one period at which the flows are worth nothing, the nearest to zero.

    Raises:
        UnusableTerms: there is no such rate between -99.9 % and a thousandfold.
    """
    ordered = sorted(flows, key=lambda flow: flow.periods)

    def worth(growth: Decimal) -> Decimal:
        return _worth(ordered, growth)

    with localcontext(prec=DIGITS):
        found = nearest_root(worth, Decimal(1))
    if found is None:
        raise UnusableTerms(field="flows", why="no rate makes them worth nothing")
    return found


def _worth(ordered: list[TimedFlow], growth: Decimal) -> Decimal:
    """Discount period by period; equal steps, which are nearly all, share one power."""
    worth, discount, passed = Decimal(0), Decimal(1), Fraction(0)
    powers: dict[Fraction, Decimal] = {Fraction(0): Decimal(1)}
    for flow in ordered:
        step = flow.periods - passed
        if step not in powers:
            powers[step] = growth ** -(Decimal(step.numerator) / step.denominator)
        discount, passed = discount * powers[step], flow.periods
        simple = 1 + (growth - 1) * flow.odd.numerator / flow.odd.denominator
        worth += flow.amount * discount / simple
    return worth
