from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from escrow import InsufficientFunds
from kernel import DomainError
from matching import (
    ConsentNeeded,
    KnowledgeTestMissing,
    ListingClosed,
    ListingFull,
    OrderOffStep,
    OrderPreview,
    OrderTooSmall,
    OwnListing,
    declare_standing,
    preview_order,
)
from origination import Listing
from tests.matching.stories import (
    ALICE,
    BOB,
    CAROL,
    LATER,
    NOON,
    a_listing,
    cash,
    deposit,
    dollars,
    order,
)


def test_an_order_can_be_looked_at_before_it_is_placed(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "800.00")

    seen = preview(session, listing, BOB, "200.00")

    assert (seen.requested, seen.amount) == (dollars("200.00"), dollars("200.00"))
    assert (seen.cash_before, seen.cash_after) == (dollars("800.00"), dollars("600.00"))
    assert cash(session, BOB) == dollars("800.00")
    assert listing.orders == 0


def test_a_look_ahead_takes_what_is_left_where_that_is_welcome(session: Session) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "800.00")
    deposit(session, CAROL, "490.00")
    order(session, listing, CAROL, "450.00")

    seen = preview(session, listing, BOB, "200.00", allow_partial=True)

    assert (seen.requested, seen.amount) == (dollars("200.00"), dollars("50.00"))
    assert seen.cash_after == dollars("750.00")


@pytest.mark.parametrize(
    ("lender", "amount", "refused"),
    [
        (ALICE, "100.00", OwnListing),
        (BOB, "20.00", OrderTooSmall),
        (BOB, "30.00", OrderOffStep),
        (BOB, "525.00", ListingFull),
        (BOB, "300.00", InsufficientFunds),
    ],
)
def test_a_look_ahead_refuses_what_an_order_would(
    session: Session, lender: UUID, amount: str, refused: type[DomainError]
) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "200.00")

    with pytest.raises(refused):
        preview(session, listing, lender, amount)
    with pytest.raises(refused):
        order(session, listing, lender, amount)


def test_a_look_ahead_at_a_listing_past_its_time_says_so(session: Session) -> None:
    listing = a_listing(session)

    with pytest.raises(ListingClosed):
        preview(session, listing, BOB, "100.00", at=NOON + timedelta(days=100))


def test_a_look_ahead_is_refused_as_the_law_would_refuse_the_order(session: Session) -> None:
    listing = a_listing(session)
    deposit(session, BOB, "800.00")
    how: dict[str, Any] = {"lender_id": BOB, "pack_code": "eu-ecspr", "at": LATER}
    declare_standing(session, tested_on=None, net_assets=None, **how)
    with pytest.raises(KnowledgeTestMissing):
        preview(session, listing, BOB, "100.00")

    declare_standing(session, tested_on=LATER.date(), net_assets=dollars("1000.00"), **how)
    with pytest.raises(ConsentNeeded):
        preview(session, listing, BOB, "100.00")
    seen = preview(session, listing, BOB, "100.00", consents=True)

    assert seen.revocable_until is not None
    assert seen.revocable_until > LATER + timedelta(days=4)


def preview(
    session: Session, listing: Listing, lender_id: UUID, amount: str, **how: Any
) -> OrderPreview:
    return preview_order(
        session,
        listing_id=listing.id,
        lender_id=lender_id,
        amount=dollars(amount),
        **{"at": LATER} | how,
    )
