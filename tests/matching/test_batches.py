from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import Currency, Rate
from matching import (
    Criteria,
    Order,
    cancel_order,
    mandates_of,
    order_book,
    orders_of,
    pause_mandate,
    run_batch,
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
    mandate,
    order,
)
from tests.origination.stories import a_secured_product, changed


def test_a_batch_places_the_orders_of_mandates(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "1000.00")
    deposit(session, CAROL, "60.00")
    bobs = mandate(session, BOB)
    mandate(session, CAROL)

    batch = run_batch(session, at=LATER, seed="1")

    assert (batch.orders, batch.reserved_minor, batch.dropped) == (2, 150_00, 0)
    assert (batch.listings, batch.mandates) == (1, 2)
    assert cash(session, BOB) == dollars("900.00")
    assert cash(session, CAROL) == dollars("10.00")
    assert kept_for(session, listing) == listing.reserved == dollars("150.00")
    assert listing.orders == 2
    assert bobs.invested == dollars("100.00")
    line = orders_of(session, lender_id=BOB)[0]
    assert (line.amount, line.mandate, line.placed_at) == (dollars("100.00"), "anything", LATER)


def test_a_batch_funds_the_listings_that_it_fills(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "1000.00")
    mandate(session, BOB, cap=dollars("500.00"))

    run_batch(session, at=LATER, seed="1")

    assert listing.status == ListingStatus.FUNDED
    assert listing.closed_at == LATER


def test_a_second_batch_places_nothing_that_the_first_one_placed(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB)

    run_batch(session, at=LATER, seed="1")
    again = run_batch(session, at=LATER, seed="1")

    assert again.orders == 0
    assert listing.reserved == dollars("100.00")
    assert mandates_of(session, lender_id=BOB)[0].idle_why == "cap"


def test_the_same_market_and_seed_give_the_same_plan(session: Session) -> None:
    a_listing(session, "500.00")
    for lender in (BOB, CAROL, DAN):
        deposit(session, lender, "1000.00")
        mandate(session, lender, cap=dollars("400.00"))

    with session.begin_nested() as first_time:
        first = run_batch(session, at=LATER, seed="7")
        digests = (first.input_digest, first.plan_digest)
        first_time.rollback()
    second = run_batch(session, at=LATER, seed="7")

    assert (second.input_digest, second.plan_digest) == digests


def test_a_batch_without_a_seed_draws_one_and_keeps_it(session: Session) -> None:
    batch = run_batch(session, at=LATER)

    assert len(batch.seed) == 32


def test_an_empty_market_makes_an_empty_batch(session: Session) -> None:
    batch = run_batch(session, at=LATER, seed="1", currency=Currency.CNY)

    assert (batch.listings, batch.mandates, batch.orders, batch.currency) == (0, 0, 0, "CNY")


def test_cash_that_is_to_be_kept_is_kept(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "120.00")
    mandate(session, BOB, keep=dollars("60.00"))

    run_batch(session, at=LATER, seed="1")

    assert cash(session, BOB) == dollars("70.00")


def test_a_total_is_not_exceeded(session: Session) -> None:
    for _ in range(3):
        a_listing(session)
    deposit(session, BOB, "1000.00")
    bobs = mandate(session, BOB, total=dollars("150.00"))

    run_batch(session, at=LATER, seed="1")

    assert bobs.invested == dollars("150.00")


def test_a_paused_mandate_rests(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "1000.00")
    bobs = mandate(session, BOB)
    pause_mandate(session, mandate_id=bobs.id, lender_id=BOB, at=LATER)

    batch = run_batch(session, at=LATER, seed="1")

    assert batch.orders == 0


def test_a_borrower_with_a_mandate_does_not_fund_herself(session: Session) -> None:
    a_listing(session)
    deposit(session, ALICE, "1000.00")
    mandate(session, ALICE)

    run_batch(session, at=LATER, seed="1")

    assert mandates_of(session, lender_id=ALICE)[0].idle_why == "own_listing"


def test_every_mandate_learns_why_it_got_nothing(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB, name="dear", criteria=Criteria(rate_min=Rate.percent("35")))
    mandate(session, BOB, name="short", criteria=Criteria(installments_max=12))
    mandate(session, CAROL, name="no cash")
    mandate(session, BOB, name="works")

    batch = run_batch(session, at=LATER, seed="1")

    lines = [*mandates_of(session, lender_id=BOB), *mandates_of(session, lender_id=CAROL)]
    assert {line.name: line.idle_why for line in lines} == {
        "dear": "rate",
        "short": "term",
        "no cash": "cash",
        "works": None,
    }
    assert batch.summary["reached"] == {"cash": 1, "rate": 1, "served": 1, "term": 1}


