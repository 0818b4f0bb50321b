from typing import Any

import pytest

from kernel import Currency, Rate
from origination import (
    AmountOffStep,
    AmountOutsideLimits,
    Facts,
    FactsMissing,
    Limits,
    PurposeNotOffered,
    TermNotOffered,
    UnusablePolicy,
)
from origination.policy import Table
from tests.origination.stories import dollars


def some_limits(**changes: Any) -> dict[str, Any]:
    return {
        "amount": {"minimum": "500.00", "maximum": "1000.00", "step": "25.00"},
        "installments": [36, 60],
        "purposes": ["car"],
        "required_facts": ["annual_income_minor"],
        "offer_days": 30,
        "eligibility": [a_rule()],
    } | changes


def a_rule(**changes: Any) -> dict[str, Any]:
    rule = {"fact": "age", "at_least": 18, "missing": "fail", "reason": "below_minimum_age"}
    return {name: value for name, value in (rule | changes).items() if value is not None}


def amounts(**changes: str) -> dict[str, Any]:
    return some_limits(amount=some_limits()["amount"] | changes)


def read(limits: dict[str, Any]) -> Limits:
    return Limits.read(Table(limits, "limits"), Currency.USD)


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        ({"amount": dollars("475.00")}, AmountOutsideLimits),
        ({"amount": dollars("1025.00")}, AmountOutsideLimits),
        ({"amount": dollars("510.00")}, AmountOffStep),
        ({"installments": 48}, TermNotOffered),
        ({"purpose": "boat"}, PurposeNotOffered),
    ],
)
def test_what_is_not_on_offer_is_refused(wish: dict[str, Any], refusal: type[Exception]) -> None:
    usual: dict[str, Any] = {"amount": dollars("500.00"), "installments": 36, "purpose": "car"}
    limits = read(some_limits())

    limits.check(**usual)

    with pytest.raises(refusal):
        limits.check(**usual | wish)


def test_a_refusal_says_what_is_on_offer() -> None:
    with pytest.raises(TermNotOffered) as refusal:
        read(some_limits()).check_term(48)

    assert str(refusal.value) == "48 installments are not offered; choose one of: 36, 60."


def test_required_facts_must_be_known() -> None:
    limits = read(some_limits())

    limits.check_facts(Facts(annual_income_minor=1))

    with pytest.raises(FactsMissing, match="annual_income_minor"):
        limits.check_facts(Facts())


@pytest.mark.parametrize(
    ("rule", "facts", "failures"),
    [
        (a_rule(), Facts(age=18), ()),
        (a_rule(), Facts(age=17), ("below_minimum_age",)),
        (a_rule(), Facts(), ("below_minimum_age",)),
        (a_rule(missing="pass"), Facts(), ()),
        (a_rule(at_least=None, at_most=60), Facts(age=60), ()),
        (a_rule(at_least=None, at_most=60), Facts(age=61), ("below_minimum_age",)),
        (a_rule(at_most=60), Facts(age=61), ("below_minimum_age",)),
    ],
)
def test_rules_of_eligibility_name_their_failure(
    rule: dict[str, Any], facts: Facts, failures: tuple[str, ...]
) -> None:
    limits = read(some_limits(eligibility=[rule]))

    assert limits.failures(facts, amount=dollars("500.00")) == failures


def test_a_share_is_bounded_in_per_cent() -> None:
    rule = a_rule(
        fact="debt_to_income", at_least=None, at_most="50", reason="debt_to_income_too_high"
    )
    limits = read(some_limits(eligibility=[rule]))

    half = Facts(debt_to_income=Rate.percent("50"))
    above = Facts(debt_to_income=Rate.percent("50.01"))

    assert limits.failures(half, amount=dollars("500.00")) == ()
    assert limits.failures(above, amount=dollars("500.00")) == ("debt_to_income_too_high",)


def test_a_reason_is_named_once_however_many_rules_have_it() -> None:
    limits = read(some_limits(eligibility=[a_rule(), a_rule(at_least=16)]))

    assert limits.failures(Facts(age=15), amount=dollars("500.00")) == ("below_minimum_age",)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (amounts(step="0.00"), r"limits\.amount\.step: it is nothing"),
        (amounts(minimum="0.00"), r"limits\.amount\.minimum: it exceeds maximum or is zero"),
        (amounts(minimum="2000.00"), r"limits\.amount\.minimum: it exceeds maximum or is zero"),
        (some_limits(installments=[]), "there is no term"),
        (some_limits(installments=[0]), "there is no term"),
        (some_limits(required_facts=["shoe_size"]), "a fact is not known"),
        (some_limits(required_facts=["amount_to_income"]), "a fact is not known"),
        (some_limits(eligibility=[a_rule(at_least=None)]), "the rule has no bound"),
        (some_limits(eligibility=[a_rule(fact="region")]), "region has no order"),
        (some_limits(eligibility=[a_rule(reason="no_luck")]), "'no_luck' has no message"),
        (some_limits(eligibility=[a_rule(atleast=3)]), "nobody reads this name"),
        (some_limits(offer_days=0), "0 is too small"),
    ],
)
def test_limits_without_sense_are_refused(limits: dict[str, Any], message: str) -> None:
    with pytest.raises(UnusablePolicy, match=message):
        read(limits)


def test_only_an_absolute_rule_bars() -> None:
    limits = read(
        some_limits(
            eligibility=[
                a_rule(absolute=True),
                a_rule(fact="employment_years", at_least=1, reason="short_employment"),
            ]
        )
    )
    applicant = Facts(age=17, employment_years=0)

    assert limits.failures(applicant, amount=dollars("500.00")) == (
        "below_minimum_age",
        "short_employment",
    )
    assert limits.bars(applicant, amount=dollars("500.00")) == ("below_minimum_age",)
