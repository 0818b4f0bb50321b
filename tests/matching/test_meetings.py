"""Orders, withdrawals and batches that meet in the middle, on PostgreSQL.

One side holds what it changed in an open transaction; the other one, in a thread, has looked at
the market and waits for it. SQLite lets one writer in at a time, so nobody meets there.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import escrow
from escrow import Movement, Posting
from matching import (
    BatchOvertaken,
    OrderKeyTaken,
    cancel_order,
    orders_of,
    pause_mandate,
    run_batch,
)
from matching.operations import batches
from origination import Listing
from tests.matching.stories import (
    BOB,
    CAROL,
    DAN,
    LATER,
    a_listing,
    cash,
    cash_account,
    deposit,
    dollars,
    kept_for,
    mandate,
    order,
)

pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


def meet(
    engine: Engine, first: Callable[[Session], object], second: Callable[[Session], str]
) -> str:
    """Do both at once, so that `second` has looked before `first` is committed."""
    with ThreadPoolExecutor(1) as other:
        with Session(engine) as holding:
            first(holding)
            holding.flush()
            answer = other.submit(alone, engine, second)
            wait_until_somebody_waits(engine, unless=answer.done)
            holding.commit()
        return answer.result()


def alone(engine: Engine, work: Callable[[Session], str]) -> str:
    with Session(engine) as session:
        answer = work(session)
        session.commit()
        return answer


def wait_until_somebody_waits(engine: Engine, *, unless: Callable[[], bool]) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with engine.connect() as connection:
        while not unless() and connection.scalar(waiting) == 0:
            connection.rollback()


def a_batch(session: Session) -> str:
    batch = run_batch(session, at=LATER, seed="1")
    return f"{batch.orders} placed, dropped: {batch.summary['dropped']}"


def a_market(engine: Engine, *lenders: UUID) -> UUID:
    """A listing of 500.00 and mandates of 500.00 for lenders with as much cash."""
    with Session(engine) as session:
        listing = a_listing(session, "500.00")
        for lender in lenders:
            deposit(session, lender, "500.00")
            mandate(session, lender, cap=dollars("500.00"))
        deposit(session, DAN, "1000.00")
        session.commit()
        return listing.id


def test_an_order_by_hand_comes_before_a_batch_that_had_not_seen_it(engine: Engine) -> None:
    listing_id = a_market(engine, BOB)

    answer = meet(
        engine,
        lambda session: order(session, session.get_one(Listing, listing_id), DAN, "100.00"),
        a_batch,
    )

    with Session(engine) as session:
        listing = session.get_one(Listing, listing_id)
        assert answer == "0 placed, dropped: {'room': 1}"
        assert listing.reserved == kept_for(session, listing) == dollars("100.00")
        assert cash(session, BOB) == dollars("500.00")


def test_cash_that_is_withdrawn_during_a_batch_drops_only_its_own_line(engine: Engine) -> None:
    listing_id = a_market(engine, BOB, CAROL)

    answer = meet(engine, withdraw_from_bob, a_batch)

    with Session(engine) as session:
        listing = session.get_one(Listing, listing_id)
        assert answer == "1 placed, dropped: {'cash': 1}"
        assert listing.reserved == kept_for(session, listing) == dollars("250.00")
        assert cash(session, BOB) == dollars("100.00")
        assert cash(session, CAROL) == dollars("250.00")


def withdraw_from_bob(session: Session) -> None:
    transit = escrow.AccountRef(escrow.AccountKind.TRANSIT, BOB, dollars("1.00").currency)
    escrow.post(
        session,
        key="withdrawal",
        postings=[Posting(Movement.WITHDRAW, cash_account(BOB), transit, dollars("400.00"))],
        at=LATER,
        memo="withdrawal",
    )


def test_a_mandate_that_is_paused_during_a_batch_places_nothing(engine: Engine) -> None:
    a_market(engine, BOB)
    with Session(engine) as session:
        mandate_id = mandate(session, CAROL).id
        deposit(session, CAROL, "500.00")
        session.commit()

    answer = meet(
        engine,
        lambda session: pause_mandate(session, mandate_id=mandate_id, lender_id=CAROL, at=LATER),
        a_batch,
    )

    with Session(engine) as session:
        assert answer == "1 placed, dropped: {'mandate_changed': 1}"
        assert cash(session, CAROL) == dollars("500.00")


def test_an_order_cancelled_during_a_batch_does_not_stop_it(engine: Engine) -> None:
    listing_id = a_market(engine, BOB)
    with Session(engine) as session:
        order_id = order(session, session.get_one(Listing, listing_id), DAN, "100.00").id
        session.commit()

    answer = meet(
        engine,
        lambda session: cancel_order(session, order_id=order_id, lender_id=DAN, at=LATER),
        a_batch,
    )

    with Session(engine) as session:
        listing = session.get_one(Listing, listing_id)
        assert answer == "1 placed, dropped: {}"
        assert listing.reserved == kept_for(session, listing) == dollars("400.00")


def test_two_batches_at_once_place_what_one_would(engine: Engine) -> None:
    listing_id = a_market(engine, BOB)

    answer = meet(engine, a_batch, a_batch)

    with Session(engine) as session:
        listing = session.get_one(Listing, listing_id)
        assert answer == "0 placed, dropped: {'listing_closed': 1}"
        assert listing.reserved == kept_for(session, listing) == dollars("500.00")
        assert len(orders_of(session, lender_id=BOB)) == 1


def test_the_same_order_sent_twice_at_once_is_placed_once(engine: Engine) -> None:
    listing_id = a_market(engine)

    answer = meet(
        engine,
        lambda session: order(
            session, session.get_one(Listing, listing_id), DAN, "100.00", key="1"
        ),
        lambda session: str(
            order(session, session.get_one(Listing, listing_id), DAN, "100.00", key="1").id
        ),
    )

    with Session(engine) as session:
        lines = orders_of(session, lender_id=DAN)
        assert [str(line.id) for line in lines] == [answer]
        assert cash(session, DAN) == dollars("900.00")


def test_one_key_for_two_orders_at_once_is_refused(engine: Engine) -> None:
    listing_id = a_market(engine)

    def another(session: Session) -> str:
        with pytest.raises(OrderKeyTaken) as refused:
            dans_order(session, listing_id, "200.00")
        return str(refused.value)

    answer = meet(
        engine,
        lambda session: order(
            session, session.get_one(Listing, listing_id), DAN, "100.00", key="1"
        ),
        another,
    )

    assert answer == "The key 1 was used before for another order; nothing was placed."


def dans_order(session: Session, listing_id: UUID, amount: str) -> str:
    listing = session.get_one(Listing, listing_id)
    return str(order(session, listing, DAN, amount, key="1").id)


def test_a_batch_that_is_overtaken_again_and_again_gives_up(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_market(engine, BOB)
    monkeypatch.setattr(batches, "TRIES", 1)

    with pytest.raises(BatchOvertaken):
        meet(engine, withdraw_from_bob, a_batch)
