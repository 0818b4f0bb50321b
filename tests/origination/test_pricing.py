from datetime import date
from typing import Any

import pytest

from kernel import Rate
from origination import GradeNotOffered, Pricing, RateAboveCap, UnusablePolicy, load_products
from origination.policy import Table
from tests.origination.test_scorecard import a_card

US, CN = load_products()
NEW_YEAR = date(2026, 1, 1)


def a_price(origination: str, short: str, long: str) -> dict[str, Any]:
    return {"origination": origination, "rates": {"36": short, "60": long}}


def some_pricing(**changes: Any) -> dict[str, Any]:
    return {
        "scorecard": a_card(),
        "cap": {"rate": "36", "covers": "rate"},
        "grades": {"A": a_price("2", "6", "7"), "B": a_price("4", "10", "11")},
    } | changes


def floating(**changes: Any) -> dict[str, Any]:
    history = {"2024-10-21": "3.10", "2025-05-20": "3.00"}
    cap = {"series": "lpr_1y", "multiple": 4, "covers": "apr", "history": history}
    return some_pricing(cap=cap | changes)


def read(pricing: dict[str, Any]) -> Pricing:
    return Pricing.read(Table(pricing, "pricing"), US.limits)


def test_a_price_is_read_from_the_card_by_grade_and_term() -> None:
    pricing = read(some_pricing())

    assert pricing.price("B", 36) == Rate.percent("10")
    assert pricing.price("B", 60) == Rate.percent("11")


def test_a_grade_that_is_not_on_the_card_is_refused() -> None:
    with pytest.raises(GradeNotOffered) as refusal:
        read(some_pricing()).price("Z", 36)

    assert str(refusal.value) == "Grade Z is not offered; choose one of: A, B."


def test_an_offer_carries_the_fee_of_its_grade() -> None:
    terms = read(some_pricing()).terms(US.terms, "B")

    assert terms.fees.origination == Rate.percent("4")
    assert terms.funding == US.terms.funding


@pytest.mark.parametrize(
    ("day", "cap"),
    [
        (date(2024, 1, 1), "12.4"),  # before the first known rate, that one
        (date(2024, 10, 21), "12.4"),
        (date(2025, 5, 19), "12.4"),
        (date(2025, 5, 20), "12"),
        (date(2026, 1, 1), "12"),
    ],
)
def test_a_floating_ceiling_follows_the_day_of_the_contract(day: date, cap: str) -> None:
    assert read(floating()).cap.on(day) == Rate.percent(cap)


def test_a_rate_above_the_ceiling_is_refused() -> None:
    pricing = read(some_pricing())
    most, above = Rate.percent("36"), Rate.percent("36.01")

    pricing.check(most, apr=lambda: above, on=NEW_YEAR)

    with pytest.raises(RateAboveCap, match=r"rate of 36\.01% exceeds the ceiling of 36%"):
        pricing.check(above, apr=lambda: most, on=NEW_YEAR)


def test_a_ceiling_may_cover_interest_and_fees_together() -> None:
    pricing = read(floating())
    most, above = Rate.percent("12"), Rate.percent("12.01")

    pricing.check(most, apr=lambda: most, on=NEW_YEAR)

    with pytest.raises(RateAboveCap, match=r"apr of 12\.01% exceeds the ceiling of 12%"):
        pricing.check(most, apr=lambda: above, on=NEW_YEAR)


@pytest.mark.parametrize("spec", [US, CN], ids=lambda spec: spec.code)
def test_a_worse_grade_never_pays_less(spec: Any) -> None:
    for term in spec.limits.installments:
        rates = [spec.pricing.price(grade, term) for grade in "ABCDEFG"]
        assert rates == sorted(rates)


@pytest.mark.parametrize(
    ("pricing", "message"),
    [
        (some_pricing(grades={"A": a_price("2", "6", "7")}), r"grades\.B: it is missing"),
        (
            some_pricing(grades=some_pricing()["grades"] | {"C": a_price("2", "20", "20")}),
            "nobody reads this name",
        ),
        (
            some_pricing(grades={"A": a_price("2", "6", "7"), "B": a_price("4", "5", "11")}),
            "a worse grade pays less at 36",
        ),
        (
            some_pricing(grades=some_pricing()["grades"] | {"B": a_price("100", "10", "11")}),
            "it takes everything",
        ),
        (floating(history={}), "it is empty"),
        (floating(history={"May 2025": "3"}), "this is no day"),
        (some_pricing(cap={"covers": "apr"}), r"cap\.rate: it is missing"),
        (some_pricing(cap={"rate": "36", "covers": "fees"}), "Choose one of: rate, apr"),
        (some_pricing(colour="red"), "nobody reads this name"),
    ],
)
def test_a_card_without_sense_is_refused(pricing: dict[str, Any], message: str) -> None:
    with pytest.raises(UnusablePolicy, match=message):
        read(pricing)
