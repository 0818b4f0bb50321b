"""An investor's overview, from the first day on."""

from flask import Flask

from tests.support.borrowing import a_loan, offer_products
from tests.support.lending import pay_in
from tests.support.web import Visitor

HOME = "/overview/investor/"


def test_a_new_investor_is_led_to_add_funds_and_to_browse(bob: Visitor) -> None:
    page = bob.get(HOME).text

    assert "Welcome, Bob" in page
    assert 'href="/wallet/deposits/new"' in page
    assert 'href="/listings/"' in page


def test_an_investor_starts_at_the_overview(app: Flask, visitor: Visitor) -> None:
    assert visitor.sign_in("bob").headers["Location"].endswith(HOME)
    assert app.name == "tessera"


def test_one_headline_tells_what_there_is(app: Flask, bob: Visitor) -> None:
    offer_products(app)
    a_loan(app)
    pay_in(app, "bob", "500")

    page = bob.get(HOME).text

    assert "$12,500.00" in page
    assert "$500.00" in page
    assert "in 1 note" in page
    for words in ("Notes by standing", "Expected cash", "Show as a table", "Newest receipts"):
        assert words in page


def test_cash_alone_is_an_overview_too(app: Flask, bob: Visitor) -> None:
    pay_in(app, "bob", "500")

    page = bob.get(HOME).text

    assert "$500.00" in page
    assert "No notes yet" in page
    assert "Nothing is to come yet" in page


def test_a_currency_is_chosen_by_the_address(app: Flask, bob: Visitor) -> None:
    pay_in(app, "bob", "500")

    assert bob.get(f"{HOME}?currency=CNY").status_code == 200
    assert bob.get(f"{HOME}?currency=gold").status_code == 200


def test_only_investors_have_it(visitor: Visitor) -> None:
    assert visitor.get(HOME).status_code == 303

    visitor.sign_in("alice")
    assert visitor.get(HOME).status_code == 403
