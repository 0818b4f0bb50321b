from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import Currency, Money, Rate
from origination import VOCABULARY, Facts, HomeOwnership, Kind, UnusableFact, Verification
from origination.facts import judged, shown
from tests.origination.stories import ALICES_FACTS, dollars

SHARES = st.integers(0, 10**10).map(Rate.from_e8)
COUNTS = st.integers(0, 10**9)

some_facts = st.builds(
    Facts,
    annual_income_minor=st.none() | COUNTS,
    debt_to_income=st.none() | SHARES,
    home_ownership=st.none() | st.sampled_from(HomeOwnership),
    verification=st.none() | st.sampled_from(Verification),
    region=st.none() | st.text(max_size=10),
    joint=st.none() | st.booleans(),
    inquiries_6m=st.none() | COUNTS,
)


@given(some_facts)
def test_facts_are_stored_and_read_back_unchanged(facts: Facts) -> None:
    assert Facts.from_json(facts.to_json()) == facts


def test_what_is_not_known_is_not_stored() -> None:
    assert Facts(age=34).to_json() == {"age": 34}


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        ({"shoe_size": 43}, "The value given for shoe_size"),
        ({"amount_to_income": 5}, "not in the vocabulary"),
        ({"age": "34"}, "'34' is not a count"),
        ({"age": True}, "True is not a count"),
        ({"joint": 1}, "1 is not a flag"),
        ({"debt_to_income": "18.01"}, "'18.01' is not a share"),
        ({"home_ownership": "castle"}, "'castle' is not a word"),
        ({"age": -1}, "-1 is below zero"),
        ({"debt_to_income": -1}, "is below zero"),
    ],
)
def test_a_fact_outside_the_vocabulary_is_refused(stored: dict[str, Any], why: str) -> None:
    with pytest.raises(UnusableFact) as refusal:
        Facts.from_json(stored)

    assert why.replace("The value given for ", "The fact “") in str(refusal.value)


def test_every_fact_has_a_kind() -> None:
    assert VOCABULARY["annual_income_minor"] is Kind.AMOUNT
    assert VOCABULARY["debt_to_income"] is Kind.SHARE
    assert VOCABULARY["age"] is Kind.COUNT
    assert VOCABULARY["verification"] is Kind.WORD
    assert VOCABULARY["joint"] is Kind.FLAG


def test_lenders_do_not_see_the_age_of_a_borrower() -> None:
    assert "age" not in shown(ALICES_FACTS)
    assert shown(ALICES_FACTS)["region"] == "CA"


def test_an_amount_is_compared_with_income_and_rounded_against_the_applicant() -> None:
    facts = Facts(annual_income_minor=30_000_00)

    third = judged(facts, "amount_to_income", amount=dollars("10000.00"))

    assert third == 33_333_334


def test_without_income_an_amount_cannot_be_compared() -> None:
    asked = Money(1, Currency.USD)

    assert judged(Facts(), "amount_to_income", amount=asked) is None
    assert judged(Facts(annual_income_minor=0), "amount_to_income", amount=asked) is None
