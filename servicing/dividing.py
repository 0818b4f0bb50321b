"""Dividing one amount once: by weights, or up to caps.

For amounts that are divided once and stored, such as a refund or a goodwill payment. What is
received again and again is shared by `servicing.split`, which remembers what everyone already has:
dividing each repayment afresh would short the same small notes every month.

The strategies are those of moneyphp, RubyMoney, Shopify/money and dinero.js, and give their cents.
To undo a division, negate the stored parts: dividing -5 by 7:3 gives -3 and -2, dividing 5 gives 4
and 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kernel import Invalid

Weight = int | Decimal | Fraction


class UnusableWeights(Invalid):
    """Weights are zero or more and one of them is more than zero; these are {weights}."""


class UnusableCaps(Invalid):
    """An amount of {amount} cannot be divided up to {maxima}; all must be zero or more."""


class Strategy(StrEnum):
    """Who gets the units that are left when every share is rounded down."""

    LARGEST_REMAINDER = "largest_remainder"
    ROUND_ROBIN_FIRST = "round_robin_first"
    ROUND_ROBIN_LAST = "round_robin_last"


@dataclass(frozen=True, slots=True)
class Capped:
    """A division up to caps; `parts` and `left_over` add up to the amount."""

    parts: list[int]
    left_over: int


def divide(
    amount: int, weights: Sequence[Weight], strategy: Strategy = Strategy.LARGEST_REMAINDER
) -> list[int]:
    """Divide minor units by relative weights; the parts add up to `amount` exactly.

    Shares are rounded down (a negative amount away from zero). The units left go one each to the
    largest remainders, ties to the earlier party, or round robin from the first or the last party.
    A weight of zero gets nothing.

    Raises:
        UnusableWeights: there is no positive weight, or one is negative.
    """
    exact = _shares(amount, weights)
    parts = [share.numerator // share.denominator for share in exact]
    left = amount - sum(parts)
    for party in _turns(strategy, exact, weights)[:left]:
        parts[party] += 1
    return parts


def _shares(amount: int, weights: Sequence[Weight]) -> list[Fraction]:
    fractions = [Fraction(weight) for weight in weights]
    whole = sum(fractions)
    if not whole > 0 or min(fractions) < 0:
        raise UnusableWeights(weights=", ".join(map(str, weights)) or "none")
    return [amount * fraction / whole for fraction in fractions]


def _turns(strategy: Strategy, exact: Sequence[Fraction], weights: Sequence[Weight]) -> list[int]:
    """Return the parties in the order in which they get the units that are left."""
    parties = [party for party, weight in enumerate(weights) if weight]
    if strategy is Strategy.LARGEST_REMAINDER:
        return sorted(parties, key=lambda party: exact[party] % 1, reverse=True)
    return parties if strategy is Strategy.ROUND_ROBIN_FIRST else parties[::-1]


def divide_within(amount: int, maxima: Sequence[int]) -> Capped:
    """Divide minor units in proportion to the maxima, giving nobody more than the maximum.

    The units left by rounding go round robin, from the first party that has room. What fits
    nowhere is left over.

    Raises:
        UnusableCaps: the amount or a maximum is negative.
    """
    if amount < 0 or any(maximum < 0 for maximum in maxima):
        raise UnusableCaps(amount=amount, maxima=", ".join(map(str, maxima)))
    room = sum(maxima)
    shared = min(amount, room)
    parts = [shared * maximum // room if room else 0 for maximum in maxima]
    for party in list(_with_room(parts, maxima))[: shared - sum(parts)]:
        parts[party] += 1
    return Capped(parts, left_over=amount - shared)


def _with_room(parts: Sequence[int], maxima: Sequence[int]) -> Iterator[int]:
    return (party for party, maximum in enumerate(maxima) if parts[party] < maximum)
