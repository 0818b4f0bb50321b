"""The book as operators see it, and its proof."""

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.db import atomic
from tests.support.borrowing import a_loan, offer_products
from tests.support.web import Visitor


@pytest.fixture
def olga(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("olga")
    return visitor


@pytest.fixture
def loan(app: Flask) -> UUID:
    offer_products(app)
    return a_loan(app)


def unguard(session: Session) -> None:
    """Take the guards of the book away, as only somebody with the database's own keys can."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    guards = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for guard in guards.all():
        session.execute(text(f"DROP TRIGGER {guard}"))


def test_an_empty_book_is_whole(olga: Visitor) -> None:
    assert "The first deposit opens the book." in olga.get("/ledger/").text
    assert "The book is whole" in olga.get("/ledger/proof").text


@pytest.mark.usefixtures("loan")
def test_the_book_shows_what_is_held_and_every_entry(olga: Visitor) -> None:
    page = olga.get("/ledger/").text

    assert "Payouts on their way" in page
    entries = re.findall(r"/ledger/entries/(\d+)", page)
    assert len(entries) >= 3
    entry = olga.get(f"/ledger/entries/{entries[-1]}").text
    assert "Deposit" in entry or "DEPOSIT" in entry
    assert "$12,000.00" in entry


@pytest.mark.usefixtures("loan")
def test_the_proof_counts_what_it_looked_at(olga: Visitor) -> None:
    page = olga.get("/ledger/proof").text

    assert "The book is whole" in page
    for what in ("Accounts", "Entries", "Postings", "Loans", "Notes"):
        assert what in page


@pytest.mark.usefixtures("loan")
def test_the_proof_finds_a_balance_that_somebody_changed(app: Flask, olga: Visitor) -> None:
    with app.app_context(), atomic() as session:
        unguard(session)
        session.execute(text("UPDATE balance SET amount_minor = amount_minor + 1"))

    page = olga.get("/ledger/proof").text

    assert "The book is not whole." in page
    assert "The book is whole" not in page


def test_an_entry_that_is_not_there_is_not_found(olga: Visitor) -> None:
    assert olga.get("/ledger/entries/999").status_code == 404
