"""Payment methods: cards and bank accounts, by number or by the names that tests use."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from stripe.params import (
    CustomerPaymentMethodListParams,
    PaymentMethodAttachParams,
    PaymentMethodCreateParams,
    PaymentMethodDetachParams,
    PaymentMethodListParams,
    PaymentMethodRetrieveParams,
    PaymentMethodUpdateParams,
)

from simulator.call import SECRET, Call, Route
from simulator.errors import Body, Refusal
from simulator.resources.common import change
from simulator.testnumbers import CARD_NAMES, CARDS, DEBIT_NAMES, ROUTING, Card, luhn

TYPES = ["card", "us_bank_account"]
NOBODY: Body = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
NOWHERE = ("city", "country", "line1", "line2", "postal_code", "state")
CENTURY = 100
MONTHS = 12
TAIL = 4


def create(call: Call) -> Body:
    """Note a way of paying; nothing is asked of it yet."""
    data = call.params.some("type", "card", "us_bank_account", "billing_details", "metadata")
    return make(call, data)


def make(call: Call, data: Body) -> Body:
    """Note a way of paying from the fields that creating and confirming share."""
    kind = data.get("type")
    if kind not in TYPES:
        raise Refusal("The demo bank knows cards and US bank accounts only.", param="type")
    if kind not in data:
        raise Refusal(f"Missing required param: {kind}.", code="parameter_missing", param=kind)
    details, number = _card(call, data[kind]) if kind == "card" else _bank(data[kind])
    fields = {
        "type": kind,
        kind: details,
        "billing_details": billing(data.get("billing_details") or {}),
        "metadata": data.get("metadata") or {},
        "customer": None,
        SECRET: {"number": number, "set_up": False},
    }
    return _trim(call, call.create("payment_method", "pm", fields))


def billing(given: Body) -> Body:
    """Return whose a payment method is said to be, with what is not known as null."""
    address = {**dict.fromkeys(NOWHERE), **(given.get("address") or {})}
    return {**NOBODY, **given, "address": address}


def _trim(call: Call, method: Body) -> Body:
    """Take away the hashes of other types: Stripe leaves them out rather than null."""
    kept = {"allow_redisplay", "customer", "customer_account", "radar_options", method["type"]}
    method = {name: value for name, value in method.items() if value is not None or name in kept}
    method.setdefault("allow_redisplay", "unspecified")
    call.turn.save(method)
    return method


def _card(call: Call, given: Body) -> tuple[Body, str]:
    if "token" in given:
        raise Refusal("Cards come by number or as pm_card_... here.", param="card[token]")
    number = given["number"].replace(" ", "")
    year = given["exp_year"] + (2_000 if given["exp_year"] < CENTURY else 0)
    _check_card(call, number, given["exp_month"], year)
    return card_details(number, given["exp_month"], year, cvc="cvc" in given), number


def _check_card(call: Call, number: str, month: int, year: int) -> None:
    if not number.isdecimal() or not luhn(number):
        raise _card_error("Your card number is incorrect.", "incorrect_number", "number")
    if number not in CARDS:
        raise Refusal(
            "Your card was declined. Your request was in test mode, but used a non test card.",
            status=402,
            kind="card_error",
            code="card_declined",
            decline_code="test_mode_live_card",
        )
    if not 1 <= month <= MONTHS:
        raise _card_error("Your card's expiration month is invalid.", "invalid_expiry_month", "")
    today = datetime.fromtimestamp(call.now, UTC)
    if (year, month) < (today.year, today.month):
        raise _card_error("Your card's expiration year is invalid.", "invalid_expiry_year", "")


def _card_error(message: str, code: str, param: str) -> Refusal:
    return Refusal(message, status=402, kind="card_error", code=code, param=param or None)


def card_details(number: str, month: int, year: int, *, cvc: bool) -> Body:
    """Return what is told of a card."""
    card = CARDS[number]
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "unchecked" if cvc else None,
        },
        "country": "US",
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": _fingerprint(number),
        "funding": card.funding,
        "generated_from": None,
        "last4": number[-TAIL:],
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
    }


def _bank(given: Body) -> tuple[Body, str]:
    number = given.get("account_number", "")
    if given.get("routing_number") != ROUTING:
        raise Refusal(
            f"In test mode the routing number is {ROUTING}.",
            code="routing_number_invalid",
            param="us_bank_account[routing_number]",
        )
    if not number.isdecimal():
        raise Refusal(
            "You must use a test bank account number in test mode.",
            code="account_number_invalid",
            param="us_bank_account[account_number]",
        )
    told = {name: value for name, value in given.items() if name.startswith("account_")}
    return bank_details(number, **told), number


def bank_details(number: str, **given: Any) -> Body:
    """Return what is told of a bank account."""
    return {
        "account_holder_type": given.get("account_holder_type", "individual"),
        "account_type": given.get("account_type", "checking"),
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": None,
        "fingerprint": _fingerprint(number),
        "last4": number[-TAIL:],
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": ROUTING,
        "status_details": None,
    }


def _fingerprint(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()[:16]


def usable(call: Call, identifier: str) -> Body:
    """Return a payment method of this account; a test's name makes a new one.

    Raises:
        Refusal: there is none.
    """
    if (number := CARD_NAMES.get(identifier)) is not None:
        given = {"number": number, "exp_month": 12, "exp_year": 2_099, "cvc": "123"}
        return make(call, {"type": "card", "card": given})
    if (number := DEBIT_NAMES.get(identifier)) is not None:
        bank = {"account_number": number, "routing_number": ROUTING}
        who = {"name": "Test Holder", "email": "holder@example.com"}
        data = {"type": "us_bank_account", "us_bank_account": bank, "billing_details": who}
        return make(call, data)
    return call.find("payment_method", identifier, param="payment_method")


def behaviour(method: Body) -> Card:
    """Return how a card behaves."""
    return CARDS[method[SECRET]["number"]]


def attach(call: Call) -> Body:
    """Save a payment method for a customer; a card is asked whether it works."""
    method = usable(call, call.path["payment_method"])
    if method["type"] == "card":
        refuse_card(method)
    customer = call.params.get("customer", "")
    call.find("customer", customer, param="customer")
    return attach_to(call, method, customer)


def refuse_card(method: Body) -> None:
    """See that a card can be saved.

    Raises:
        Refusal: its bank declines.
    """
    card = behaviour(method)
    if card.decline and not card.attach:
        raise declined(card)


def declined(card: Card, **more: Any) -> Refusal:
    """Return the refusal of a card by its bank; what was noted of the try stays."""
    messages = {
        "expired_card": "Your card has expired.",
        "incorrect_cvc": "Your card's security code is incorrect.",
        "processing_error": "An error occurred while processing your card. Try again in a bit.",
        "insufficient_funds": "Your card has insufficient funds.",
    }
    return Refusal(
        messages.get(card.decline, "Your card was declined."),
        status=402,
        kind="card_error",
        code=card.code,
        decline_code=card.decline if card.code == "card_declined" else None,
        keeps=True,
        **more,
    )


def attach_to(call: Call, method: Body, customer: str) -> Body:
    """Save a payment method for a customer."""
    if method["customer"] not in (None, customer):
        raise Refusal("The payment method you provided has already been attached to a customer.")
    if method["customer"] is None:
        method["customer"] = customer
        call.turn.save(method)
        call.event("payment_method.attached", method)
    return method


def detach(call: Call) -> Body:
    """Let a customer's payment method go."""
    method = call.find("payment_method", call.path["payment_method"])
    if method["customer"] is None:
        raise Refusal("The payment method you provided is not attached to a customer.")
    before = method["customer"]
    method["customer"] = None
    call.turn.save(method)
    call.event("payment_method.detached", method, customer=before)
    return method


