"""A lender's money comes in through the demo bank and goes out again."""

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from kernel import new_id
from marketplace import clock, jobs
from marketplace.models import Role
from tests.support.web import PASSWORD, Visitor, Watch, settle


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


def bank_account(visitor: Visitor, account: str = "DE89 3704 0044 0532 0130 00") -> str:
    """Add a bank account where there is none, and return the id of the first."""
    if 'name="destination"' not in visitor.get("/wallet/withdrawals/new").text:
        visitor.post("/destinations/", account=account, password=PASSWORD, key=str(new_id()))
    page = visitor.get("/wallet/withdrawals/new").text
    found = re.search(r'<option value="([0-9a-f-]{36})"', page)
    assert found is not None
    return found[1]


def withdraw(visitor: Visitor, amount: str, **more: str) -> TestResponse:
    filled = {
        "currency": "USD",
        "amount": amount,
        "password": PASSWORD,
        "key": str(new_id()),
    } | more
    filled.setdefault("destination", bank_account(visitor))
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
        destination=bank_account(bob),
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


def test_a_withdrawal_asks_for_the_password_again_after_minutes(bob: Visitor, watch: Watch) -> None:
    add_funds(bob, "1000")
    destination = bank_account(bob)
    assert withdraw(bob, "1", destination=destination, password="").status_code == 303

    watch.move(minutes=6)

    for wrong in ("", "not it"):
        page = withdraw(bob, "2", destination=destination, password=wrong)
        assert page.status_code == 422
        assert 'type="password"' in page.text
    assert withdraw(bob, "2", destination=destination).status_code == 303
    assert balance(bob) == "$997.00"


def test_an_account_is_added_with_the_password_only(bob: Visitor) -> None:
    page = bob.post("/destinations/", account="1234", password="no", key=str(new_id()))

    assert page.status_code == 422
    assert 'name="destination"' not in bob.get("/wallet/withdrawals/new").text


def test_an_account_of_nobody_is_refused(bob: Visitor) -> None:
    add_funds(bob, "1000")
    bank_account(bob)

    for unknown in ("nonsense", str(new_id())):
        assert withdraw(bob, "1", destination=unknown).status_code == 422
    assert bob.get(f"/destinations/{new_id()}").status_code == 404


def test_two_operators_let_a_large_withdrawal_go(app: Flask, bob: Visitor) -> None:
    add_funds(bob, "60000")
    withdraw(bob, "50000.01")
    assert "Waiting for approval" in bob.get("/wallet/").text
    settle(app, "oscar", Role.OPERATOR)
    olga, oscar = Visitor(app), Visitor(app)
    olga.sign_in("olga")
    oscar.sign_in("oscar")
    found = re.search(r"/payouts/([0-9a-f-]{36})/approve", olga.get("/payouts/").text)
    assert found is not None
    path = f"/payouts/{found[1]}/approve"

    assert olga.post(path).status_code == 303
    assert olga.post(path).status_code == 409 or "1 of 2" in olga.get("/payouts/").text
    assert oscar.post(path).status_code == 303

    with app.app_context():
        jobs.run_due(clock.now())
    assert "Paid out" in bob.get("/wallet/").text


def test_an_operator_refuses_and_the_lender_reads_why(app: Flask, bob: Visitor) -> None:
    add_funds(bob, "60000")
    withdraw(bob, "50000.01")
    olga = Visitor(app)
    olga.sign_in("olga")
    found = re.search(r"/payouts/([0-9a-f-]{36})/refuse", olga.get("/payouts/").text)
    assert found is not None

    assert olga.post(f"/payouts/{found[1]}/refuse").status_code == 422
    olga.post(f"/payouts/{found[1]}/refuse", why="Call us first")

    assert balance(bob) == "$60,000.00"
    assert "Call us first" in bob.get("/wallet/").text
