from uuid import uuid4

import pytest
from flask import Flask

from origination import Facts
from tests.support.borrowing import (
    a_draft,
    a_loan,
    a_partial_listing,
    a_submitted,
    an_offer,
    offer_products,
)
from tests.support.web import Visitor, Watch


@pytest.fixture
def alice(app: Flask) -> Visitor:
    offer_products(app)
    visitor = Visitor(app)
    visitor.sign_in("alice")
    return visitor


def first(alice: Visitor) -> str:
    """Return what the overview says to do first."""
    page = alice.get("/borrower/").text
    return page.split('id="todo">')[1].split("</section>")[0]


def test_a_newcomer_is_led_to_an_application(alice: Visitor) -> None:
    assert "/applications/new" in first(alice)
    assert "How it goes" in alice.get("/borrower/").text


def test_a_draft_waits_to_be_finished(app: Flask, alice: Visitor) -> None:
    draft = a_draft(app, facts=Facts())

    assert f"/applications/{draft}/check" in first(alice)


def test_while_others_work_there_is_nothing_to_do(app: Flask, alice: Visitor) -> None:
    a_submitted(app)

    assert "Nothing to do right now" in first(alice)


def test_an_offer_comes_before_a_draft(app: Flask, alice: Visitor) -> None:
    a_draft(app)
    offer = an_offer(app)

    assert f"/offers/{offer}" in first(alice)


def test_a_smaller_amount_wants_an_answer(app: Flask, alice: Visitor, watch: Watch) -> None:
    application, _listing = a_partial_listing(app, watch)
    alice.sign_in("alice")

    assert f"/offers/{application}/smaller" in first(alice)


def test_a_loan_is_mentioned_when_its_payment_comes_near(
    app: Flask, alice: Visitor, watch: Watch
) -> None:
    a_loan(app)
    quiet = first(alice)
    watch.move(days=25)
    alice.sign_in("alice")
    near = first(alice)

    assert "Nothing to do right now" in quiet
    assert "$389.58 is due on 23 Dec 2026" in near


def test_a_late_loan_comes_before_everything(app: Flask, alice: Visitor, watch: Watch) -> None:
    loan = a_loan(app)
    watch.move(days=45)
    alice.sign_in("alice")
    an_offer(app)

    page = first(alice)

    assert f"/loans/{loan}/pay" in page
    assert "15 days late" in page


def test_what_is_paid_is_no_longer_asked_for(app: Flask, alice: Visitor, watch: Watch) -> None:
    loan = a_loan(app)
    watch.move(days=30)
    alice.sign_in("alice")
    asked = first(alice)

    alice.post(f"/loans/{loan}/payments", kind="installment", amount="389.58", key=str(uuid4()))

    assert "$389.58" in asked
    assert "Nothing to do right now" in first(alice)


def test_the_overview_is_the_borrower_s_alone(app: Flask, bob: Visitor) -> None:
    del app

    assert bob.get("/borrower/").status_code == 403
