"""An investor looks around: what is open, what it is, and what it would bring."""

import pytest
from flask import Flask

import origination
from kernel import new_id
from marketplace.schemas.listings import GRADES, TERMS
from marketplace.words import PURPOSES
from tests.support.borrowing import a_draft, a_partial_listing, offer_products
from tests.support.lending import a_market, pay_in
from tests.support.web import Visitor, Watch


def test_open_loans_are_listed_with_what_is_left(app: Flask, bob: Visitor) -> None:
    number, _other = a_market(app, "8000", "4000")

    page = bob.get("/listings/").text

    assert f"L-{number}" in page
    assert "2 loans" in page
    assert "0% funded" in page
    assert "$8,000.00 left" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", "2 loans"),
        ("?left=5000", "1 loan<"),
        ("?currency=CNY", "0 loans"),
        ("?term=36&term=60", "2 loans"),
        ("?term=60", "0 loans"),
        ("?grade=A,B,C,D,E,F,G", "2 loans"),
        ("?purpose=wedding", "0 loans"),
        ("?rate_from=1&rate_to=40", "2 loans"),
        ("?rate_from=36", "0 loans"),
        ("?sort=rate", "2 loans"),
    ],
)
def test_the_address_holds_the_filters(app: Flask, bob: Visitor, query: str, count: str) -> None:
    a_market(app, "8000", "4000")

    page = bob.get(f"/listings/{query}")

    assert page.status_code == 200
    assert count in page.text


def test_a_filter_can_be_taken_off_where_it_stands(app: Flask, bob: Visitor) -> None:
    a_market(app, "8000")

    page = bob.get("/listings/?grade=A&purpose=wedding").text

    assert "No loan fits these filters" in page
    assert 'href="/listings/?grade=A"' in page
    assert 'href="/listings/?purpose=wedding"' in page


@pytest.mark.parametrize(
    "query", ["?grade=Z", "?rate_from=many", "?sort=luck", "?colour=red", "?after=nowhere"]
)
def test_what_the_list_does_not_know_is_refused(app: Flask, bob: Visitor, query: str) -> None:
    a_market(app, "8000")

    assert bob.get(f"/listings/{query}").status_code == 422


def test_the_list_goes_on_after_its_first_page(
    app: Flask, bob: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.web.listings.ROWS", 2)
    numbers = a_market(app, "8000", "4000", "3000")
    first = bob.get("/listings/").text
    onwards = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")

    second = bob.get(onwards).text

    seen = [number for number in numbers for page in (first, second) if f"L-{number}<" in page]
    assert sorted(seen) == sorted(numbers)
    assert 'rel="next"' not in second


def test_without_loans_the_page_says_what_to_do(bob: Visitor) -> None:
    assert "Set up auto-invest" in bob.get("/listings/").text


def test_one_loan_tells_everything_before_one_lends(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "500")

    page = bob.get(f"/listings/{number}").text

    for words in (
        "At least $25.00, in steps of $25.00.",
        "Income in a year",
        "$72,000.00",
        "1.00% of every payment you receive",
        "What $1,000.00 would bring",
        "After 15 days of grace",
        "charged off",
        "Only lend what you can do without",
        "$500.00",
    ):
        assert words in page
    assert "Age" not in page


def test_a_closed_loan_takes_no_orders(app: Flask, bob: Visitor, watch: Watch) -> None:
    (number,) = a_market(app, "8000")
    watch.move(days=30)
    bob.sign_in("bob")

    page = bob.get(f"/listings/{number}").text

    assert "takes no more orders" in page
    assert 'name="amount"' not in page


def test_a_loan_that_waits_for_its_borrower_is_shown_as_such(
    app: Flask, bob: Visitor, watch: Watch
) -> None:
    offer_products(app)
    a_partial_listing(app, watch)
    bob.sign_in("bob")

    page = bob.get("/orders/").text
    number = page.partition("<small>L-")[2].partition("<")[0]

    assert "Partly funded" in bob.get(f"/listings/{number}").text


def test_what_does_not_exist_or_is_not_open_yet_is_not_found(app: Flask, bob: Visitor) -> None:
    offer_products(app)
    a_draft(app)

    assert bob.get("/listings/999999").status_code == 404
    assert bob.get(f"/listings/{new_id()}").status_code == 404


def test_only_investors_browse(visitor: Visitor) -> None:
    assert visitor.get("/listings/").status_code == 303

    visitor.sign_in("alice")
    assert visitor.get("/listings/").status_code == 403


def test_the_filters_offer_what_the_products_offer() -> None:
    specs = origination.load_products()

    assert {str(term) for spec in specs for term in spec.limits.installments} == set(TERMS)
    assert {grade for spec in specs for grade in spec.pricing.grades} == set(GRADES)
    assert {purpose for spec in specs for purpose in spec.limits.purposes} <= set(PURPOSES)
