from hypothesis import given
from hypothesis import strategies as st

from kernel import Currency, Money, Rate
from origination import MESSAGES, Facts, Policy, assess, load_products
from tests.origination.stories import ALICES_FACTS, changed, dollars
from tests.origination.test_facts import some_facts

US, CN = (Policy(spec.limits, spec.pricing) for spec in load_products())
ASKED = dollars("10000.00")


def test_alice_is_eligible_with_a_grade() -> None:
    found = assess(US, ALICES_FACTS, amount=ASKED)

    assert (found.eligible, found.grade, found.failures) == (True, "B", ())


def test_a_failed_rule_is_the_first_reason() -> None:
    found = assess(US, changed(debt_to_income=Rate.percent("60")), amount=ASKED)

    assert not found.eligible
    assert found.failures == ("debt_to_income_too_high",)
    assert found.reasons[0] == "debt_to_income_too_high"
    assert len(found.reasons) == 4


def test_a_score_below_every_grade_is_not_eligible_and_says_which_points_were_lost() -> None:
    trouble = Facts(
        annual_income_minor=10_000_00,
        debt_to_income=Rate.percent("49"),
        inquiries_6m=9,
        delinquencies_2y=5,
        public_records=3,
        revolving_utilisation=Rate.percent("99"),
        credit_history_years=1,
        employment_years=0,
    )

    found = assess(US, trouble, amount=ASKED)

    assert (found.eligible, found.grade, found.failures) == (False, "G", ())
    assert found.reasons == (
        "high_debt_to_income",
        "high_revolving_utilisation",
        "many_recent_inquiries",
        "amount_high_for_income",
    )


def test_a_chinese_borrower_is_bounded_by_age_and_by_a_third_of_income() -> None:
    asked = Money.parse("50000.00", Currency.CNY)
    facts = changed(annual_income_minor=120_000_00, age=61)

    assert assess(CN, facts, amount=asked).failures == (
        "above_maximum_age",
        "amount_too_high_for_income",
    )


@given(some_facts, st.integers(1, 10**9))
def test_there_are_at_most_four_reasons_and_each_has_a_message(facts: Facts, minor: int) -> None:
    found = assess(US, facts, amount=Money(minor, Currency.USD))

    assert len(found.reasons) <= 4
    assert set(found.reasons) <= set(MESSAGES)
    assert len(set(found.reasons)) == len(found.reasons)


@given(some_facts)
def test_the_same_facts_are_always_judged_the_same(facts: Facts) -> None:
    assert assess(US, facts, amount=ASKED) == assess(US, facts, amount=ASKED)
