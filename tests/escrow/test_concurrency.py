"""Several people write into the book at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

import escrow
from escrow import (
    AlreadyReversed,
    InsufficientFunds,
    KeyConflict,
    Movement,
    Posting,
    SandboxGateway,
)
from escrow.models import Account, Entry
from kernel import DomainError, write_turn
from tests.escrow.stories import (
    AT,
    BOB,
    CAROL,
    DAN,
    LISTING,
    cash_of,
    deposit,
    dollars,
    held,
    opened,
    reserve,
)

T = TypeVar("T")
on_postgresql = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
BANK = SandboxGateway("a secret")


def overtaken(engine: Engine, work: Callable[[Session, int], T]) -> T:
    """Do the same work in two transactions, the second of which waits until the first is done."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with ThreadPoolExecutor(1) as pool, Session(engine) as first:
        work(first, 1)
        first.flush()
        second = pool.submit(at_once, engine, work, 1)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as watch:
            while not watch.scalar(waiting):
                assert not second.done()
        first.commit()
        outcome = second.result()[0]
    assert not isinstance(outcome, str), outcome
    return outcome


def at_once(engine: Engine, work: Callable[[Session, int], T], times: int = 8) -> list[T | str]:
    """Run `work` in so many transactions at the same moment; a refusal counts by its code."""
    start = Barrier(times)

    def run(number: int) -> T | str:
        start.wait()
        with write_turn(engine), Session(engine, expire_on_commit=False) as session:
            try:
                done = work(session, number)
                session.commit()
            except DomainError as refusal:
                return refusal.code
            return done

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.fixture(autouse=True)
def _story(session: Session) -> None:
    """Bob has 100.00."""
    deposit(session, BOB, "100.00", key="deposit of bob")
    session.commit()


def test_the_same_key_at_the_same_moment_is_written_once(engine: Engine, session: Session) -> None:
    ids = at_once(engine, lambda mine, _: reserve(mine, BOB, "10.00", key="order").id)

    assert len(set(ids)) == 1
    assert held(session, cash_of(BOB)) == dollars("90.00")
    assert escrow.verify(session).ok


def test_the_same_key_for_different_things_is_won_by_one(engine: Engine, session: Session) -> None:
    outcomes = at_once(engine, lambda mine, n: reserve(mine, BOB, f"{n + 1}.00", key="order").id)

    assert outcomes.count(KeyConflict.code) == 7
    assert session.scalar(select(func.count()).select_from(Entry)) == 2


def test_the_same_reversal_at_the_same_moment_is_written_once(
    engine: Engine, session: Session
) -> None:
    entry = reserve(session, BOB, "10.00").id
    session.commit()

    ids = at_once(
        engine,
        lambda mine, _: escrow.reverse(mine, entry_id=entry, key="r", at=AT, memo="").id,
    )

    assert len(set(ids)) == 1
    assert held(session, cash_of(BOB)) == dollars("100.00")


def test_two_reversals_of_one_entry_are_won_by_one(engine: Engine, session: Session) -> None:
    entry = reserve(session, BOB, "10.00").id
    session.commit()

    outcomes = at_once(
        engine,
        lambda mine, n: escrow.reverse(mine, entry_id=entry, key=f"r {n}", at=AT, memo="").id,
    )

    assert outcomes.count(AlreadyReversed.code) == 7
    assert held(session, cash_of(BOB)) == dollars("100.00")


def test_the_last_money_is_spent_once(engine: Engine, session: Session) -> None:
    outcomes = at_once(engine, lambda mine, n: reserve(mine, BOB, "30.00", key=f"order {n}").id)

    assert outcomes.count(InsufficientFunds.code) == 5
    assert held(session, cash_of(BOB)) == dollars("10.00")
    assert held(session, LISTING) == dollars("90.00")


def test_an_account_opened_by_several_at_once_is_one(engine: Engine, session: Session) -> None:
    ids = at_once(engine, lambda mine, _: opened(mine, cash_of(CAROL)))

    assert len(set(ids)) == 1
    assert session.scalar(select(func.count()).where(Account.owner_id == CAROL)) == 1


