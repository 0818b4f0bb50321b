"""Listings on the desk: paid out once they are funded, taken back where they should not be."""

from uuid import UUID

import pytest
from flask import Flask

import escrow
from escrow import AccountKind, AccountRef
from kernel import Currency, Money
from marketplace import flows, jobs
from tests.support.borrowing import a_listing, funded, offer_products, person, read
from tests.support.web import Visitor, Watch


@pytest.fixture
def olga(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("olga")
    return visitor


@pytest.fixture
def listing(app: Flask) -> UUID:
    offer_products(app)
    return a_listing(app)[1]


def cash(app: Flask, name: str) -> Money:
    account = AccountRef(AccountKind.LENDER, person(app, name), Currency.USD)
    return read(app, lambda session: escrow.balance(session, account=account))


def asked_batches(app: Flask) -> int:
    """Count how often the mandates were called."""
    return [line.kind for line in read(app, jobs.recent)].count(flows.BATCH)


def test_the_desk_shows_how_much_is_funded(app: Flask, listing: UUID, olga: Visitor) -> None:
    funded(app, listing, "3000")

    page = olga.get("/desk/").text

    assert "$3,000.00" in page
    assert "of $12,000.00 by 1 order" in page
    assert "Pay out" not in page


def test_a_funded_listing_is_paid_out(app: Flask, listing: UUID, olga: Visitor) -> None:
    funded(app, listing, "12000")
    assert f"/desk/{listing}/disburse" in olga.get("/desk/?tab=funded").text

    paid = olga.post(f"/desk/{listing}/disburse")

    assert paid.location.startswith("/servicing/")
    page = olga.get(paid.location).text
    assert "is paid out" in page
    assert "$12,000.00" in page
    assert flows.PAYOUT in {line.kind for line in read(app, jobs.recent)}


def test_a_listing_that_is_not_funded_is_not_paid_out(
    app: Flask, listing: UUID, olga: Visitor
) -> None:
    funded(app, listing, "3000")

    answer = olga.post(f"/desk/{listing}/disburse")

    assert answer.status_code in {409, 422}
    assert "No loans here" in olga.get("/servicing/?tab=active").text


def test_a_listing_is_taken_back_and_the_money_with_it_goes_to_other_mandates(
    app: Flask, listing: UUID, olga: Visitor, watch: Watch
) -> None:
    funded(app, listing, "3000")
    assert cash(app, "bob").is_zero

    watch.move(minutes=5)
    olga.post(f"/desk/{listing}/withdraw", why="The papers were forged.")

    assert asked_batches(app) == 2
    assert cash(app, "bob") == Money.parse("3000", Currency.USD)
    assert f"/desk/{listing}/withdraw" not in olga.get("/desk/").text
    assert "Withdrawn" in olga.get("/desk/?tab=ended").text


def test_taking_a_listing_back_needs_a_reason(app: Flask, listing: UUID, olga: Visitor) -> None:
    funded(app, listing, "3000")

    answer = olga.post(f"/desk/{listing}/withdraw", why="")

    assert answer.status_code == 422
    assert "Say why; it stays on the record." in answer.text
    assert cash(app, "bob").is_zero


def test_an_unknown_tab_is_the_first_one(listing: UUID, olga: Visitor) -> None:
    assert str(listing) in olga.get("/desk/?tab=nonsense").text
