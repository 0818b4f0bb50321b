from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

import servicing
from kernel import Currency
from origination import MESSAGES, PAYMENTS, STEPS, Handling, UnusablePolicy, load_products
from origination.products import POLICIES
from servicing.waterfall import Component, Timing, parse_order


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    copytree(POLICIES, tmp_path, dirs_exist_ok=True)
    return tmp_path


def mend(policies: Path, old: str, new: str, *, file: str = "products.toml") -> Path:
    text = (policies / file).read_text(encoding="utf-8")
    assert old in text
    (policies / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return policies / "products.toml"


def test_the_package_brings_a_product_in_dollars_and_one_in_yuan() -> None:
    specs = load_products()

    assert [(spec.code, spec.currency) for spec in specs] == [
        ("personal-us", Currency.USD),
        ("personal-cn", Currency.CNY),
    ]
    assert specs[1].name["zh"] == "个人信用贷款"
    assert specs[0].limits.installments == (36, 60)


def test_a_product_holds_its_scorecard_and_its_reference_rates_in_full() -> None:
    us, cn = load_products()

    assert us.stored_pricing["scorecard"]["version"] == "personal-rules-1"
    assert cn.stored_pricing["cap"]["history"]["2025-05-20"] == "3.00"


@pytest.mark.parametrize("file", ["products.toml", "lendingclub.toml"])
def test_servicing_knows_every_step_of_the_waterfalls(file: str) -> None:
    for spec in load_products(POLICIES / file):
        assert [str(step) for step in parse_order(spec.terms.waterfall)] == [*spec.terms.waterfall]


def test_servicing_and_the_products_speak_of_the_same_steps_and_payments() -> None:
    assert sorted(STEPS) == sorted(f"{time}.{part}" for time in Timing for part in Component)
    moneyed = {kind.value for kind in servicing.RepaymentKind if kind.is_payment}
    assert set(PAYMENTS) == moneyed


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ({"waterfalls": {"installment": ["due.intrest"]}}, "did you mean 'due.interest'"),
        ({"waterfalls": {"extras": ["due.interest"]}}, "'extras' is no kind of payment"),
        ({"early": {"extras": "last"}}, "'extras' is no kind of payment"),
        ({"early": {"extra": "lost"}}, "'lost' is not a valid"),
    ],
)
def test_a_misspelt_handling_of_payments_is_refused(stored: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Handling.from_json(stored)


def test_every_reason_is_a_sentence_that_does_not_hide_behind_a_score() -> None:
    for message in MESSAGES.values():
        assert message.endswith(".")
        assert "score" not in message.lower()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('code = "personal-us"\n', "", r"products\.toml\[1\]\.code: it is missing"),
        ('currency = "USD"', 'currency = "XYZ"', r"personal-us\.currency: 'XYZ' is not known"),
        ('method = "equal_installment"', 'method = "magic"', r"conventions: 'magic' is not a"),
        ("installment_unit = 1", "installment_unit = 0", r"conventions: .*at least one minor"),
        ("installment_unit = 1", "unit = 1", r"conventions: .*unexpected keyword"),
        ("installment_unit = 1", 'down_payment = "much"', r"conventions: .*write a percentage"),
        ("installment_unit = 1", 'calendar = "US"', r"conventions: .*working days need one"),
        ('"past_due.interest",', '"past_due.intrest",', "did you mean 'past_due.interest'"),
        ('"past_due.interest",', '"sometime.gold",', "steps are past_due.penalty"),
        ('"past_due.interest",', '"due.interest",', "an item stands twice"),
        ('late_fee_to = "lenders"', 'late_fee_to = "me"', "Choose one of: lenders, platform"),
        ('minimum_share = "70"', 'minimum_share = "0"', "minimum_share: it is no share"),
        ('minimum_share = "70"', 'minimum_share = "101"', "minimum_share: it is no share"),
        ('order_step = "25.00"', 'order_step = "0.00"', "order_step: it is nothing"),
        ('order_step = "25.00"', 'order_step = "30.00"', "order_step: it is nothing or above"),
        ('covers = "apr" }\n\n# Rates', 'covers = "apr", x = 1 }\n\n# Rates', "nobody reads"),
        ('scorecard = "personal-rules-1"', 'scorecard = "none"', r"none\.toml: there is no such"),
        ('series = "lpr_1y"', 'series = "lpr_9y"', r"reference_rates\.toml\.lpr_9y: it is miss"),
        ("# The products on", 'sort = "a"\n# The', r"products\.toml\.sort: nobody reads this name"),
        ('code = "personal-us"', "code = personal", "this is no TOML"),
    ],
)
def test_an_error_in_a_policy_file_says_how_to_mend_it(
    policies: Path, old: str, new: str, message: str
) -> None:
    path = mend(policies, old, new)

    with pytest.raises(UnusablePolicy, match=message):
        load_products(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusablePolicy, match=r"In nowhere\.toml: there is no such file"):
        load_products(tmp_path / "nowhere.toml")
