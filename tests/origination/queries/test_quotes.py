from datetime import date

import pytest
from sqlalchemy.orm import Session

from kernel import NotFound, Rate, new_id
from origination import (
    GradeNotOffered,
    ListingStatus,
    TermNotOffered,
    decide,
    estimate,
    listing_quote,
    offer_made,
)
from tests.origination.stories import (
    NOON,
    OSCAR,
    a_draft,
    a_listing,
    a_product,
    a_reviewed,
    an_approved,
    days,
    dollars,
)

TODAY = date(2026, 3, 2)


def test_an_estimate_is_priced_by_the_card_and_pays_the_fee_of_its_grade(session: Session) -> None:
    product = a_product(session)

    found = estimate(product, grade="B", amount=dollars("12000"), installments=36, on=TODAY)

    assert found.rate == Rate.percent("10.42")
    assert found.origination_fee == dollars("480")
    assert found.net_proceeds == dollars("11520")
    assert found.apr > found.rate


@pytest.mark.parametrize(
    ("grade", "installments", "refusal"), [("H", 36, GradeNotOffered), ("B", 48, TermNotOffered)]
)
def test_only_what_is_on_the_card_is_estimated(
    session: Session, grade: str, installments: int, refusal: type[Exception]
) -> None:
    product = a_product(session)

    with pytest.raises(refusal):
        estimate(product, grade=grade, amount=dollars("12000"), installments=installments, on=TODAY)


def test_an_offer_says_what_it_costs_and_until_when_it_holds(session: Session) -> None:
    application = an_approved(session)

    made = offer_made(session, application_id=application.id, on=TODAY)

    assert made.quote.rate == Rate.percent("10.42")
    assert made.quote.net_proceeds == dollars("9600.00")
    assert made.quote.schedule.contract.start == TODAY
    assert made.terms.fees.origination == Rate.percent(4)
    assert made.grade == "B"
    assert made.until == NOON + days(30)


def test_before_a_decision_there_is_no_offer(session: Session) -> None:
    draft = a_draft(session)

    with pytest.raises(NotFound):
        offer_made(session, application_id=draft.id, on=TODAY)


def test_a_declined_application_has_no_offer(session: Session) -> None:
    application = a_reviewed(session)
    decide(session, application_id=application.id, by=OSCAR, approve=False, at=NOON)

    with pytest.raises(NotFound):
        offer_made(session, application_id=application.id, on=TODAY)


def test_a_listing_costs_what_the_offer_said(session: Session) -> None:
    listing = a_listing(session)

    found = listing_quote(session, listing_id=listing.id, on=TODAY)

    made = offer_made(session, application_id=listing.application_id, on=TODAY)
    assert found == made.quote


def test_a_partly_funded_listing_is_quoted_for_what_is_there(session: Session) -> None:
    listing = a_listing(session)
    listing.status = ListingStatus.PARTIAL
    listing.reserved = dollars("7500")

    found = listing_quote(session, listing_id=listing.id, on=TODAY)

    assert found.amount == dollars("7500")
    assert found.origination_fee == dollars("300")


def test_there_is_no_quote_for_no_listing(session: Session) -> None:
    with pytest.raises(NotFound):
        listing_quote(session, listing_id=new_id(), on=TODAY)
