"""A lender's money comes in through the demo bank and goes out again."""

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kernel import new_id
from marketplace import clock, jobs
from marketplace.models import Role
from tests.support.web import Visitor, settle


@pytest.fixture
def carol(app: Flask) -> Visitor:
    settle(app, "carol", Role.LENDER)
    visitor = Visitor(app)
    visitor.sign_in("carol")
    return visitor


def add_funds(visitor: Visitor, amount: str, *, answer: str = "pay") -> TestResponse:
    key = str(new_id())
    sent = visitor.post("/wallet/deposits/", currency="USD", amount=amount, key=key)
    path, _, token = sent.headers["Location"].partition("?token=")
    return visitor.post(f"{path}/{answer}", token=token)


def balance(visitor: Visitor) -> str:
    page = visitor.get("/wallet/").text
    found = re.search(r'ts-kpi-value">.*?([$¥][\d,.]+)', page, re.DOTALL)
    assert found is not None
    return found[1]


def withdraw(visitor: Visitor, amount: str, **more: str) -> TestResponse:
    filled = {
        "currency": "USD",
        "amount": amount,
        "destination": "DE89 3704 0044 0532 0130 00",
        "key": str(new_id()),
    } | more
    return visitor.post("/wallet/withdrawals/?confirmed=1", **filled)


def test_money_paid_at_the_bank_is_available(bob: Visitor) -> None:
    answer = add_funds(bob, "1,000.50")

    assert answer.status_code == 303
    assert balance(bob) == "$1,000.50"
    assert "Money added" in bob.get("/wallet/").text


def test_money_declined_by_the_bank_does_not_arrive(bob: Visitor) -> None:
    add_funds(bob, "1000", answer="decline")

    assert balance(bob) == "$0.00"
    assert "Failed" in bob.get("/wallet/").text


def test_a_payment_pressed_twice_arrives_once(bob: Visitor) -> None:
    sent = bob.post("/wallet/deposits/", currency="USD", amount="50", key=str(new_id()))
    path, _, token = sent.headers["Location"].partition("?token=")

    for _again in range(2):
        bob.post(f"{path}/pay", token=token)

    assert balance(bob) == "$50.00"


def test_the_bank_s_page_opens_only_by_its_link(bob: Visitor) -> None:
    sent = bob.post("/wallet/deposits/", currency="USD", amount="50", key=str(new_id()))
    path = sent.headers["Location"].partition("?")[0]

    assert bob.get(f"{path}?token=forged").status_code == 404
    assert bob.post(f"{path}/pay", token="forged").status_code == 404
    assert balance(bob) == "$0.00"


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("", "Enter how much to add."),
        ("1.234", "at most 2 digits after the point"),
        ("0", "above zero"),
        ("0.50", "at least $1.00"),
        ("¥100", "Enter an amount in USD"),
    ],
)
def test_an_unusable_amount_is_refused_with_what_to_do(bob: Visitor, amount: str, why: str) -> None:
    page = bob.post("/wallet/deposits/", currency="USD", amount=amount, key=str(new_id()))

    assert page.status_code == 422
    assert why in page.text


def test_a_withdrawal_is_shown_before_it_is_made(bob: Visitor) -> None:
    add_funds(bob, "1000")

    page = bob.post(
        "/wallet/withdrawals/",
        currency="USD",
        amount="100",
        destination="12345678",
        key=str(new_id()),
    )

    assert "Withdraw $100.00" in page.text
    assert balance(bob) == "$1,000.00"


def test_a_withdrawal_leaves_at_once_and_arrives_with_the_worker(app: Flask, bob: Visitor) -> None:
    add_funds(bob, "1000")

    withdraw(bob, "100")

    assert balance(bob) == "$900.00"
    assert "Being sent" in bob.get("/wallet/").text
    with app.app_context():
        jobs.run_due(clock.now())
    assert "Paid out" in bob.get("/wallet/").text
    assert "•••• 3000" in bob.get("/wallet/").text


def test_a_withdrawal_sent_twice_is_made_once(bob: Visitor) -> None:
    add_funds(bob, "1000")
    key = str(new_id())

    for _again in range(2):
        assert withdraw(bob, "100", key=key).status_code == 303

    assert balance(bob) == "$900.00"


def test_more_than_there_is_cannot_be_withdrawn(bob: Visitor) -> None:
    add_funds(bob, "1000")

    page = withdraw(bob, "1000.01")

    assert page.status_code == 422
    assert "$0.01" in page.text
    assert balance(bob) == "$1,000.00"


def test_nobody_sees_the_money_of_somebody_else(bob: Visitor, carol: Visitor) -> None:
    add_funds(bob, "1000")

    assert balance(carol) == "$0.00"


def test_a_guest_is_asked_to_sign_in_and_an_operator_is_refused(
    app: Flask, visitor: Visitor
) -> None:
    assert visitor.get("/wallet/").status_code == 303

    visitor.sign_in("olga")
    assert visitor.get("/wallet/").status_code == 403
    assert app.name == "tessera"
