"""One loan's life in steps, each as a person or a worker takes it, and takes it again."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
import matching
import origination
from kernel import Rate
from marketplace import clock, closing, flows, jobs, repaying
from marketplace.db import in_transaction, reader
from marketplace.models import Role
from matching import Criteria
from origination import Application, Listing
from servicing import Loan, RepaymentKind
from tests.support.borrowing import OSCAR, an_offer, offer_products, person, usd
from tests.support.web import Watch, settle

Step = Callable[[Flask], object]
CAST = {"alice": Role.BORROWER, "bob": Role.LENDER, "carol": Role.LENDER}


def prologue(app: Flask) -> None:
    """Open the accounts and make alice an offer: what the story begins with."""
    for name, role in CAST.items():
        settle(app, name, role)
    offer_products(app)
    an_offer(app)


def open_the_listing(app: Flask) -> None:
    application = _only(Application.id)
    alice = person(app, "alice")

    def work(session: Session) -> None:
        at = clock.now()
        origination.accept(session, application_id=application, borrower_id=alice, at=at)
        flows.publish(session, application_id=application, by=OSCAR, at=at)

    in_transaction(work)


def pay_in(app: Flask) -> None:
    bob, carol = person(app, "bob"), person(app, "carol")

    def work(session: Session, owner: UUID, amount: str) -> None:
        deposit = escrow.begin_deposit(
            session,
            owner_id=owner,
            amount=usd(amount),
            key=f"deposit {owner}",
            gateway=flows.gateway(),
            at=clock.now(),
        )
        flows.pay_in(session, event=flows.gateway().pay(deposit), at=clock.now())

    in_transaction(lambda session: work(session, bob, "9000"))
    in_transaction(lambda session: work(session, carol, "9000"))


def order_by_hand(app: Flask) -> None:
    bob = person(app, "bob")
    listing = _only(Listing.id)
    in_transaction(
        lambda session: matching.place_order(
            session,
            listing_id=listing,
            lender_id=bob,
            amount=usd("5000"),
            key="by hand",
            at=clock.now(),
        )
    )


def order_by_mandate(app: Flask) -> None:
    """Let carol's standing order take the rest, in a batch of the worker."""
    carol = person(app, "carol")

    def work(session: Session) -> None:
        if not matching.mandates_of(session, lender_id=carol):
            matching.save_mandate(
                session,
                lender_id=carol,
                name="All",
                criteria=Criteria(rate_min=Rate.percent(1), installments_max=60),
                cap=usd("7000"),
                keep=usd("0"),
                total=None,
                at=clock.now(),
            )
        flows.call_mandates(session, at=clock.now())

    in_transaction(work)


def pay_out(_app: Flask) -> None:
    listing = _only(Listing.id)
    in_transaction(
        lambda session: flows.disburse(
            session, listing_id=listing, by=OSCAR, at=clock.now(), on=clock.today()
        )
    )


def close_the_day(app: Flask) -> None:
    while closing.close_day(clock.today(), at=clock.now()).left:
        app.config["CLOCK"].move(minutes=2)  # until the claims of the run that died have expired


def repay(_app: Flask) -> None:
    loan = _only(Loan.id)
    in_transaction(
        lambda session: repaying.repay(
            session,
            loan_id=loan,
            amount=usd("400"),
            kind=RepaymentKind.INSTALLMENT,
            key="first",
            on=clock.today(),
            at=clock.now(),
        )
    )


def let_the_next_day_begin(_app: Flask) -> None:
    """Do nothing: the worker looks after the loans, as the close has asked for."""


def withdraw(app: Flask) -> None:
    bob = person(app, "bob")
    in_transaction(
        lambda session: flows.pay_out(
            session,
            kind=escrow.AccountKind.LENDER,
            owner_id=bob,
            amount=usd("1000"),
            to=None,
            key="withdraw",
            bank=flows.gateway(),
            at=clock.now(),
        )
    )


STORY: dict[str, tuple[timedelta, Step]] = {
    "open the listing": (timedelta(), open_the_listing),
    "pay in": (timedelta(hours=2), pay_in),
    "order by hand": (timedelta(hours=2), order_by_hand),
    "order by mandate": (timedelta(hours=2), order_by_mandate),
    "pay out": (timedelta(hours=2), pay_out),
    "close the day": (timedelta(days=32), close_the_day),
    "repay": (timedelta(hours=2), repay),
    "withdraw": (timedelta(hours=2), withdraw),
    "look after the loans": (timedelta(hours=10), let_the_next_day_begin),
}


def settle_down(app: Flask) -> None:
    """Let the worker do all that the step has caused."""
    watch = app.config["CLOCK"]
    assert isinstance(watch, Watch)
    watch.move(minutes=3)
    while jobs.run_due(clock.now()):
        pass


def _only(column: object) -> UUID:
    with reader() as session:
        found: UUID = session.scalars(select(column)).one()  # type: ignore[call-overload]
        return found
