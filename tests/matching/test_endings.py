from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matching import (
    ListingAlive,
    OrderStatus,
    decline_partial,
    expire_listing,
    orders_of,
    release,
    run_batch,
    withdraw_listing,
)
from origination import Listing, ListingStatus
from tests.matching.stories import (
    ALICE,
    BOB,
    CAROL,
    LATER,
    a_listing,
    cash,
    deposit,
    dollars,
    kept_for,
    mandate,
    order,
)


def half_funded(session: Session, by_hand: str) -> Listing:
    """A listing of 500.00 in which carol's mandate has 50.00 and bob what he ordered."""
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "500.00")
    deposit(session, CAROL, "500.00")
    mandate(session, CAROL, cap=dollars("50.00"))
    run_batch(session, at=LATER, seed="1")
    order(session, listing, BOB, by_hand)
    return listing


def test_a_listing_that_missed_its_minimum_gives_all_its_money_back(session: Session) -> None:
    listing = half_funded(session, "100.00")
    assert listing.closes_at is not None

    expire_listing(session, listing_id=listing.id, at=listing.closes_at)

    line = orders_of(session, lender_id=BOB)[0]
    assert listing.status == ListingStatus.EXPIRED
    assert listing.reserved.is_zero
    assert listing.orders == 0
    assert kept_for(session, listing).is_zero
    assert cash(session, BOB) == cash(session, CAROL) == dollars("500.00")
    assert (line.status, line.closed_at) == (OrderStatus.RELEASED, listing.closes_at)
    assert line.closed_why == "the listing expired"


def test_a_mandate_may_place_again_what_came_back(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, CAROL, "500.00")
    carols = mandate(session, CAROL, total=dollars("100.00"))
    run_batch(session, at=LATER, seed="1")
    spent = carols.invested

    withdraw_listing(session, listing_id=listing.id, by="operator:olga", at=LATER, why="error")

    assert spent == dollars("100.00")
    assert carols.invested.is_zero


def test_a_listing_that_reached_its_minimum_keeps_the_money_until_its_borrower_answers(
    session: Session,
) -> None:
    listing = half_funded(session, "400.00")
    assert listing.closes_at is not None

    expire_listing(session, listing_id=listing.id, at=listing.closes_at)

    assert listing.status == ListingStatus.PARTIAL
    assert kept_for(session, listing) == dollars("450.00")


def test_a_borrower_who_declines_less_frees_the_money(session: Session) -> None:
    listing = half_funded(session, "400.00")
    assert listing.closes_at is not None
    expire_listing(session, listing_id=listing.id, at=listing.closes_at)

    decline_partial(session, listing_id=listing.id, borrower_id=ALICE, at=listing.closes_at)

    assert kept_for(session, listing).is_zero
    assert cash(session, BOB) == dollars("500.00")


def test_a_borrower_who_never_answers_frees_the_money_too(session: Session) -> None:
    listing = half_funded(session, "400.00")
    assert listing.closes_at is not None
    expire_listing(session, listing_id=listing.id, at=listing.closes_at)

    expire_listing(session, listing_id=listing.id, at=listing.closes_at + timedelta(days=60))

    assert listing.status == ListingStatus.EXPIRED
    assert kept_for(session, listing).is_zero


def test_releasing_twice_gives_back_once(session: Session) -> None:
    listing = half_funded(session, "100.00")
    withdraw_listing(session, listing_id=listing.id, by="operator:olga", at=LATER, why="error")

    again = release(session, listing_id=listing.id, at=LATER, why="again")

    assert again == 0
    assert cash(session, BOB) == dollars("500.00")


def test_the_money_of_a_living_listing_stays(session: Session) -> None:
    listing = half_funded(session, "100.00")

    with pytest.raises(ListingAlive):
        release(session, listing_id=listing.id, at=LATER, why="wish")

    assert kept_for(session, listing) == dollars("150.00")
