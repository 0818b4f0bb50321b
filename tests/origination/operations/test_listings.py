import pytest
from sqlalchemy.orm import Session

from kernel import MoveNotAllowed, Rate
from origination import (
    AnswerTooLate,
    ApplicationStatus,
    Listing,
    ListingStatus,
    NotYours,
    Security,
    StillOpen,
    Terms,
    accept_partial,
    decide,
    decline_partial,
    ends_at,
    expire,
    publish,
)
from tests.origination.stories import (
    ALICE,
    BOB,
    NOON,
    OLGA,
    OSCAR,
    a_listing,
    a_reviewed,
    a_secured_product,
    an_accepted,
    an_approved,
    days,
    dollars,
)

CLOSES = NOON + days(14)


def reserve(session: Session, listing: Listing, amount: str) -> None:
    """Stand in for lenders: `matching` writes this column when it takes an order."""
    listing.reserved = dollars(amount)
    session.flush()


def a_partial(session: Session) -> Listing:
    listing = a_listing(session)
    reserve(session, listing, "7000.00")
    return expire(session, listing_id=listing.id, at=CLOSES)


def test_an_accepted_offer_becomes_a_listing_with_its_terms(session: Session) -> None:
    application = an_accepted(session)

    listing = publish(session, application_id=application.id, by=OLGA, at=NOON)

    assert (application.status, listing.status) == (ApplicationStatus.LISTED, ListingStatus.OPEN)
    assert (listing.amount, listing.minimum) == (dollars("10000.00"), dollars("7000.00"))
    assert listing.reserved == dollars("0.00")
    assert (listing.grade, listing.rate, listing.region) == ("B", Rate.percent("10.42"), "CA")
    assert (listing.opened_at, listing.closes_at) == (NOON, CLOSES)
    assert Terms.from_json(listing.terms).fees.origination == Rate.percent("4")


def test_lenders_do_not_see_how_old_alice_is(session: Session) -> None:
    listing = a_listing(session)

    assert "age" not in listing.facts
    assert listing.facts["annual_income_minor"] == 72_000_00


def test_what_secures_a_loan_is_what_its_product_says(session: Session) -> None:
    secured = a_listing(session, product=a_secured_product(session, Security.VEHICLE))

    assert secured.facts["security"] == "vehicle"
    assert a_listing(session).facts["security"] == "none"


def test_a_listing_is_of_the_amount_offered_not_of_the_amount_asked(session: Session) -> None:
    application = a_reviewed(session)
    decide(
        session,
        application_id=application.id,
        by=OSCAR,
        approve=True,
        at=NOON,
        amount=dollars("8000.00"),
        grade="D",
    )
    application.move(session, ApplicationStatus.ACCEPTED, by=f"borrower:{ALICE}", at=NOON)

    listing = publish(session, application_id=application.id, by=OLGA, at=NOON)

    assert (listing.amount, listing.grade) == (dollars("8000.00"), "D")
    assert Terms.from_json(listing.terms).fees.origination == Rate.percent("6")


def test_an_offer_that_was_not_accepted_is_not_listed(session: Session) -> None:
    application = an_approved(session)

    with pytest.raises(MoveNotAllowed):
        publish(session, application_id=application.id, by=OLGA, at=NOON)


def test_an_application_is_listed_once(session: Session) -> None:
    listing = a_listing(session)

    with pytest.raises(MoveNotAllowed):
        publish(session, application_id=listing.application_id, by=OLGA, at=NOON)


def test_a_listing_does_not_expire_before_its_time(session: Session) -> None:
    listing = a_listing(session)

    with pytest.raises(StillOpen, match=f"Listing {listing.number} stays open until 2026-03-16"):
        expire(session, listing_id=listing.id, at=NOON + days(13))

    assert listing.status == ListingStatus.OPEN


@pytest.mark.parametrize("reserved", ["0.00", "6975.00"])
def test_a_listing_below_its_minimum_expires(session: Session, reserved: str) -> None:
    listing = a_listing(session)
    reserve(session, listing, reserved)

    expire(session, listing_id=listing.id, at=CLOSES)

    assert (listing.status, listing.closed_at) == (ListingStatus.EXPIRED, CLOSES)


def test_a_listing_that_reached_its_minimum_waits_for_alice(session: Session) -> None:
    listing = a_partial(session)

    assert (listing.status, listing.closed_at) == (ListingStatus.PARTIAL, CLOSES)


def test_alice_takes_the_smaller_amount(session: Session) -> None:
    listing = a_partial(session)

    accept_partial(session, listing_id=listing.id, borrower_id=ALICE, at=CLOSES)

    assert listing.status == ListingStatus.FUNDED
    assert listing.amount == listing.reserved == dollars("7000.00")


def test_alice_takes_the_smaller_amount_only_while_it_is_time(session: Session) -> None:
    listing = a_partial(session)

    with pytest.raises(AnswerTooLate, match=f"listing {listing.number} was over at 2026-03-19"):
        accept_partial(session, listing_id=listing.id, borrower_id=ALICE, at=CLOSES + days(3))

    assert listing.status == ListingStatus.PARTIAL


def test_alice_leaves_the_smaller_amount(session: Session) -> None:
    listing = a_partial(session)

    decline_partial(session, listing_id=listing.id, borrower_id=ALICE, at=CLOSES)

    assert listing.status == ListingStatus.WITHDRAWN


def test_only_alice_answers_for_her_listing(session: Session) -> None:
    listing = a_partial(session)

    with pytest.raises(NotYours):
        accept_partial(session, listing_id=listing.id, borrower_id=BOB, at=CLOSES)
    with pytest.raises(NotYours):
        decline_partial(session, listing_id=listing.id, borrower_id=BOB, at=CLOSES)


def test_an_open_listing_has_no_smaller_amount_to_answer_for(session: Session) -> None:
    listing = a_listing(session)
    reserve(session, listing, "7000.00")

    with pytest.raises(MoveNotAllowed):
        decline_partial(session, listing_id=listing.id, borrower_id=ALICE, at=NOON)
    with pytest.raises(MoveNotAllowed):
        expire_twice(session, listing)


def expire_twice(session: Session, listing: Listing) -> None:
    listing.reserved = dollars("0.00")
    expire(session, listing_id=listing.id, at=CLOSES)
    expire(session, listing_id=listing.id, at=CLOSES)


def test_a_listing_ends_for_lenders_first_and_then_for_its_borrower(session: Session) -> None:
    listing = a_partial(session)
    answer_by = ends_at(listing)

    accept_partial(session, listing_id=listing.id, borrower_id=ALICE, at=CLOSES)

    assert answer_by == CLOSES + days(3)
    assert ends_at(listing) is None
    assert ends_at(a_listing(session)) == CLOSES


def test_alice_has_three_days_to_answer(session: Session) -> None:
    listing = a_partial(session)

    with pytest.raises(StillOpen):
        expire(session, listing_id=listing.id, at=CLOSES + days(2))
    expire(session, listing_id=listing.id, at=CLOSES + days(3))

    assert (listing.status, listing.closed_at) == (ListingStatus.EXPIRED, CLOSES)
