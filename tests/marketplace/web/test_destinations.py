"""Where people are paid: a borrower says so on the provider's page before a loan is made."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

import escrow
from escrow import Destination, Payout
from kernel import new_id
from marketplace import clock, jobs
from marketplace.models import Role
from simulator import Simulator
from tests.support.borrowing import a_listing, funded, offer_products, person, read
from tests.support.stripe import carried_by, hear
from tests.support.web import PASSWORD, Visitor, settle, shell


@pytest.fixture
def bank() -> Iterator[Simulator]:
    with Simulator.start() as bank:
        yield bank


@pytest.fixture
def app(database: str, tmp_path: Path, bank: Simulator) -> Iterator[Flask]:
    with shell(database, tmp_path, **carried_by(bank)) as app:
        for name, role in (("alice", Role.BORROWER), ("bob", Role.LENDER), ("olga", Role.OPERATOR)):
            settle(app, name, role)
        offer_products(app)
        yield app


def signed_in(app: Flask, name: str) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(name)
    return visitor


def added(app: Flask, bank: Simulator, name: str, number: str = "000123456789") -> None:
    """Let somebody say on the bank's page who they are and where to be paid."""
    visitor = signed_in(app, name)
    sent = visitor.post("/destinations/", password=PASSWORD, key=str(new_id()))
    assert f'href="{bank.url}/onboard/acct' in visitor.get(str(sent.location)).text
    newest = select(Destination.reference).order_by(Destination.id.desc()).limit(1)
    account = read(app, lambda session: session.scalars(newest).one())
    assert account is not None
    bank.command("account", account=account, bank=number)
    hear(app, bank)


def mails(app: Flask) -> list[str]:
    with app.app_context():
        jobs.run_due(clock.now())
    return [mail["Subject"] for mail in app.extensions["mailer"].sent]


def the_payout(app: Flask, status: str) -> Payout:
    wanted = select(Payout).where(Payout.status == status)
    return read(app, lambda session: session.scalars(wanted).one())


def a_funded_listing(app: Flask, bank: Simulator) -> UUID:
    """Let bob fund alice's listing with money that the bank has as well."""
    listing = a_listing(app)[1]
    funded(app, listing, "12000")
    bank.command("fund", balance=12_000_00)
    return listing


def test_no_loan_is_made_whose_money_could_not_leave(app: Flask, bank: Simulator) -> None:
    listing = a_funded_listing(app, bank)
    olga, alice = signed_in(app, "olga"), signed_in(app, "alice")
    assert "Waits for the borrower’s bank account" in olga.get("/desk/?tab=funded").text
    assert olga.post(f"/desk/{listing}/disburse").status_code == 422
    assert "Say where we should pay you" in alice.get("/borrower/").text

    added(app, bank, "alice")

    assert "Say where we should pay you" not in alice.get("/borrower/").text
    assert f"/desk/{listing}/disburse" in olga.get("/desk/?tab=funded").text
    assert olga.post(f"/desk/{listing}/disburse").status_code == 303
    bank.advance(seconds=5)
    hear(app, bank)
    bank.advance(days=3)
    hear(app, bank)
    assert the_payout(app, "paid").owner_id == person(app, "alice")
    assert read(app, lambda session: escrow.verify(session).ok)


def test_proceeds_that_come_back_say_why_and_are_sent_again(app: Flask, bank: Simulator) -> None:
    listing = a_funded_listing(app, bank)
    added(app, bank, "alice", "000111111113")
    olga = signed_in(app, "olga")
    olga.post(f"/desk/{listing}/disburse")
    hear(app, bank)
    bank.advance(days=3)
    hear(app, bank)
    hear(app, bank)
    failed, olga = the_payout(app, "failed"), signed_in(app, "olga")
    assert "Proceeds that came back" in olga.get("/payouts/").text
    assert str(failed.failure) in olga.get("/payouts/").text

    removed(app, "alice")
    assert olga.post(f"/payouts/{failed.id}/again").status_code == 422
    added(app, bank, "alice")
    bank.advance(days=4)
    hear(app, bank)
    assert signed_in(app, "olga").post(f"/payouts/{failed.id}/again").status_code == 303

    hear(app, bank)
    bank.advance(days=3)
    hear(app, bank)
    assert the_payout(app, "paid").amount == failed.amount
    assert "Proceeds that came back" not in signed_in(app, "olga").get("/payouts/").text
    assert read(app, lambda session: escrow.verify(session).ok)


def removed(app: Flask, name: str) -> None:
    visitor = signed_in(app, name)
    place = re.search(r"/destinations/[0-9a-f-]+/remove", visitor.get("/destinations/").text)
    assert place is not None
    assert visitor.post(place[0], password="wrong").status_code == 422
    assert visitor.post(place[0], password=PASSWORD).status_code == 303
    assert visitor.post(place[0]).status_code == 422


def test_whoever_owns_an_account_is_told_of_every_change(app: Flask, bank: Simulator) -> None:
    added(app, bank, "bob")
    assert "•••• 6789" in signed_in(app, "bob").get("/destinations/").text

    removed(app, "bob")

    assert mails(app) == ["A bank account was added", "A bank account was removed"]
    assert "No bank account yet" in signed_in(app, "bob").get("/destinations/").text


def test_an_account_belongs_to_its_owner(app: Flask, bank: Simulator) -> None:
    added(app, bank, "bob")
    alice = signed_in(app, "alice")
    bobs = read(app, lambda session: session.scalars(select(Destination.id)).one())

    assert alice.get(f"/destinations/{bobs}/provider").status_code == 404
    assert alice.post(f"/destinations/{bobs}/remove", password=PASSWORD).status_code == 422
    assert alice.post("/destinations/", key=str(new_id())).status_code == 303