def test_a_mandate_may_ask_for_security_and_for_who_borrows(session: Session) -> None:
    a_listing(session, facts=changed(joint=True))
    a_listing(session, product=a_secured_product(session))
    for lender in (BOB, CAROL, DAN):
        deposit(session, lender, "1000.00")
    mandate(session, BOB, criteria=Criteria(securities=("vehicle",), borrowers=("single",)))
    mandate(session, CAROL, criteria=Criteria(securities=("property",)))
    mandate(session, DAN, criteria=Criteria(securities=("none",), borrowers=("single",)))

    batch = run_batch(session, at=LATER, seed="1")

    assert batch.orders == 1
    whys = [mandates_of(session, lender_id=each)[0].idle_why for each in (BOB, CAROL, DAN)]
    assert whys == [None, "security", "borrower"]


def test_only_a_share_that_others_wanted_too_counts_as_being_served(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "1000.00")
    bobs = mandate(session, BOB)

    run_batch(session, at=LATER, seed="1")
    alone = bobs.served_at
    a_listing(session, "500.00")
    deposit(session, CAROL, "1000.00")
    mandate(session, CAROL, cap=dollars("500.00"))
    run_batch(session, at=LATER + timedelta(hours=1), seed="1")

    assert alone is None
    assert bobs.served_at == LATER + timedelta(hours=1)


def test_whoever_was_served_before_stands_behind_whoever_was_not(session: Session) -> None:
    for lender in (BOB, CAROL):
        deposit(session, lender, "10000.00")
        mandate(session, lender, cap=dollars("500.00"))
    served = []
    for hour in range(1, 5):
        listing = a_listing(session, "500.00")
        deposit(session, DAN, "475.00")
        order(session, listing, DAN, "475.00")
        run_batch(session, at=LATER + timedelta(hours=hour), seed=str(hour), invested={})
        served += [line.lender_id for line in order_book(session, listing_id=listing.id)[1:]]

    assert {served[0], served[1]} == {BOB, CAROL}
    assert served[2:] == served[:2]


def test_what_a_lender_took_back_is_not_bought_again_for_it(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "1000.00")
    bobs = mandate(session, BOB)
    run_batch(session, at=LATER, seed="1")
    placed = session.scalars(select(Order).where(Order.lender_id == BOB)).one()

    cancel_order(session, order_id=placed.id, lender_id=BOB, at=LATER)
    again = run_batch(session, at=LATER, seed="2")

    assert bobs.invested.is_zero
    assert again.orders == 0
    assert listing.reserved.is_zero


def test_money_that_was_at_work_before_waits_behind_money_that_was_not(session: Session) -> None:
    a_listing(session, "500.00")
    deposit(session, BOB, "500.00")
    deposit(session, CAROL, "500.00")
    mandate(session, BOB, cap=dollars("500.00"))
    mandate(session, CAROL, cap=dollars("500.00"))

    run_batch(session, at=LATER, seed="1", invested={BOB: 10_000_00})

    shares = [orders_of(session, lender_id=lender)[0].amount for lender in (BOB, CAROL)]
    assert shares == [dollars("250.00"), dollars("250.00")]


def test_a_listing_half_full_by_hand_is_filled_by_mandates(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "1000.00")
    deposit(session, CAROL, "1000.00")
    order(session, listing, BOB, "300.00")
    mandate(session, CAROL, cap=dollars("500.00"))

    run_batch(session, at=LATER, seed="1")

    assert listing.status == ListingStatus.FUNDED
    assert cash(session, CAROL) == dollars("800.00")


def test_a_listing_past_its_time_is_left_alone(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB)
    assert listing.closes_at is not None

    batch = run_batch(session, at=listing.closes_at, seed="1")

    assert batch.listings == 0


@pytest.mark.parametrize("manual", ["50.00", "100.00"])
def test_what_a_lender_ordered_by_hand_counts_towards_the_cap(
    session: Session, manual: str
) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB)
    order(session, listing, BOB, manual)

    run_batch(session, at=LATER, seed="1")

    assert listing.reserved == dollars("100.00")
