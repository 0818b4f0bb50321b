from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import Rate
from origination import Facts, Scorecard, UnusablePolicy, load_products
from origination.policy import Table
from tests.origination.stories import ALICES_FACTS, changed, dollars

CARD = load_products()[0].pricing.scorecard
ASKED = dollars("10000.00")


def a_card(**changes: Any) -> dict[str, Any]:
    return {
        "version": "test-1",
        "base": 100,
        "grades": {"A": 120, "B": 110},
        "characteristic": [
            {
                "fact": "inquiries_6m",
                "reason": "many_recent_inquiries",
                "missing": 3,
                "bands": [{"below": 1, "points": 20}, {"below": 3, "points": 10}, {"points": 0}],
            }
        ],
    } | changes


def a_characteristic(**changes: Any) -> dict[str, Any]:
    return a_card(characteristic=[a_card()["characteristic"][0] | changes])


def read(card: dict[str, Any]) -> Scorecard:
    return Scorecard.read(Table(card, "card"))


@pytest.mark.parametrize(
    ("inquiries", "total", "grade"),
    [(0, 120, "A"), (1, 110, "B"), (2, 110, "B"), (3, 100, None), (None, 103, None)],
)
def test_points_add_up_to_a_score_and_a_grade(
    inquiries: int | None, total: int, grade: str | None
) -> None:
    score = read(a_card()).score(Facts(inquiries_6m=inquiries), amount=ASKED)

    assert (score.total, score.grade, score.scorecard) == (total, grade, "test-1")


def test_a_lost_point_has_a_reason_and_an_unknown_fact_is_named() -> None:
    card = read(a_card())

    assert card.score(Facts(inquiries_6m=0), amount=ASKED).reasons == ()
    assert card.score(Facts(inquiries_6m=9), amount=ASKED).reasons == ("many_recent_inquiries",)
    assert card.score(Facts(), amount=ASKED).reasons == ("unknown_inquiries_6m",)


def test_a_neighbouring_fact_stands_in_for_an_unknown_one() -> None:
    card = read(a_characteristic(instead="inquiries_12m"))

    assert card.score(Facts(inquiries_12m=0), amount=ASKED).total == 120
    assert card.score(Facts(), amount=ASKED).reasons == ("unknown_inquiries_6m",)


def test_words_have_points_and_a_word_that_is_not_listed_counts_as_missing() -> None:
    home = {
        "fact": "home_ownership",
        "reason": "home_ownership",
        "missing": 1,
        "values": {"own": 9, "rent": 4},
    }
    card = read(a_card(characteristic=[home]))

    totals = [
        card.score(Facts.from_json({"home_ownership": word}), amount=ASKED).total
        for word in ("own", "rent", "other")
    ]

    assert totals == [109, 104, 101]


def test_reasons_name_the_greatest_loss_first() -> None:
    facts = changed(
        debt_to_income=Rate.percent("40"),
        inquiries_6m=0,
        revolving_utilisation=Rate.percent("85"),
        employment_years=4,
    )

    score = CARD.score(facts, amount=ASKED)

    assert score.reasons[:2] == ("high_debt_to_income", "high_revolving_utilisation")


WORSE = {
    "debt_to_income": Rate.percent("1"),
    "revolving_utilisation": Rate.percent("1"),
    "inquiries_6m": 1,
    "delinquencies_2y": 1,
    "public_records": 1,
}
BETTER = {"annual_income_minor": 1_000_00, "credit_history_years": 1, "employment_years": 1}


def more(facts: Facts, name: str, step: Any, times: int) -> Facts:
    value = getattr(facts, name)
    added: Any = (
        Rate(value.value + step.value * times) if isinstance(step, Rate) else value + step * times
    )
    return changed(facts, **{name: added})


@given(st.sampled_from(sorted(WORSE)), st.integers(0, 60), st.integers(0, 60))
def test_more_debt_or_trouble_never_raises_the_score(name: str, first: int, later: int) -> None:
    before = more(ALICES_FACTS, name, WORSE[name], first)
    after = more(before, name, WORSE[name], later)

    assert CARD.score(after, amount=ASKED).total <= CARD.score(before, amount=ASKED).total


@given(st.sampled_from(sorted(BETTER)), st.integers(0, 60), st.integers(0, 60))
def test_more_income_or_history_never_lowers_the_score(name: str, first: int, later: int) -> None:
    before = more(ALICES_FACTS, name, BETTER[name], first)
    after = more(before, name, BETTER[name], later)

    assert CARD.score(after, amount=ASKED).total >= CARD.score(before, amount=ASKED).total


@given(st.integers(1, 4_000_000), st.integers(0, 4_000_000))
def test_asking_for_more_never_raises_the_score(amount: int, added: int) -> None:
    less = replace(ASKED, minor=amount)

    more_asked = replace(ASKED, minor=amount + added)

    low, high = (CARD.score(ALICES_FACTS, amount=asked).total for asked in (more_asked, less))
    assert low <= high


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_better_score_never_has_a_worse_grade(one: int, other: int) -> None:
    order = [grade for grade, _ in CARD.grades]
    low, high = sorted((one, other))

    places = [order.index(CARD.grade(total) or order[-1]) for total in (low, high)]

    assert places[0] >= places[1]


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (a_card(grades={}), "there is none, or two are alike"),
        (a_card(grades={"A": 1, "B": 1}), "there is none, or two are alike"),
        (a_characteristic(fact="shoe_size"), "'shoe_size' is no fact"),
        (a_characteristic(fact="joint"), "nothing says that it is not known"),
        (a_characteristic(reason="bad_luck"), "'bad_luck' has no message"),
        (a_characteristic(bands=[]), "bounds do not rise"),
        (a_characteristic(bands=[{"below": 1, "points": 1}]), "bounds do not rise"),
        (a_characteristic(bands=[{"points": 1}, {"points": 2}]), "bounds do not rise"),
        (
            a_characteristic(
                bands=[{"below": 2, "points": 1}, {"below": 1, "points": 2}, {"points": 3}]
            ),
            "bounds do not rise",
        ),
        (a_characteristic(colour="red"), "nobody reads this name"),
    ],
)
def test_a_card_without_sense_is_refused(card: dict[str, Any], message: str) -> None:
    with pytest.raises(UnusablePolicy, match=message):
        read(card)
