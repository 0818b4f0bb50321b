from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import Invalid
from servicing.dividing import (
    Strategy,
    UnusableCaps,
    UnusableWeights,
    Weight,
    divide,
    divide_within,
)
from tests.vectors import vectors

LIKE = {
    "largest_remainder": Strategy.LARGEST_REMAINDER,
    "nearest": Strategy.LARGEST_REMAINDER,  # Shopify's name for it
    "round_robin_first": Strategy.ROUND_ROBIN_FIRST,
    "round_robin_last": Strategy.ROUND_ROBIN_LAST,
}

amounts = st.integers(-(10**20), 10**20)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any)


def test_every_published_division_by_weights_is_met() -> None:
    published = vectors("pro_rata_split")

    divided = {case["id"]: published_division(case) for case in published}

    assert divided == {case["id"]: case["expected"] for case in published}


def test_every_published_division_up_to_caps_is_met() -> None:
    published = vectors("pro_rata_split", "capped_cases")

    divided = {
        case["id"]: divide_within(case["amount_minor_units"], case["maxima"]) for case in published
    }

    assert {name: capped.parts for name, capped in divided.items()} == {
        case["id"]: case["expected"] for case in published
    }
    assert {name: capped.left_over for name, capped in divided.items()} == {
        case["id"]: case["left_over"] for case in published
    }


def test_every_published_error_is_refused() -> None:
    for case in vectors("pro_rata_split", "error_cases"):
        with pytest.raises(Invalid):
            divide(case.get("amount_minor_units", 100), fractions(case["weights"]))


@pytest.mark.parametrize(
    ("amount", "by", "expected"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (5, [7, 3], [4, 1]),
        (5, [7, 0, 3], [4, 0, 1]),
        (-5, [7, 3], [-3, -2]),
        (0, [0, 0, 1], [0, 0, 0]),
        (1, [Decimal("0.33"), Decimal("0.66")], [0, 1]),
        (225, [128400, 20439, 14589, 14589, 25936], [142, 22, 16, 16, 29]),
        (10**18 + 25, [50, 50], [500000000000000013, 500000000000000012]),
    ],
)
def test_the_largest_remainders_get_the_units_left(
    amount: int, by: Sequence[Weight], expected: list[int]
) -> None:
    assert divide(amount, by) == expected


def test_round_robin_starts_with_the_first_or_the_last_party_of_any_weight() -> None:
    by: list[Weight] = [0, Decimal("0.33"), Decimal("0.34"), Decimal("0.33"), 0]

    assert divide(5, by, Strategy.ROUND_ROBIN_FIRST) == [0, 2, 2, 1, 0]
    assert divide(5, by, Strategy.ROUND_ROBIN_LAST) == [0, 1, 2, 2, 0]


@pytest.mark.parametrize("by", [[], [0, 0], [-1], [-50, -50], [3, -1]])
def test_weights_that_cannot_divide_are_refused(by: list[int]) -> None:
    with pytest.raises(UnusableWeights, match="Weights are zero or more"):
        divide(100, by)


def test_caps_are_never_passed_and_the_rest_is_left_over() -> None:
    assert divide_within(100, [3300, 3300, 3300]).parts == [34, 33, 33]
    assert divide_within(10_000, [500, 0, 200]).parts == [500, 0, 200]
    assert divide_within(10_000, [500, 0, 200]).left_over == 9_300
    assert divide_within(300, [0, 0]).left_over == 300
    assert divide_within(300, []).left_over == 300


@pytest.mark.parametrize(("amount", "maxima"), [(-1, [5]), (5, [3, -1])])
def test_negative_amounts_and_caps_are_refused(amount: int, maxima: list[int]) -> None:
    with pytest.raises(UnusableCaps):
        divide_within(amount, maxima)


@given(amounts, weights, st.sampled_from(Strategy))
def test_parts_add_up_and_lie_within_a_unit_of_the_exact_share(
    amount: int, by: list[int], strategy: Strategy
) -> None:
    parts = divide(amount, by, strategy)

    assert sum(parts) == amount
    assert all(
        # A turn may fall on a share that is whole already.
        abs(part - Fraction(amount * weight, sum(by))) <= 1
        for part, weight in zip(parts, by, strict=True)
    )


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), max_size=40))
def test_parts_within_caps_add_up_with_what_is_left_over(amount: int, maxima: list[int]) -> None:
    capped = divide_within(amount, maxima)

    assert sum(capped.parts) + capped.left_over == amount
    assert all(0 <= part <= maximum for part, maximum in zip(capped.parts, maxima, strict=True))
    assert capped.left_over == max(amount - sum(maxima), 0)


def published_division(case: dict[str, Any]) -> list[int]:
    strategy = LIKE[case["strategy"].split()[0]]
    return divide(case["amount_minor_units"], fractions(case["weights"]), strategy)


def fractions(texts: Sequence[str | int]) -> list[Fraction]:
    return [Fraction(text) for text in texts]
