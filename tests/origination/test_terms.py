from dataclasses import replace

import pytest

from kernel import Rate
from origination import ProductSpec, Terms, load_products
from tests.origination.stories import dollars

PRODUCTS = load_products()


@pytest.mark.parametrize("spec", PRODUCTS, ids=lambda spec: spec.code)
def test_terms_are_stored_and_read_back_unchanged(spec: ProductSpec) -> None:
    assert Terms.from_json(spec.terms.to_json()) == spec.terms


def test_stored_terms_are_plain_json() -> None:
    stored = PRODUCTS[0].terms.to_json()

    assert type(stored["late_fee_to"]) is str
    assert type(stored["fees"]["servicing_base"]) is str
    assert stored["fees"]["servicing"] == 1_000_000


def test_the_least_order_is_an_amount() -> None:
    assert PRODUCTS[0].terms.order_minimum == dollars("25.00")


def test_the_origination_fee_is_rounded_as_interest_is() -> None:
    terms = PRODUCTS[0].terms
    terms = replace(terms, fees=replace(terms.fees, origination=Rate.percent("5")))

    assert terms.origination_fee(dollars("1000.10")) == dollars("50.01")
