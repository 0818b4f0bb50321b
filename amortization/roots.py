"""Where a function of growth (one plus a rate) crosses zero: on any cash flow, without a guess."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import TypeAlias

Function: TypeAlias = Callable[[Decimal], Decimal]

# Growth per period is searched from a thousandth to a thousandfold in steps of two per cent;
# two roots within one step would not be told apart.
_STEP = Decimal("1.02")
_STEPS = 350
_CLOSE = Decimal("1e-25")


def nearest_root(function: Function, growth: Decimal) -> Decimal | None:
    """Return the rate whose growth factor lies nearest to `growth`; None where there is none."""
    upwards, downwards = (
        _crossings(function, growth, _STEP),
        _crossings(function, growth, 1 / _STEP),
    )
    for above, below in zip(upwards, downwards, strict=True):
        found = [_narrow(function, *bracket) for bracket in (above, below) if bracket]
        if found:
            return min(found, key=lambda root: abs(root - growth)) - 1
    return None


def roots(function: Function) -> list[Decimal]:
    """Return every rate at which `function` of its growth factor crosses zero, ascending."""
    one = Decimal(1)
    above = _crossings(function, one, _STEP)
    below = _crossings(function, one, 1 / _STEP)
    found = {_narrow(function, *bracket) - 1 for bracket in (*above, *below) if bracket}
    return sorted(found)


def _crossings(
    function: Function, growth: Decimal, step: Decimal
) -> Iterator[tuple[Decimal, Decimal] | None]:
    """Walk away from `growth`; for each step, yield its ends if the function crosses zero there."""
    walk = (growth * step**count for count in range(_STEPS + 1))
    for (near, left), (far, right) in pairwise((point, function(point)) for point in walk):
        crosses = left == 0 or left * right < 0
        yield (near, far) if crosses else None


def _narrow(function: Function, low: Decimal, high: Decimal) -> Decimal:
    """Close in on a crossing by Ridders' method (IEEE Trans. Circuits Syst. 26, 1979, 979-980)."""
    left, right, root, last = function(low), function(high), low, high
    while left != 0 and abs(root - last) > _CLOSE:
        middle, last = (low + high) / 2, root
        value = function(middle)
        bend = (value * value - left * right).sqrt().copy_sign(left)
        root = middle + (middle - low) * value / bend
        found = function(root)
        if value * found < 0:
            low, left, high, right = middle, value, root, found
        elif left * found < 0:
            high, right = root, found
        else:
            low, left = root, found
    return root
