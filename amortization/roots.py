"""Where a function of growth (one plus a rate) crosses zero: on any cash flow, without a guess."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

# Growth per period is searched from a thousandth to a thousandfold in steps of two per cent;
# two roots within one step would not be told apart.
_STEP = Decimal("1.02")
_STEPS = 350
_CLOSE = Decimal("1e-30")


def nearest_root(function: Callable[[Decimal], Decimal], growth: Decimal) -> Decimal | None:
    """Return the rate whose growth factor lies nearest to `growth`; None where there is none."""
    return min(roots(function), key=lambda rate: abs(1 + rate - growth), default=None)


def roots(function: Callable[[Decimal], Decimal]) -> list[Decimal]:
    """Return every rate at which `function` of its growth factor crosses zero, ascending."""
    known = [(growth, function(growth)) for growth in _grid()]
    exact = [growth - 1 for growth, value in known if value == 0]
    crossed = [
        _bisect(function, low, high) - 1
        for (low, left), (high, right) in pairwise(known)
        if left * right < 0
    ]
    return sorted(exact + crossed)


def _grid() -> Iterator[Decimal]:
    growth = _STEP**-_STEPS
    for step in range(-_STEPS, _STEPS + 1):
        yield growth if step else Decimal(1)
        growth *= _STEP


def _bisect(function: Callable[[Decimal], Decimal], low: Decimal, high: Decimal) -> Decimal:
    """Halve the bracket until no digit that anybody reads can change."""
    left = function(low)
    while high - low > _CLOSE:
        middle = (low + high) / 2
        value = function(middle)
        if value * left > 0:
            low, left = middle, value
        else:
            high = middle
    return (low + high) / 2