def test_an_event_delivered_by_several_at_once_is_applied_once(
    engine: Engine, session: Session
) -> None:
    begun = escrow.begin_deposit(
        session, owner_id=DAN, amount=dollars("50.00"), key="d", gateway=BANK, at=AT
    )
    event = BANK.pay(begun)
    session.commit()

    outcomes = at_once(engine, lambda mine, _: escrow.receive(mine, event=event, at=AT).applied_at)

    assert outcomes == [AT] * 8
    assert held(session, cash_of(DAN)) == dollars("50.00")


@on_postgresql
def test_who_posts_second_finds_what_the_first_one_posted(engine: Engine, session: Session) -> None:
    overtaken(engine, lambda mine, _: reserve(mine, BOB, "10.00", key="order").id)

    assert held(session, LISTING) == dollars("10.00")


@on_postgresql
def test_who_opens_second_finds_what_the_first_one_opened(engine: Engine) -> None:
    account = overtaken(engine, lambda mine, _: opened(mine, cash_of(CAROL)))

    with Session(engine) as session:
        assert opened(session, cash_of(CAROL)) == account


@on_postgresql
def test_who_deposits_second_with_one_key_finds_the_first_deposit(engine: Engine) -> None:
    begun = overtaken(
        engine,
        lambda mine, _: (
            escrow.begin_deposit(
                mine, owner_id=BOB, amount=dollars("50.00"), key="d", gateway=BANK, at=AT
            ).id.bytes
        ),
    )

    with Session(engine) as session:
        assert [found.id.bytes for found in session.scalars(select(escrow.Deposit))] == [begun]


@on_postgresql
def test_who_withdraws_second_with_one_key_finds_the_first_payout(
    engine: Engine, session: Session
) -> None:
    begun = overtaken(
        engine,
        lambda mine, _: (
            escrow.begin_payout(
                mine,
                kind=escrow.AccountKind.LENDER,
                owner_id=BOB,
                amount=dollars("40.00"),
                destination="bank account ··42",
                key="p",
                gateway=BANK,
                at=AT,
            ).id.bytes
        ),
    )

    assert [found.id.bytes for found in session.scalars(select(escrow.Payout))] == [begun]
    assert held(session, cash_of(BOB)) == dollars("60.00")


@on_postgresql
def test_who_is_told_second_finds_it_applied(engine: Engine, session: Session) -> None:
    begun = escrow.begin_deposit(
        session, owner_id=BOB, amount=dollars("50.00"), key="d", gateway=BANK, at=AT
    )
    event = BANK.pay(begun)
    session.commit()

    applied = overtaken(engine, lambda mine, _: escrow.receive(mine, event=event, at=AT).applied_at)

    assert applied == AT

    assert held(session, cash_of(BOB)) == dollars("150.00")


def test_crossing_entries_do_not_lock_each_other_out(engine: Engine, session: Session) -> None:
    """A batch that touches everybody waits for another one, and neither for ever."""
    people = [BOB, CAROL, DAN]
    for owner in people:
        deposit(session, owner, "100.00")
    session.commit()

    def trade(mine: Session, n: int) -> int:
        seller, buyer, other = (people[(n + step) % 3] for step in range(3))
        pay(mine, [(buyer, seller), (seller, other), (other, buyer)], f"trade {n}")
        return n

    assert at_once(engine, trade) == list(range(8))
    assert [held(session, cash_of(owner)) for owner in people] == [
        dollars("200.00"),
        dollars("100.00"),
        dollars("100.00"),
    ]


def pay(session: Session, pairs: list[tuple[UUID, UUID]], key: str) -> None:
    escrow.post(
        session,
        key=key,
        postings=[
            Posting(Movement.TRADE, cash_of(source), cash_of(target), dollars("0.01"))
            for source, target in pairs
        ],
        at=AT,
        memo="",
    )
