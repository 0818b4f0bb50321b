"""How payments are handled is data: stored with the terms, and only where it is not as usual."""

from pathlib import Path

import pytest

from origination import Early, Handling, InterestBasis, PayoffInterest, Processing, Terms
from origination.policy import UnusablePolicy
from origination.products import POLICIES, load_products
from tests.support.plans import terms

SPECIAL = Handling(
    interest=InterestBasis.SCHEDULED,
    payoff_interest=PayoffInterest.WHOLE,
    processing=Processing.HORIZONTAL,
    early=(("extra", Early.LOWER),),
    waterfalls=(("goodwill", ("due.principal",)),),
)


@pytest.mark.parametrize("handling", [Handling(), SPECIAL])
def test_terms_keep_how_payments_are_handled(handling: Handling) -> None:
    agreed = terms(handling=handling)

    assert Terms.from_json(agreed.to_json()) == agreed
    assert ("handling" in agreed.to_json()) == (handling == SPECIAL)


def test_a_kind_that_is_not_named_is_handled_as_usual() -> None:
    assert SPECIAL.early_of("extra", usual=Early.LAST) is Early.LOWER
    assert SPECIAL.early_of("payoff", usual=Early.LAST) is Early.LAST
    assert SPECIAL.waterfall_of("goodwill", usual=()) == ("due.principal",)
    assert SPECIAL.waterfall_of("payoff", usual=()) == ()


def product_with(handling: str, folder: Path) -> Path:
    for file in POLICIES.rglob("*.toml"):
        copied = folder / file.relative_to(POLICIES)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    path = folder / "products.toml"
    text = path.read_text(encoding="utf-8")
    first, mark, rest = text.partition("[product.terms]")
    path.write_text(f"{first}[product.handling]\n{handling}\n{mark}{rest}", encoding="utf-8")
    return path


def test_a_product_may_say_how_payments_are_handled(tmp_path: Path) -> None:
    path = product_with('interest = "scheduled"\nearly = { extra = "lower" }', tmp_path)

    product = load_products(path)[0]

    assert product.terms.handling.interest is InterestBasis.SCHEDULED
    assert product.terms.handling.early == (("extra", Early.LOWER),)


@pytest.mark.parametrize("wrong", ['interest = "now and then"', "speed = 3", 'early = "soon"'])
def test_a_handling_that_nobody_knows_is_refused(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(UnusablePolicy):
        load_products(product_with(wrong, tmp_path))
