"""Orders, cancellations, withdrawals, mandates and batches, all at once, until all have had enough.

Afterwards every listing holds exactly what is ordered of it, and every cent is where the book says.
"""

from collections import Counter
from random import Random
from threading import Thread
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, AccountRef, Movement, Posting
from kernel import Currency, DomainError, Money, MoveNotAllowed
from marketplace.db import atomic
from matching import (
    Mandate,
    Order,
    OrderStatus,
    cancel_order,
    orders_of,
    pause_mandate,
    place_order,
    resume_mandate,
    run_batch,
)
from origination import Listing, ListingStatus
from tests.hammer.last_note import open_wide
from tests.matching.stories import LATER, a_listing, cash, cash_account, deposit, dollars, mandate

LENDERS = [UUID(int=0x2000 + number) for number in range(12)]
THREADS = 6
MOVES = 25
BROUGHT = dollars("400.00")


def test_nothing_is_lost_in_heavy_traffic(database: str) -> None:
    engine = open_wide(database)
    listings = open_market(engine)

    answers = all_at_once(engine, listings)

    errors = {answer for answer in answers if answer.startswith("error")}
    assert not errors
    assert answers["order: done"] > 0
    assert answers["batch: done"] > 0
    with Session(engine) as session:
        for listing_id in listings:
            assert_listing_holds_what_is_ordered(session, listing_id)
        assert_every_cent_is_somewhere(session)
        assert_mandates_know_what_they_placed(session)
    engine.dispose()


def open_market(engine: Engine) -> list[UUID]:
    with atomic(engine) as session:
        listings = [a_listing(session, "500.00").id for _ in range(5)]
        for lender in LENDERS:
            deposit(session, lender, "400.00")
            mandate(session, lender, cap=dollars("75.00"), total=dollars("300.00"))
        return listings


def all_at_once(engine: Engine, listings: list[UUID]) -> Counter[str]:
    answers: list[str] = []
    threads = [
        Thread(target=wander, args=(engine, listings, Random(number), answers))
        for number in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


def wander(engine: Engine, listings: list[UUID], dice: Random, answers: list[str]) -> None:
    for number in range(MOVES):
        what = dice.choice(["order", "order", "cancel", "withdraw", "mandate", "batch"])
        try:
            with atomic(engine) as session:
                move(session, what, listings, dice, key=f"{dice.random()}:{number}")
            answers.append(f"{what}: done")
        except DomainError as refused:
            answers.append(f"{what}: {refused.code}")
        except Exception as error:  # noqa: BLE001 - the answers show it
            answers.append(f"error in {what}: {type(error).__name__} {error}")


def move(session: Session, what: str, listings: list[UUID], dice: Random, *, key: str) -> None:
    """One thing that somebody does."""
    lender = dice.choice(LENDERS)
    amount = dollars("25.00") * dice.randint(1, 6)
    if what == "order":
        place_order(
            session,
            listing_id=dice.choice(listings),
            lender_id=lender,
            amount=amount,
            key=key,
            at=LATER,
            allow_partial=True,
        )
    elif what == "cancel":
        for line in orders_of(session, lender_id=lender, status=OrderStatus.RESERVED, limit=1):
            cancel_order(session, order_id=line.id, lender_id=lender, at=LATER)
    elif what == "withdraw":
        transit = AccountRef(AccountKind.TRANSIT, lender, Currency.USD)
        leaving = Posting(Movement.WITHDRAW, cash_account(lender), transit, dollars("10.00"))
        escrow.post(session, key=key, postings=[leaving], at=LATER, memo="withdrawal")
    elif what == "mandate":
        turn_mandate(session, lender)
    else:
        run_batch(session, at=LATER, seed=key)


def turn_mandate(session: Session, lender: UUID) -> None:
    """Pause a lender's mandate, or resume it."""
    ident = session.scalars(select(Mandate.id).where(Mandate.lender_id == lender)).one()
    try:
        with session.begin_nested():
            pause_mandate(session, mandate_id=ident, lender_id=lender, at=LATER)
    except MoveNotAllowed:
        resume_mandate(session, mandate_id=ident, lender_id=lender, at=LATER)


def assert_listing_holds_what_is_ordered(session: Session, listing_id: UUID) -> None:
    listing = session.get_one(Listing, listing_id)
    account = AccountRef(AccountKind.LISTING, listing_id, Currency.USD)
    total, count = session.execute(
        select(func.sum(Order.amount_minor), func.count()).where(
            Order.listing_id == listing_id, Order.status == OrderStatus.RESERVED
        )
    ).one()
    assert listing.reserved.minor == int(total or 0)
    assert listing.reserved == escrow.balance(session, account=account)
    assert listing.orders == count
    assert (listing.reserved == listing.amount) == (listing.status == ListingStatus.FUNDED)


def assert_every_cent_is_somewhere(session: Session) -> None:
    for lender in LENDERS:
        ordered = session.scalar(
            select(func.sum(Order.amount_minor)).where(
                Order.lender_id == lender, Order.status == OrderStatus.RESERVED
            )
        )
        transit = AccountRef(AccountKind.TRANSIT, lender, Currency.USD)
        left = escrow.balance(session, account=transit)
        assert cash(session, lender) + left + usd(ordered) == BROUGHT


def usd(minor: int | None) -> Money:
    return Money(int(minor or 0), Currency.USD)


def assert_mandates_know_what_they_placed(session: Session) -> None:
    for standing in session.scalars(select(Mandate)):
        placed = session.scalar(
            select(func.sum(Order.amount_minor)).where(
                Order.mandate_id == standing.id, Order.status == OrderStatus.RESERVED
            )
        )
        assert standing.invested == usd(placed)
        assert standing.total_minor is not None
        assert standing.invested_minor <= standing.total_minor