def retrieve(call: Call) -> Body:
    """Return a payment method."""
    return call.find("payment_method", call.path["payment_method"])


def update(call: Call) -> Body:
    """Change whose a payment method is said to be."""
    method = call.find("payment_method", call.path["payment_method"])
    told = {**method["billing_details"], **call.params.get("billing_details", {})}
    change(call, method, "allow_redisplay", billing_details=told)
    call.event("payment_method.updated", method)
    return method


def index(call: Call) -> Body:
    """List payment methods, of a customer in most cases."""
    customer = call.path.get("customer") or call.params.get("customer")
    where = {"customer": customer, "type": call.params.get("type")}
    place = f"/v1/customers/{customer}" if "customer" in call.path else "/v1"
    return call.page("payment_method", where, url=f"{place}/payment_methods")


ROUTES = (
    Route("POST", "/v1/payment_methods", PaymentMethodCreateParams, create),
    Route("GET", "/v1/payment_methods", PaymentMethodListParams, index),
    Route("GET", "/v1/payment_methods/{payment_method}", PaymentMethodRetrieveParams, retrieve),
    Route("POST", "/v1/payment_methods/{payment_method}", PaymentMethodUpdateParams, update),
    Route("POST", "/v1/payment_methods/{payment_method}/attach", PaymentMethodAttachParams, attach),
    Route("POST", "/v1/payment_methods/{payment_method}/detach", PaymentMethodDetachParams, detach),
    Route(
        "GET", "/v1/customers/{customer}/payment_methods", CustomerPaymentMethodListParams, index
    ),
)
