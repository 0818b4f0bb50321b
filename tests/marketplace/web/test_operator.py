"""The operators' overview says what waits for somebody."""

import re

import pytest
from flask import Flask

from tests.support.borrowing import a_listing, a_loan, a_submitted, funded, offer_products
from tests.support.web import Visitor


@pytest.fixture
def olga(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("olga")
    return visitor


def waiting(olga: Visitor) -> dict[str, int]:
    """Read every queue with its length."""
    page = olga.get("/operator/").text
    found = re.findall(r'<dt>([^<]+)</dt>\s*<dd class="ts-kpi-value"><a[^>]*>(\d+)<', page)
    return {text: int(count) for text, count in found}


def test_in_an_empty_house_nothing_waits(olga: Visitor) -> None:
    page = olga.get("/operator/").text

    assert set(waiting(olga).values()) == {0}
    assert "No loans yet" in page


def test_every_queue_shows_its_length(app: Flask, olga: Visitor) -> None:
    offer_products(app)
    for _number in range(2):
        a_submitted(app)
    _application, open_one = a_listing(app)
    _application, full = a_listing(app)
    funded(app, full, "12000")
    funded(app, open_one, "100")

    found = waiting(olga)

    assert (found["To review"], found["To pay out"], found["Open for funding"]) == (2, 1, 1)


def test_the_loan_book_stands_below(app: Flask, olga: Visitor) -> None:
    offer_products(app)
    a_loan(app)

    page = olga.get("/operator/").text

    assert "$12,000.00" in page
    assert "No loans yet" not in page


def test_after_signing_in_an_operator_starts_here(app: Flask) -> None:
    visitor = Visitor(app)

    assert visitor.sign_in("olga").location == "/operator/"
