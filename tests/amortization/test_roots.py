"""Roots are found wherever a function crosses zero."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from amortization.roots import nearest_root, roots

RATES = st.decimals(Decimal("-0.9"), Decimal(9), places=4)


@given(rate=RATES, guess=RATES)
def test_a_crossing_is_found_from_any_guess(rate: Decimal, guess: Decimal) -> None:
    found = nearest_root(lambda growth: (growth - 1 - rate) * growth, 1 + guess)

    assert found is not None
    assert abs(found - rate) < Decimal("1e-20")


def test_the_nearer_of_two_roots_is_named() -> None:
    def parabola(growth: Decimal) -> Decimal:
        return (growth - Decimal("1.5")) * (growth - Decimal("0.8"))

    nearest = nearest_root(parabola, Decimal("1.4"))

    assert [round(root, 20) for root in roots(parabola)] == [Decimal("-0.2"), Decimal("0.5")]
    assert nearest is not None
    assert round(nearest, 20) == Decimal("0.5")


def test_what_never_crosses_zero_has_no_root() -> None:
    assert roots(lambda growth: growth) == []
    assert nearest_root(lambda growth: growth, Decimal(1)) is None


def test_a_kink_is_closed_in_on_from_both_sides() -> None:
    """A cube is flat where it crosses, so that both ends of the bracket have to move."""
    found = nearest_root(lambda growth: (growth - Decimal("1.011")) ** 3, Decimal(1))

    assert found is not None
    assert abs(found - Decimal("0.011")) < Decimal("1e-9")
