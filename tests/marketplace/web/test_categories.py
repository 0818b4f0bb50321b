"""The book by category: what is provided, and how loans moved."""

from uuid import UUID

import pytest
from flask import Flask

import servicing
from marketplace import clock, closing
from tests.support.borrowing import a_loan, offer_products, read
from tests.support.web import Visitor, Watch


@pytest.fixture
def loan(app: Flask) -> UUID:
    offer_products(app)
    return a_loan(app)


def test_the_book_by_category_and_how_it_moved(app: Flask, loan: UUID, watch: Watch) -> None:
    olga = Visitor(app)
    olga.sign_in("olga")
    fresh = olga.get("/categories/").text
    began = clock_day(watch)
    watch.move(days=70)
    with app.app_context():
        closing.close_day(clock.today(), at=clock.now())
    olga.sign_in("olga")

    recorded = olga.post("/categories/records")
    page = olga.get(f"/categories/?since={began}").text
    own = olga.get(f"/servicing/{loan}").text

    assert "Nothing is recorded yet" in fresh
    assert recorded.location == "/categories/"
    assert "Recorded; 1 loans have moved." in page
    assert "Recorded on:" in page
    assert "Normal → Substandard" in own


def test_the_last_close_of_a_month_records_the_categories(
    app: Flask, loan: UUID, watch: Watch
) -> None:
    watch.move(days=69)
    day = clock_day(watch)
    with app.app_context():
        closing.close_day(clock.today(), at=clock.now())

    days = read(app, servicing.recorded_days)

    assert [each.isoformat() for each in days] == [day]
    assert loan


def test_a_day_that_is_none_is_refused(app: Flask) -> None:
    olga = Visitor(app)
    olga.sign_in("olga")

    assert olga.get("/categories/?since=never").status_code == 422


def clock_day(watch: Watch) -> str:
    return watch().date().isoformat()
