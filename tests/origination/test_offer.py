from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kernel import Rate
from origination import (
    AmountOutsideLimits,
    GradeNotOffered,
    Offer,
    Policy,
    RateAboveCap,
    TermNotOffered,
    Wish,
    assess,
    load_products,
    make_offer,
)
from tests.origination.stories import ALICES_FACTS, changed, dollars

US = load_products()[0]
POLICY = Policy(US.limits, US.pricing)
ASKED = Wish(dollars("10000.00"), 36, "car")
TODAY = date(2026, 3, 2)


def an_offer(**changes: Any) -> Offer:
    facts = changes.pop("facts", ALICES_FACTS)
    found = assess(POLICY, facts, amount=ASKED.amount)
    usual: dict[str, Any] = {"asked": ASKED, "offered": ASKED}
    return make_offer(POLICY, US.terms, found, **usual | changes)


def test_an_offer_is_priced_by_grade_and_term_and_carries_the_fee() -> None:
    offer = an_offer()

    assert (offer.grade, offer.rate, offer.reasons) == ("B", Rate.percent("10.42"), ())
    assert offer.terms.fees.origination == Rate.percent("4")


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"grade": "C"}, ("external_grade",)),
        ({"grade": "B"}, ()),
        ({"rate": Rate.percent("9")}, ("changed_terms",)),
        ({"rate": Rate.percent("10.42")}, ()),
        ({"offered": replace(ASKED, amount=dollars("8000.00"))}, ("changed_terms",)),
        ({"offered": replace(ASKED, installments=60)}, ("changed_terms",)),
        ({"facts": changed(delinquent_accounts=1)}, ("despite_rules",)),
        (
            {"grade": "G", "facts": changed(delinquent_accounts=1)},
            ("despite_rules", "external_grade"),
        ),
    ],
)
def test_an_offer_says_how_it_differs_from_the_rules(
    changes: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    assert an_offer(**changes).reasons == reasons


def test_an_offer_outside_the_products_grades_and_terms_cannot_be_made() -> None:
    with pytest.raises(GradeNotOffered):
        an_offer(grade="Z")
    with pytest.raises(TermNotOffered):
        an_offer(offered=replace(ASKED, installments=48))


def test_an_offer_is_held_to_limits_and_ceiling() -> None:
    an_offer().check(POLICY, on=TODAY)

    with pytest.raises(AmountOutsideLimits):
        an_offer(offered=replace(ASKED, amount=dollars("50000.00"))).check(POLICY, on=TODAY)
    with pytest.raises(RateAboveCap):
        an_offer(rate=Rate.percent("34")).check(POLICY, on=TODAY)


def test_an_offer_is_quoted_as_it_will_be_booked() -> None:
    quoted = an_offer().quote(TODAY)

    assert quoted.origination_fee == dollars("400.00")
    assert quoted.schedule.contract.start == TODAY
