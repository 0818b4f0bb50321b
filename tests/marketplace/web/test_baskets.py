"""An investor orders in several loans at once."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import matching
from kernel import new_id
from tests.support.borrowing import person, write
from tests.support.lending import a_market, an_investor, pay_in
from tests.support.web import NOON, Visitor


def send(visitor: Visitor, amounts: dict[int, str], query: str = "", **more: str) -> TestResponse:
    fields: dict[str, Any] = {f"amount_{number}": text for number, text in amounts.items()}
    return visitor.post(f"/baskets/{query}", **fields | {"key": str(new_id())} | more)


def place(visitor: Visitor, amounts: dict[int, str], **more: str) -> TestResponse:
    return send(visitor, amounts, "?confirmed=1", **more)


def cash(visitor: Visitor) -> str:
    found = re.search(r'ts-kpi-value">.*?([$¥][\d,.]+)', visitor.get("/wallet/").text, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_page_has_a_place_for_an_amount_beside_every_open_loan(
    app: Flask, bob: Visitor
) -> None:
    numbers = a_market(app, "8000", "4000")

    page = bob.get("/baskets/new").text

    assert all(f'name="amount_{number}"' in page for number in numbers)


def test_the_page_says_when_nothing_is_open(bob: Visitor) -> None:
    assert "No loan is open right now" in bob.get("/baskets/new").text


def test_the_orders_are_shown_once_more_with_their_sum(app: Flask, bob: Visitor) -> None:
    first, second = a_market(app, "8000", "4000")
    pay_in(app, "bob", "1000")

    page = send(bob, {first: "250", second: "100"}).text

    assert "Place 2 orders" in page
    assert "$350.00" in page
    assert f'name="amount_{first}" value="250"' in page
    assert cash(bob) == "$1,000.00"


def test_a_confirmed_basket_is_answered_line_by_line(app: Flask, bob: Visitor) -> None:
    first, second = a_market(app, "8000", "4000")
    pay_in(app, "bob", "300")

    placed = place(bob, {first: "260", second: "100"})

    assert placed.status_code == 303
    page = bob.get(placed.headers["Location"]).text
    assert "REQUESTED_AMNT_ROUNDED" in page
    assert "INSUFFICIENT_CASH" in page
    assert "Rounded down to the step of this loan." in page
    assert cash(bob) in {"$50.00", "$200.00"}


def test_a_basket_sent_twice_is_placed_once(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    key = str(new_id())

    first, second = (place(bob, {number: "250"}, key=key) for _again in range(2))
    other = place(bob, {number: "300"}, key=key)

    assert first.headers["Location"] == second.headers["Location"]
    assert other.status_code == 422
    assert cash(bob) == "$750.00"


@pytest.mark.parametrize(("amount", "why"), [("", "at least one loan"), ("x", "amount in digits")])
def test_a_basket_that_says_nothing_usable_is_refused(
    app: Flask, bob: Visitor, amount: str, why: str
) -> None:
    (number,) = a_market(app, "8000")

    page = place(bob, {number: amount})

    assert page.status_code == 422
    assert why in page.text


def test_nobody_reads_the_basket_of_somebody_else(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    location = place(bob, {number: "250"}).headers["Location"]

    assert an_investor(app, "carol").get(location).status_code == 404


def test_a_basket_can_be_read_in_chinese(app: Flask, bob: Visitor) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    location = place(bob, {number: "250"}).headers["Location"]
    bob.headers["Accept-Language"] = "zh-CN"

    assert "已全额预留" in bob.get(location).text


def test_a_lender_under_rules_that_ask_for_consent_finds_where_to_give_it(
    app: Flask, bob: Visitor
) -> None:
    a_market(app, "8000")
    ident = person(app, "bob")
    write(
        app,
        lambda session: matching.declare_standing(
            session,
            lender_id=ident,
            pack_code="eu-ecspr",
            tested_on=NOON.date(),
            net_assets=None,
            at=NOON,
        ),
    )

    assert 'name="consents"' in bob.get("/baskets/new").text
