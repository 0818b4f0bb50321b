from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import Currency, Money, Rate, Rounding, UnusableRate

units = st.integers(0, 10**9)


@given(units)
def test_the_stored_form_is_exact(e8: int) -> None:
    assert Rate.from_e8(e8).e8 == e8


@given(units, st.integers(0, 10**12), st.sampled_from(Rounding))
def test_a_share_is_rounded_once_and_less_than_a_unit_away(
    e8: int, minor: int, rounding: Rounding
) -> None:
    exact = Decimal(e8) * minor / 10**8

    share = Rate.from_e8(e8).of(Money(minor, Currency.USD), rounding=rounding)

    assert abs(share.minor - exact) < 1
    if rounding is Rounding.UP:
        assert share.minor >= exact
    if rounding is Rounding.DOWN:
        assert share.minor <= exact
    if rounding in {Rounding.HALF_UP, Rounding.HALF_EVEN}:
        assert abs(share.minor - exact) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("rounding", "half", "three_halves"),
    [
        (Rounding.HALF_UP, 1, 2),
        (Rounding.HALF_EVEN, 0, 2),
        (Rounding.UP, 1, 2),
        (Rounding.DOWN, 0, 1),
    ],
)
def test_halves_go_where_the_product_says(rounding: Rounding, half: int, three_halves: int) -> None:
    assert rounding.apply(Decimal("0.5")) == half
    assert rounding.apply(Decimal("1.5")) == three_halves


def test_amounts_can_be_rounded_to_a_larger_unit() -> None:
    assert Rounding.UP.apply(Decimal("100.2"), unit=100) == 200
    assert Rounding.HALF_UP.apply(Decimal(149), unit=100) == 100


def test_a_percentage_is_read_and_printed() -> None:
    rate = Rate.percent("12.61")

    assert rate.value == Decimal("0.1261")
    assert str(rate) == "12.61%"
    assert str(Rate.percent(10)) == "10%"
    assert Rate.percent("9") < Rate.percent("10")


@pytest.mark.parametrize("text", ["twelve", "", "0.0000001", "NaN", "Infinity"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(UnusableRate):
        Rate.percent(text)


def test_a_rate_is_made_of_a_decimal_only() -> None:
    with pytest.raises(TypeError, match="Decimal"):
        Rate(0.1261)  # type: ignore[arg-type]
