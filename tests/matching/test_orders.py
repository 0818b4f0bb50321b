from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import origination
from escrow import InsufficientFunds
from kernel import Currency, CurrencyMismatch, Money, NotFound, StatusEvent
from matching import (
    ListingClosed,
    ListingFull,
    OrderFixed,
    OrderKeyTaken,
    OrderOffStep,
    OrderStatus,
    OrderTooSmall,
    OwnListing,
    cancel_order,
    order_book,
    order_of,
    orders_of,
    place_order,
)
from origination import ListingStatus
from tests.matching.stories import (
    ALICE,
    BOB,
    CAROL,
    DAN,
    LATER,
    a_listing,
    cash,
    deposit,
    dollars,
    kept_for,
    order,
)


def test_an_order_reserves_the_lenders_cash_for_the_listing(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "500.00")

    placed = order(session, listing, BOB, "200.00")

    assert placed.status == OrderStatus.RESERVED
    assert placed.amount == placed.requested == dollars("200.00")
    assert cash(session, BOB) == dollars("300.00")
    assert kept_for(session, listing) == listing.reserved == dollars("200.00")
    assert listing.orders == 1
    assert listing.status == ListingStatus.OPEN


def test_the_last_order_funds_the_listing(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "500.00")
    deposit(session, CAROL, "500.00")

    order(session, listing, BOB, "300.00")
    order(session, listing, CAROL, "200.00")

    assert listing.status == ListingStatus.FUNDED
    assert listing.closed_at == LATER
    assert kept_for(session, listing) == dollars("500.00")
    last = session.query(StatusEvent).order_by(StatusEvent.id.desc()).first()
    assert last is not None
    assert (last.noun, last.to_state, last.why) == ("listing", "funded", "full")


def test_the_same_order_sent_twice_is_placed_once(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "500.00")

    first = order(session, listing, BOB, "100.00", key="mine")
    again = order(session, listing, BOB, "100.00", key="mine")

    assert again.id == first.id
    assert listing.reserved == dollars("100.00")
    assert cash(session, BOB) == dollars("400.00")


def test_a_key_that_named_another_order_is_refused(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "500.00")
    order(session, listing, BOB, "100.00", key="mine")

    with pytest.raises(OrderKeyTaken):
        order(session, listing, BOB, "125.00", key="mine")


def test_two_lenders_may_use_the_same_key(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "500.00")
    deposit(session, CAROL, "500.00")

    order(session, listing, BOB, "100.00", key="1")
    order(session, listing, CAROL, "100.00", key="1")

    assert listing.orders == 2


def test_an_order_larger_than_the_room_is_told_how_much_is_left(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "1000.00")
    order(session, listing, BOB, "400.00")

    with pytest.raises(ListingFull) as refused:
        order(session, listing, BOB, "200.00")

    assert refused.value.room == dollars("100.00")
    assert cash(session, BOB) == dollars("600.00")
    assert listing.reserved == dollars("400.00")


def test_an_order_larger_than_the_room_takes_what_is_left_where_the_lender_allows_it(
    session: Session,
) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "1000.00")
    order(session, listing, BOB, "400.00")

    placed = order(session, listing, BOB, "200.00", key="rest", allow_partial=True)
    again = order(session, listing, BOB, "200.00", key="rest", allow_partial=True)

    assert (placed.amount, placed.requested) == (dollars("100.00"), dollars("200.00"))
    assert again.id == placed.id
    assert listing.status == ListingStatus.FUNDED


def test_a_full_listing_says_so_even_to_those_who_allow_less(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "1000.00")
    order(session, listing, BOB, "500.00")

    with pytest.raises(ListingFull) as refused:
        order(session, listing, BOB, "25.00", allow_partial=True)

    assert refused.value.room == dollars("0.00")


def test_an_order_below_the_minimum_is_refused(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "500.00")

    with pytest.raises(OrderTooSmall) as refused:
        order(session, listing, BOB, "10.00")

    assert refused.value.minimum == dollars("25.00")


def test_an_order_off_the_step_is_refused(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "500.00")

    with pytest.raises(OrderOffStep) as refused:
        order(session, listing, BOB, "30.00")

    assert refused.value.step == dollars("25.00")


def test_an_odd_amount_is_taken_where_it_fills_the_listing(session: Session) -> None:
    listing = a_listing(session, "500.00")
    listing.reserved = dollars("490.00")
    session.flush()
    deposit(session, BOB, "500.00")

    placed = order(session, listing, BOB, "10.00")

    assert placed.amount == dollars("10.00")
    assert listing.status == ListingStatus.FUNDED


def test_borrowers_do_not_lend_to_themselves(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, ALICE, "500.00")

    with pytest.raises(OwnListing):
        order(session, listing, ALICE, "100.00")


