from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from kernel import NotFound
from matching import (
    Batch,
    Criteria,
    Reason,
    explain,
    reasons_of,
    replay_batch,
    run_batch,
)
from matching.models import BatchRecord
from matching.operations import batches
from tests.matching.stories import BOB, CAROL, LATER, a_listing, deposit, dollars, mandate, order


def a_batch(session: Session, **how: Any) -> Batch:
    defaults: dict[str, Any] = {"at": LATER, "seed": "7"}
    return run_batch(session, **defaults | how)


def test_a_batch_that_is_made_again_says_the_same(session: Session) -> None:
    a_listing(session, "500.00")
    for lender in (BOB, CAROL):
        deposit(session, lender, "1000.00")
        mandate(session, lender, cap=dollars("400.00"))
    batch = a_batch(session)

    again = replay_batch(session, batch_id=batch.id)

    assert (again.is_same_input, again.is_same_plan) == (True, True)
    assert (again.input_digest, again.plan_digest) == (batch.input_digest, batch.plan_digest)
    assert again.lines == batch.orders


def test_a_batch_that_says_something_else_is_found_out(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB)
    batch = a_batch(session)
    batch.plan_digest = "0" * 64

    again = replay_batch(session, batch_id=batch.id)

    assert (again.is_same_input, again.is_same_plan) == (True, False)


def test_what_a_batch_recorded_is_never_changed(session: Session) -> None:
    a_listing(session)
    batch = a_batch(session)
    for statement in (
        "UPDATE batch_record SET plan = market",
        "DELETE FROM batch_record",
    ):
        with pytest.raises(DatabaseError, match="what is written stays"), session.begin_nested():
            session.execute(text(statement))

    assert session.scalars(select(BatchRecord.batch_id)).all() == [batch.id]


def test_every_pair_has_its_first_reason(session: Session) -> None:
    listing, longer = a_listing(session), a_listing(session, installments=60)
    deposit(session, BOB, "1000.00")
    bobs = mandate(session, BOB, criteria=Criteria(installments_max=36))
    carols = mandate(session, CAROL)
    batch = a_batch(session)

    told = {
        (owner, number): explain(session, mandate_id=mine.id, listing_id=there.id)
        for owner, mine in (("bob", bobs), ("carol", carols))
        for number, there in ((36, listing), (60, longer))
    }

    assert {pair: each.reason for pair, each in told.items()} == {
        ("bob", 36): Reason.SERVED,
        ("bob", 60): Reason.TERM,
        ("carol", 36): Reason.CASH,
        ("carol", 60): Reason.CASH,
    }
    assert told["bob", 36].amount == dollars("100.00")
    assert told["bob", 36].batch_id == batch.id
    assert told["bob", 36].dropped is None
    assert reasons_of(session, batch_id=batch.id).funnel(bobs.id.bytes) == {
        Reason.SERVED: 1,
        Reason.TERM: 1,
    }


def test_a_pair_that_no_batch_had_is_not_found(session: Session) -> None:
    listing = a_listing(session)
    bobs = mandate(session, BOB)

    with pytest.raises(NotFound):
        explain(session, mandate_id=bobs.id, listing_id=listing.id)
    a_batch(session)
    with pytest.raises(NotFound):
        explain(session, mandate_id=bobs.id, listing_id=UUID(int=1))
    with pytest.raises(NotFound):
        replay_batch(session, batch_id=UUID(int=1))


def test_a_line_that_no_longer_held_says_why(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = a_listing(session, "500.00")
    deposit(session, BOB, "500.00")
    deposit(session, CAROL, "500.00")
    bobs = mandate(session, BOB, cap=dollars("500.00"))
    carol_comes_first = batches._lock

    def meanwhile(*args: Any) -> None:
        order(session, listing, CAROL, "100.00")
        carol_comes_first(*args)

    monkeypatch.setattr(batches, "_lock", meanwhile)
    a_batch(session)

    told = explain(session, mandate_id=bobs.id, listing_id=listing.id)

    assert (told.reason, told.amount, told.dropped) == (Reason.SERVED, dollars("500.00"), "room")


def test_a_batch_asked_for_twice_under_one_name_runs_once(session: Session) -> None:
    a_listing(session)
    deposit(session, BOB, "1000.00")
    mandate(session, BOB)

    first = a_batch(session, key="job 1")
    a_listing(session)
    again = a_batch(session, key="job 1")

    assert (again.id, again.orders) == (first.id, 1)
