"""The day's close is asked for on a page and done by the worker."""

from uuid import UUID

import pytest
from flask import Flask

import servicing
from marketplace import clock, jobs
from tests.support.borrowing import a_loan, offer_products, read
from tests.support.web import Visitor, Watch


@pytest.fixture
def olga(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("olga")
    return visitor


@pytest.fixture
def loan(app: Flask) -> UUID:
    offer_products(app)
    return a_loan(app)


def work(app: Flask) -> None:
    with app.app_context():
        jobs.run_due(clock.now())


def test_a_day_is_closed_by_the_worker(app: Flask, loan: UUID, olga: Visitor, watch: Watch) -> None:
    watch.move(days=30)
    olga.sign_in("olga")

    asked = olga.post("/close/")
    before = olga.get("/close/").text
    work(app)
    after = olga.get("/close/").text

    assert asked.location == "/close/"
    assert "No day is closed yet" in before
    assert "Audit clean" in after
    on = watch.moment.date()
    detail = read(app, lambda session: servicing.loan_detail(session, loan_id=loan, on=on))
    assert detail.standing.to_pay.is_positive


@pytest.mark.usefixtures("loan")
def test_missed_days_are_closed_with_it(app: Flask, olga: Visitor, watch: Watch) -> None:
    olga.post("/close/")
    work(app)
    watch.move(days=3)
    olga.sign_in("olga")
    assert "Close 3 days" in olga.get("/close/").text

    olga.post("/close/")
    work(app)

    page = olga.get("/close/").text
    assert page.count("Audit clean") == 4
    assert "Close again" in page


@pytest.mark.usefixtures("loan")
def test_closing_twice_changes_nothing(app: Flask, olga: Visitor, watch: Watch) -> None:
    olga.post("/close/")
    work(app)
    watch.move(minutes=2)

    olga.post("/close/")
    work(app)

    assert olga.get("/close/").text.count("Audit clean") == 1
