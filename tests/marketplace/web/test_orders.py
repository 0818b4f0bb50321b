"""An investor puts money into a loan: looked at once more, placed once, taken back in time."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import matching
from kernel import new_id
from tests.support.borrowing import person, usd, write
from tests.support.lending import a_market, an_investor, pay_in
from tests.support.web import NOON, Visitor, Watch


def order(visitor: Visitor, number: int, amount: str, **more: str) -> TestResponse:
    """Confirm an order."""
    return send(visitor, f"/orders/{number}?confirmed=1", amount, **more)


def look_at(visitor: Visitor, number: int, amount: str, **more: str) -> TestResponse:
    """Ask for the page that confirms."""
    return send(visitor, f"/orders/{number}", amount, **more)


def send(visitor: Visitor, path: str, amount: str, **more: str) -> TestResponse:
    return visitor.post(path, **{"amount": amount, "currency": "USD", "key": str(new_id())} | more)


def cash(visitor: Visitor) -> str:
    found = re.search(r'ts-kpi-value">.*?([$¥][\d,.]+)', visitor.get("/wallet/").text, re.DOTALL)
    assert found is not None
    return found[1]


def test_an_order_is_shown_with_exact_amounts_before_it_is_placed(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")

    page = look_at(bob, number, "250").text

    assert "Invest $250.00" in page
    assert "$750.00" in page
    assert cash(bob) == "$1,000.00"


def test_a_confirmed_order_reserves_the_money(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")

    placed = order(bob, number, "250")

    assert placed.status_code == 303
    page = bob.get(placed.headers["Location"]).text
    assert "$250.00 is reserved for you" in page
    assert cash(bob) == "$750.00"
    assert "Your orders here" in bob.get(f"/listings/{number}").text
    assert f"L-{number}" in bob.get("/orders/").text


def test_an_order_sent_twice_is_placed_once(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    key = str(new_id())

    first, second = (order(bob, number, "250", key=key) for _again in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert cash(bob) == "$750.00"


def test_a_key_used_for_another_order_places_nothing(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    key = str(new_id())
    order(bob, number, "250", key=key)

    refused = order(bob, number, "300", key=key)

    assert refused.status_code == 422
    assert cash(bob) == "$750.00"


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("", "Enter how much to invest."),
        ("abc", "Enter an amount in digits"),
        ("10", "at least $25.00"),
        ("30", "multiple of $25.00"),
        ("9000", "room for $8,000.00 only"),
        ("1025", "which is $25.00 too little"),
        ("-25", "Enter an amount in digits"),
    ],
)
@pytest.mark.parametrize("step", [look_at, order])
def test_an_unusable_amount_is_refused_on_the_page_of_the_loan(
    app: Flask,
    bob: Visitor,
    step: Callable[[Visitor, int, str], TestResponse],
    amount: str,
    why: str,
) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")

    page = step(bob, number, amount)

    assert page.status_code == 422
    assert why in page.text
    assert f'value="{amount}"' in page.text
    assert cash(bob) == "$1,000.00"


def test_an_order_without_its_key_is_refused(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")

    assert order(bob, number, "250", key="guessed").status_code == 422
    assert order(bob, number, "250", currency="CNY").status_code == 422
    assert cash(bob) == "$1,000.00"


def test_less_is_taken_where_less_is_left_and_that_is_welcome(app: Flask, bob: Visitor) -> None:
    carol = an_investor(app, "carol")
    (number,) = a_market(app, "2000")
    pay_in(app, "bob", "1000")
    pay_in(app, "carol", "2000")
    order(carol, number, "1900")

    page = look_at(bob, number, "500", take_less="1").text
    placed = order(bob, number, "500", take_less="1")

    assert "only $100.00 is left" in page
    assert "Invest $100.00" in page
    assert "only $100.00 was left" in bob.get(placed.headers["Location"]).text
    assert cash(bob) == "$900.00"


def test_a_loan_filled_by_others_meanwhile_is_refused_with_what_is_left(
    app: Flask, bob: Visitor
) -> None:
    carol = an_investor(app, "carol")
    (number,) = a_market(app, "2000")
    pay_in(app, "bob", "1000")
    pay_in(app, "carol", "2000")
    assert look_at(bob, number, "500").status_code == 200
    order(carol, number, "2000")

    refused = order(bob, number, "500")

    assert refused.status_code == 422
    assert "others were first" in refused.text
    assert cash(bob) == "$1,000.00"


def test_an_order_can_be_cancelled_while_the_loan_is_open(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    path = order(bob, number, "250").headers["Location"].partition("?")[0]

    for _again in range(2):
        assert bob.post(f"{path}/cancel").status_code == 303

    assert cash(bob) == "$1,000.00"
    assert "Nothing is reserved" in bob.get("/orders/").text
    assert "Cancelled" in bob.get("/orders/?all=1").text


def test_an_order_of_a_funded_loan_stays(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "1000")
    pay_in(app, "bob", "1000")
    path = order(bob, number, "1000").headers["Location"].partition("?")[0]

    refused = bob.post(f"{path}/cancel")

    assert refused.status_code == 422
    assert "Cancel the order" not in bob.get(path).text
    assert cash(bob) == "$0.00"


def test_nobody_sees_or_cancels_the_order_of_somebody_else(app: Flask, bob: Visitor) -> None:
    carol = an_investor(app, "carol")
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    path = order(bob, number, "250").headers["Location"].partition("?")[0]

    assert carol.get(path).status_code == 404
    assert carol.post(f"{path}/cancel").status_code == 404
    assert "Nothing is reserved" in carol.get("/orders/").text
    assert cash(bob) == "$750.00"


def test_an_order_for_nothing_known_is_not_found(bob: Visitor) -> None:
    assert order(bob, 999_999, "250").status_code == 404


def test_an_order_after_time_is_refused(app: Flask, bob: Visitor, watch: Watch) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    watch.move(days=30)
    bob.sign_in("bob")

    assert order(bob, number, "250").status_code == 422


def under_the_rules(app: Flask, **how: Any) -> None:
    """Put bob under a European rule pack."""
    bob = person(app, "bob")
    what: dict[str, Any] = {"tested_on": NOON.date(), "net_assets": usd("2000"), "at": NOON}
    pack = {"pack_code": "eu-ecspr"} | what | how
    write(app, lambda session: matching.declare_standing(session, lender_id=bob, **pack))


def test_more_than_the_rules_advise_needs_the_lender_s_word(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    assert "rules of my home" not in bob.get(f"/listings/{number}").text
    under_the_rules(app)

    asked = look_at(bob, number, "250")
    refused = order(bob, number, "250")
    agreed = look_at(bob, number, "250", consents="1")
    placed = order(bob, number, "250", consents="1")

    assert (asked.status_code, refused.status_code) == (422, 422)
    assert "needs your explicit consent" in asked.text
    assert "rules of my home" in asked.text
    assert "you may take the order back without a reason until" in agreed.text
    assert 'name="consents" value="1"' in agreed.text
    assert placed.status_code == 303
    assert cash(bob) == "$750.00"


def test_without_the_knowledge_test_an_order_is_refused_before_it_is_confirmed(
    app: Flask, bob: Visitor
) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    under_the_rules(app, tested_on=None)

    asked = look_at(bob, number, "250")

    assert asked.status_code == 422
    assert "Pass the knowledge test first" in asked.text


def test_the_legal_limit_is_told_before_an_order_is_confirmed(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    under_the_rules(app, pack_code="uk-fca")

    asked = look_at(bob, number, "250")

    assert asked.status_code == 422
    assert "let you place $200.00 more" in asked.text