def test_an_order_without_the_cash_for_it_takes_no_room(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "100.00")

    with pytest.raises(InsufficientFunds):
        order(session, listing, BOB, "500.00")

    assert listing.reserved.is_zero
    assert listing.orders == 0
    assert listing.status == ListingStatus.OPEN
    assert orders_of(session, lender_id=BOB) == []


def test_after_a_refusal_the_rest_of_a_basket_can_be_placed(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "100.00")

    with pytest.raises(InsufficientFunds):
        order(session, listing, BOB, "200.00")
    order(session, listing, BOB, "75.00")

    assert listing.reserved == dollars("75.00")


def test_a_withdrawn_listing_takes_no_orders(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "100.00")
    origination.withdraw(session, listing_id=listing.id, by="operator:olga", at=LATER, why="error")

    with pytest.raises(ListingClosed) as refused:
        order(session, listing, BOB, "100.00")

    assert refused.value.status == "withdrawn"


def test_a_listing_past_its_time_takes_no_orders(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "100.00")
    assert listing.closes_at is not None

    with pytest.raises(ListingClosed):
        order(session, listing, BOB, "100.00", at=listing.closes_at)


def test_money_of_another_currency_is_refused(session: Session) -> None:
    listing = a_listing(session)

    with pytest.raises(CurrencyMismatch):
        place_order(
            session,
            listing_id=listing.id,
            lender_id=BOB,
            amount=Money(100_00, Currency.CNY),
            key="yuan",
            at=LATER,
        )


def test_an_order_on_nothing_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        place_order(
            session,
            listing_id=UUID(int=1),
            lender_id=BOB,
            amount=dollars("100.00"),
            key="nothing",
            at=LATER,
        )


def test_a_cancelled_order_gives_the_cash_and_the_room_back(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "500.00")
    placed = order(session, listing, BOB, "200.00")

    cancel_order(session, order_id=placed.id, lender_id=BOB, at=LATER)
    again = cancel_order(session, order_id=placed.id, lender_id=BOB, at=LATER)

    assert again.status == OrderStatus.CANCELLED
    assert cash(session, BOB) == dollars("500.00")
    assert listing.reserved.is_zero
    assert listing.orders == 0


def test_an_order_of_a_funded_listing_stays(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "500.00")
    placed = order(session, listing, BOB, "500.00")

    with pytest.raises(OrderFixed):
        cancel_order(session, order_id=placed.id, lender_id=BOB, at=LATER)


def test_nobody_cancels_an_order_of_somebody_else(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "500.00")
    placed = order(session, listing, BOB, "200.00")

    with pytest.raises(NotFound):
        cancel_order(session, order_id=placed.id, lender_id=CAROL, at=LATER)


def test_a_lender_sees_the_latest_order_first_and_page_by_page(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "500.00")
    first = order(session, listing, BOB, "100.00")
    second = order(session, listing, BOB, "50.00")
    cancel_order(session, order_id=first.id, lender_id=BOB, at=LATER)

    lines = orders_of(session, lender_id=BOB)
    page = orders_of(session, lender_id=BOB, limit=1, before=max(first.id, second.id))
    open_ = orders_of(session, lender_id=BOB, status=OrderStatus.RESERVED)

    assert {line.id for line in lines} == {first.id, second.id}
    assert [line.id for line in page] == [min(first.id, second.id)]
    assert [(line.amount, line.listing_number) for line in open_] == [
        (dollars("50.00"), listing.number)
    ]


def test_the_order_book_shows_the_largest_first_and_nothing_cancelled(session: Session) -> None:
    listing = a_listing(session)
    for lender, amount in ((BOB, "100.00"), (CAROL, "300.00"), (DAN, "200.00")):
        deposit(session, lender, "500.00")
        order(session, listing, lender, amount)
    gone = orders_of(session, lender_id=DAN)[0]
    cancel_order(session, order_id=gone.id, lender_id=DAN, at=LATER + timedelta(hours=1))

    book = order_book(session, listing_id=listing.id)

    assert [(line.lender_id, line.amount) for line in book] == [
        (CAROL, dollars("300.00")),
        (BOB, dollars("100.00")),
    ]


def test_only_its_lender_finds_an_order(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "500.00")
    placed = order(session, listing, BOB, "200.00")

    found = order_of(session, order_id=placed.id, lender_id=BOB)

    assert (found.amount, found.listing_number) == (dollars("200.00"), listing.number)
    assert (found.grade, found.rate, found.installments) == (
        listing.grade,
        listing.rate,
        listing.installments,
    )
    with pytest.raises(NotFound):
        order_of(session, order_id=placed.id, lender_id=CAROL)


def test_an_order_can_be_cancelled_until_its_listing_is_funded(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "500.00")
    placed = order(session, listing, BOB, "200.00")
    before = order_of(session, order_id=placed.id, lender_id=BOB)

    order(session, listing, BOB, "300.00")

    assert before.is_cancellable(LATER)
    assert not order_of(session, order_id=placed.id, lender_id=BOB).is_cancellable(LATER)
