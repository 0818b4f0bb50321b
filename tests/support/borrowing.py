"""A borrower's road in a few lines, each line what the pages of others do: alice borrows."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
import matching
import origination
from kernel import Currency, Money, Rate
from marketplace import clock, flows
from marketplace.db import atomic, reader
from marketplace.models import User
from origination import Facts, HomeOwnership, Verification
from tests.support.web import Watch

T = TypeVar("T")

OLGA, OSCAR = "operator:olga", "operator:oscar"
FACTS = Facts(
    annual_income_minor=72_000_00,
    debt_to_income=Rate.percent("18.01"),
    employment_years=4,
    home_ownership=HomeOwnership.RENT,
    verification=Verification.NOT_VERIFIED,
    age=34,
    region="CA",
    joint=False,
    credit_history_years=12,
    delinquencies_2y=0,
    inquiries_6m=1,
    public_records=0,
    revolving_utilisation=Rate.percent(35),
)


def usd(text: str) -> Money:
    return Money.parse(text, Currency.USD)


def write(app: Flask, work: Callable[[Session], T]) -> T:
    """Do something to the books, as the shell would."""
    with app.app_context(), atomic() as session:
        return work(session)


def read(app: Flask, question: Callable[[Session], T]) -> T:
    with app.app_context(), reader() as session:
        return question(session)


def person(app: Flask, name: str) -> UUID:
    """Return the id of one of the cast."""
    named = select(User.id).where(User.email == f"{name}@tessera.example")
    return read(app, lambda session: session.scalars(named).one())


def offer_products(app: Flask) -> None:
    def work(session: Session) -> None:
        for spec in origination.load_products():
            origination.register_product(session, spec=spec, at=clock.now(), by=OSCAR)

    write(app, work)


def a_draft(app: Flask, *, amount: str = "12000", facts: Facts = FACTS) -> UUID:
    alice = person(app, "alice")

    def work(session: Session) -> UUID:
        product = origination.latest_product(session, code="personal-us")
        assert product is not None
        return origination.apply(
            session,
            borrower_id=alice,
            product_id=product.id,
            amount=usd(amount),
            installments=36,
            purpose="car",
            facts=facts,
            at=clock.now(),
        ).id

    return write(app, work)


def a_submitted(app: Flask, **wishes: str) -> UUID:
    draft = a_draft(app, **wishes)  # type: ignore[arg-type]
    write(app, lambda session: origination.submit(session, application_id=draft, at=clock.now()))
    return draft


def judged(app: Flask, application_id: UUID, *, approve: bool, **offer: object) -> None:
    """Let olga review and oscar decide."""

    def work(session: Session) -> None:
        origination.review(
            session,
            application_id=application_id,
            by=OLGA,
            recommend="approve" if approve else "decline",
            note="Papers seen.",
            at=clock.now(),
        )
        origination.decide(
            session,
            application_id=application_id,
            by=OSCAR,
            approve=approve,
            note="Looked at.",
            at=clock.now(),
            **offer,  # type: ignore[arg-type]
        )

    write(app, work)


def an_offer(app: Flask, **wishes: str) -> UUID:
    application = a_submitted(app, **wishes)
    judged(app, application, approve=True)
    return application


def a_listing(app: Flask, **wishes: str) -> tuple[UUID, UUID]:
    """Return the ids of an accepted application and of its open listing."""
    application, alice = an_offer(app, **wishes), person(app, "alice")

    def work(session: Session) -> UUID:
        at = clock.now()
        origination.accept(session, application_id=application, borrower_id=alice, at=at)
        return flows.publish(session, application_id=application, by=OSCAR, at=at).id

    return application, write(app, work)


def funded(app: Flask, listing_id: UUID, amount: str) -> None:
    """Let bob bring in money and order a part of a listing."""
    bob = person(app, "bob")

    def work(session: Session) -> None:
        deposit = escrow.begin_deposit(
            session,
            owner_id=bob,
            amount=usd(amount),
            key=f"deposit:{listing_id}",
            gateway=flows.gateway(),
            at=clock.now(),
        )
        escrow.receive(session, event=flows.gateway().pay(deposit), at=clock.now())
        matching.place_order(
            session,
            listing_id=listing_id,
            lender_id=bob,
            amount=usd(amount),
            key=f"order:{listing_id}",
            at=clock.now(),
        )

    write(app, work)


def a_partial_listing(app: Flask, watch: Watch) -> tuple[UUID, UUID]:
    """Return an application of 12,000 whose listing ended with 9,000."""
    application, listing = a_listing(app)
    funded(app, listing, "9000")
    watch.move(days=14)
    write(app, lambda session: flows.expire(session, listing_id=listing, at=clock.now()))
    return application, listing


def a_loan(app: Flask, *, bank: Callable[[], Any] = flows.provider, **wishes: str) -> UUID:
    """Return a loan of 12,000, paid out today by this bank."""
    _application, listing = a_listing(app, **wishes)
    funded(app, listing, wishes.get("amount", "12000"))
    return write(
        app,
        lambda session: (
            flows.disburse(
                session, listing_id=listing, by=OSCAR, at=clock.now(), on=clock.today(), bank=bank()
            ).id
        ),
    )
