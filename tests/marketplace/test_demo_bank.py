"""The demo's money at its bank: as much as the book says, and borrowers who can be paid."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import escrow
import servicing
from marketplace import clock, reconciling
from marketplace.demo import bank as demo
from marketplace.demo import fill
from marketplace.models import Role
from simulator import Simulator
from tests.support.borrowing import a_listing, funded, offer_products, person, read
from tests.support.stripe import carried_by, work
from tests.support.web import Visitor, settle, shell


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def bank() -> Iterator[Simulator]:
    with Simulator.start(public_url="/demo-bank") as bank:
        yield bank


@pytest.fixture
def app(database: str, tmp_path: Path, bank: Simulator) -> Iterator[Flask]:
    settings = carried_by(bank) | {"DEMO_BANK": str(bank.store.path)}
    with shell(database, tmp_path, **settings) as app:
        settle(app, "alice", Role.BORROWER)
        settle(app, "bob", Role.LENDER)
        offer_products(app)
        yield app


@pytest.fixture
def empty(database: str, tmp_path: Path, bank: Simulator) -> Iterator[Flask]:
    settings = carried_by(bank) | {"DEMO_BANK": str(bank.store.path)}
    with shell(database, tmp_path, **settings) as app:
        yield app


def begin(app: Flask, *, again: bool = False) -> None:
    with app.app_context():
        demo.open_accounts(again=again)


def balance(bank: Simulator) -> int:
    return sum(each.amount for each in bank.client().v1.balance.retrieve().available)


def test_the_bank_holds_what_the_book_says_from_then_on(app: Flask, bank: Simulator) -> None:
    _application, listing = a_listing(app, amount="8000")
    funded(app, listing, "2000")

    for _again in range(2):
        begin(app)

    held = [-each.total for each in read(app, escrow.totals_by_kind) if each.kind == "STRIPE"]
    assert [balance(bank)] == [each.minor for each in held]


def test_a_bank_that_was_there_before_begins_anew_with_the_demo(
    app: Flask, bank: Simulator
) -> None:
    bank.command("fund", balance=77)
    bank.command("fund", balance=99)
    assert balance(bank) == 77

    begin(app, again=True)
    bank.command("fund", balance=0, again=True)

    assert balance(bank) == 0


def test_who_waits_for_a_loan_can_be_paid(app: Flask) -> None:
    a_listing(app)
    begin(app)

    alice = person(app, "alice")
    found = read(
        app,
        lambda session: escrow.usable_destination(
            session, owner_id=alice, gateway="stripe", at=clock.now()
        ),
    )
    assert found is not None


def test_the_bank_s_pages_are_a_part_of_the_site(app: Flask) -> None:
    visitor = Visitor(app)

    assert visitor.get("/demo-bank/").status_code == 200
    assert 'href="/demo-bank/"' in visitor.get("/").text
    assert visitor.client.post("/demo-bank/_control/clock").status_code == 404


def test_the_demo_is_whole_and_its_money_is_where_the_book_says(
    empty: Flask, bank: Simulator
) -> None:
    with empty.app_context():
        fill(clock.today(), months=2)
    begin(empty, again=True)
    bank.command("clock", seconds=120)
    work(empty)

    with empty.app_context():
        report = reconciling.reconcile(clock.today(), at=clock.now())

    assert (report.breaks, report.flows > 0) == (0, True)
    assert read(empty, escrow.verify).ok
    assert read(empty, servicing.audit).ok
