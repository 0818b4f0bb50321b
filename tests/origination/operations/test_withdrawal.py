from typing import Any

import pytest
from sqlalchemy.orm import Session

from kernel import MoveNotAllowed
from origination import ListingStatus, NotYours, withdraw
from tests.origination.stories import ALICE, BOB, NOON, OLGA, a_listing

BY_ALICE = f"borrower:{ALICE}"


def test_alice_withdraws_her_listing_once(session: Session) -> None:
    listing = a_listing(session)

    withdraw(session, listing_id=listing.id, by=BY_ALICE, at=NOON, why="found another loan")
    assert (listing.status, listing.closed_at) == (ListingStatus.WITHDRAWN, NOON)

    with pytest.raises(MoveNotAllowed):
        withdraw(session, listing_id=listing.id, by=BY_ALICE, at=NOON, why="again")


def test_a_listed_application_is_withdrawn_by_its_listing(session: Session) -> None:
    listing = a_listing(session)

    with pytest.raises(MoveNotAllowed):
        withdraw(session, application_id=listing.application_id, by=OLGA, at=NOON, why="late")


def test_bob_cannot_withdraw_alices_listing(session: Session) -> None:
    listing = a_listing(session)

    with pytest.raises(NotYours):
        withdraw(session, listing_id=listing.id, by=f"borrower:{BOB}", at=NOON, why="no")


def test_something_must_be_named_to_be_withdrawn(session: Session) -> None:
    nothing: dict[str, Any] = {"by": OLGA, "at": NOON, "why": ""}

    with pytest.raises(TypeError):
        withdraw(session, **nothing)
