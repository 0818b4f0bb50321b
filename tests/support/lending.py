"""What investors begin with: cash, open listings, somebody else at the next desk."""

from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

import escrow
import origination
from kernel import new_id
from marketplace import clock, flows
from marketplace.models import Role
from tests.support.borrowing import a_listing, offer_products, person, read, usd, write
from tests.support.web import Visitor, settle


def an_investor(app: Flask, name: str) -> Visitor:
    """Let one more lender sign in."""
    settle(app, name, Role.LENDER)
    visitor = Visitor(app)
    visitor.sign_in(name)
    return visitor


def pay_in(app: Flask, name: str, amount: str) -> None:
    """Bring a lender's money in through the demo bank."""
    owner = person(app, name)

    def work(session: Session) -> None:
        deposit = escrow.begin_deposit(
            session,
            owner_id=owner,
            amount=usd(amount),
            key=f"deposit:{new_id()}",
            gateway=flows.gateway(),
            at=clock.now(),
        )
        escrow.receive(session, event=flows.gateway().pay(deposit), at=clock.now())

    write(app, work)


def a_market(app: Flask, *amounts: str) -> list[int]:
    """Open a listing of alice's for each amount; return their numbers."""
    offer_products(app)
    listings = [a_listing(app, amount=amount)[1] for amount in amounts]
    return [number(app, ident) for ident in listings]


def number(app: Flask, listing_id: UUID) -> int:
    """Return the short number of a listing."""
    return read(
        app,
        lambda session: origination.listing_detail(session, listing_id=listing_id).card.number,
    )
