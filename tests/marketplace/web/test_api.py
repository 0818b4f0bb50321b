"""A lender's program orders as JSON, by the same rules as its lender on a page."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.support.lending import a_market, pay_in
from tests.support.web import Visitor


def send(visitor: Visitor, body: Any, *, key: str = "first") -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/dev/inbox").text)
    assert token is not None
    headers = {"X-CSRFToken": token[1], "Idempotency-Key": key, "Content-Type": "application/json"}
    text = body if isinstance(body, str) else json.dumps(body)
    return visitor.client.post("/api/v1/orders", data=text, headers=visitor.headers | headers)


def told(answer: TestResponse) -> dict[str, Any]:
    assert isinstance(answer.json, dict)
    return answer.json


def lines(*pairs: tuple[int, Any]) -> dict[str, Any]:
    return {"orders": [{"loanId": loan, "requestedAmount": amount} for loan, amount in pairs]}


def test_every_line_is_answered_in_the_familiar_shape(app: Flask, bob: Visitor) -> None:
    first, second = a_market(app, "8000", "4000")
    pay_in(app, "bob", "300")

    answer = send(bob, lines((first, 260.5), (second, "100.00"), (999_999, 25)))

    assert answer.status_code == 200
    by_loan = {each["loanId"]: each for each in told(answer)["orderConfirmations"]}
    assert by_loan[999_999]["executionStatus"] == ["NOT_A_VALID_INVESTMENT"]
    assert {by_loan[first]["investedAmount"], by_loan[second]["investedAmount"]} in (
        {"250.00", "0.00"},
        {"0.00", "100.00"},
    )
    assert "REQUESTED_AMNT_ROUNDED" in by_loan[first]["executionStatus"]
    again = bob.get(f"/api/v1/orders/{told(answer)['orderInstructId']}")
    assert [each["investedAmount"] for each in told(again)["orderConfirmations"]] == [
        each["investedAmount"] for each in told(answer)["orderConfirmations"]
    ]


def test_a_key_that_is_sent_again_gives_the_same_answer_and_places_nothing(
    app: Flask, bob: Visitor
) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")

    first, second = (send(bob, lines((number, "250.00"))) for _again in range(2))
    other = send(bob, lines((number, "300.00")))

    assert first.json == second.json
    assert other.status_code == 409
    assert other.mimetype == "application/problem+json"
    assert told(other)["code"] == "basket_key_taken"
    assert "$750.00" in bob.get("/wallet/").text


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        [],
        {},
        {"orders": []},
        {"orders": [{"loanId": "one", "requestedAmount": 25}]},
        {"orders": [{"loanId": 1, "requestedAmount": -25}]},
        {"orders": [{"loanId": 1, "requestedAmount": True}]},
        {"orders": [{"loanId": 1, "requestedAmount": "25.001"}]},
        {"orders": [{"loanId": 1, "requestedAmount": 25, "speed": "first"}]},
    ],
)
def test_what_cannot_be_read_is_refused_with_the_field(bob: Visitor, body: Any) -> None:
    answer = send(bob, body)

    assert answer.status_code == 422
    assert told(answer)["fields"]


def test_without_a_key_nothing_is_placed(bob: Visitor) -> None:
    assert send(bob, lines((1, 25)), key="").status_code == 400
    assert send(bob, lines((1, 25)), key="k" * 101).status_code == 400
