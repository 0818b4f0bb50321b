"""What happens when a payment method is asked for money: at once, days later, or not at all."""

from typing import Any

from stripe.params import ChargeListParams, ChargeRetrieveParams, ChargeUpdateParams

from simulator import funds
from simulator.call import SECRET, Call, Deed, Route
from simulator.errors import Body, Refusal
from simulator.resources.common import change
from simulator.resources.payment_methods import behaviour, billing, declined
from simulator.shapes import nested
from simulator.testnumbers import DEBITS, Debit

# A bank debit is known to have worked after up to four business days; it can be returned for
# sixty days, mostly within a month.
DEBIT_DAYS = 4
RETURN_DAYS = 21
CARD_DAYS = 2
DEBIT_WORDS = {
    "no_account": "The bank account could not be located.",
    "account_closed": "The bank account has been closed.",
    "insufficient_funds": "The bank account has insufficient funds to cover the payment.",
    "debit_not_authorized": "The customer has notified their bank that this was not authorised.",
    "invalid_currency": "The bank account does not hold this currency.",
}


def charge_card(call: Call, intent: Body, method: Body, *, captured: bool) -> Body:
    """Take money from a card.

    Raises:
        Refusal: its bank declines; the failed charge stays.
    """
    card = behaviour(method)
    if card.decline:
        charge = _charge(call, intent, method, status="failed", **_decline_fields(card))
        call.event("charge.failed", charge)
        raise declined(card, charge=charge["id"])
    charge = _charge(call, intent, method, status="succeeded")
    if captured:
        capture(call, charge, charge["amount"])
    else:
        charge["captured"] = False
        call.turn.save(charge)
    call.event("charge.succeeded", charge)
    if card.dispute:
        call.turn.later(call.now, "open_dispute", charge["id"])
    return charge


def _decline_fields(card: Any) -> Body:
    refusal = declined(card)
    outcome = {"network_status": "declined_by_network", "reason": card.decline}
    return {
        "failure_code": refusal.fields["code"],
        "failure_message": refusal.fields["message"],
        "outcome": {**_outcome(), **outcome, "type": "issuer_declined"},
        "paid": False,
        "captured": False,
    }


def capture(call: Call, charge: Body, amount: int) -> None:
    """Book the money of a charge that succeeded."""
    method = charge["payment_method_details"]["type"]
    at_once = charge[SECRET]["at_once"] or method == "us_bank_account"
    entry = funds.enter(
        call,
        "payment" if method == "us_bank_account" else "charge",
        amount,
        source=charge["id"],
        currency=charge["currency"],
        fee=funds.charge_fee(amount, method),
        available_on=call.now + (0 if at_once else CARD_DAYS * funds.DAY),
        description=charge["description"],
    )
    change(
        call,
        charge,
        captured=True,
        amount_captured=amount,
        balance_transaction=entry["id"],
    )


def charge_bank(call: Call, intent: Body, method: Body) -> Body:
    """Begin to take money from a bank account; whether it works is known days later."""
    charge = _charge(call, intent, method, status="pending", paid=False, captured=True)
    debit = DEBITS.get(method[SECRET]["number"], Debit())
    if not debit.never_settles:
        deed = "fail_debit" if debit.fails else "settle_debit"
        call.turn.later(call.now + DEBIT_DAYS * funds.DAY, deed, charge["id"])
    call.event("charge.pending", charge)
    return charge


def settle_debit(call: Call, charge: Body) -> None:
    """See the money of a bank debit arrive."""
    if charge["status"] != "pending":
        return
    charge.update(status="succeeded", paid=True)
    capture(call, charge, charge["amount"])
    call.event("charge.succeeded", charge)
    intent = call.find("payment_intent", charge["payment_intent"])
    succeed(call, intent, charge)
    debit = DEBITS.get(charge[SECRET]["number"], Debit())
    if debit.returns:
        call.turn.later(call.now + RETURN_DAYS * funds.DAY, "return_debit", charge["id"])


def fail_debit(call: Call, charge: Body, code: str = "") -> None:
    """Learn from the bank that a debit did not work."""
    if charge["status"] != "pending":
        return
    debit = DEBITS.get(charge[SECRET]["number"], Debit())
    code = code or debit.fails or "insufficient_funds"
    message = DEBIT_WORDS.get(code, "The bank returned the debit.")
    change(call, charge, status="failed", failure_code=code, failure_message=message)
    call.turn.forget_due(charge["id"])
    call.event("charge.failed", charge)
    error = {"code": code, "message": message, "type": "card_error", "charge": charge["id"]}
    fail(call, call.find("payment_intent", charge["payment_intent"]), error)


def succeed(call: Call, intent: Body, charge: Body) -> None:
    """Note that an intent has its money."""
    change(
        call,
        intent,
        status="succeeded",
        amount_received=charge["amount_captured"],
        amount_capturable=0,
        last_payment_error=None,
        next_action=None,
        processing=None,
    )
    call.event("payment_intent.succeeded", intent)
    _tell_session(call, intent, "async_payment_succeeded", payment_status="paid")


def fail(call: Call, intent: Body, error: Body) -> None:
    """Note why an intent did not get its money; it may be tried again."""
    method = call.turn.find(intent["payment_method"]) if intent["payment_method"] else None
    empty = nested("payment_intent", "last_payment_error")
    intent.update(
        status="requires_payment_method",
        payment_method=None,
        processing=None,
        next_action=None,
        last_payment_error={**empty, **error, "payment_method": method},
    )
    call.turn.save(intent)
    call.event("payment_intent.payment_failed", intent)
    _tell_session(call, intent, "async_payment_failed", payment_status="unpaid")


def _tell_session(call: Call, intent: Body, what: str, **fields: str) -> None:
    """Tell of a Checkout session that was completed before its money was sure."""
    where = {"payment_intent": intent["id"], "status": "complete"}
    for session in call.turn.select("checkout.session", account=call.account, where=where):
        if session["payment_status"] == "unpaid":
            change(call, session, **fields)
            call.event(f"checkout.session.{what}", session)


def _charge(call: Call, intent: Body, method: Body, **fields: Any) -> Body:
    kind = method["type"]
    details = {kind: _details(method), "type": kind}
    number = method[SECRET]["number"]
    at_once = kind == "card" and behaviour(method).at_once
    given = {
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "DEMO BANK",
        "captured": True,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "metadata": intent["metadata"],
        "outcome": _outcome(),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": details,
        "radar_options": {},
        "refunded": False,
        "transfer_group": intent["transfer_group"],
        SECRET: {"number": number, "at_once": at_once},
    }
    prefix = "py" if kind == "us_bank_account" else "ch"
    charge = call.create("charge", prefix, {**given, **fields})
    change(call, intent, latest_charge=charge["id"])
    return charge


def transfer_charge(call: Call, transfer: Body, *, available_on: int) -> Body:
    """Put the money of a transfer into the balance of whoever receives it."""
    owner = transfer["destination"]
    fields = {
        "amount": transfer["amount"],
        "amount_captured": transfer["amount"],
        "amount_refunded": 0,
        "billing_details": billing({}),
        "captured": True,
        "currency": transfer["currency"],
        "disputed": False,
        "metadata": {},
        "paid": True,
        "refunded": False,
        "source_transfer": transfer["id"],
        "status": "succeeded",
        "transfer_group": transfer["transfer_group"],
    }
    payment = call.create("charge", "py", fields, account=owner)
    entry = funds.enter(
        call,
        "payment",
        transfer["amount"],
        source=payment["id"],
        currency=transfer["currency"],
        account=owner,
        available_on=available_on,
    )
    change(call, payment, balance_transaction=entry["id"])
    call.event("payment.created", payment, account=owner)
    return payment


def _details(method: Body) -> Body:
    told: Body = method[method["type"]]
    if method["type"] == "card":
        names: tuple[str, ...] = (
            "brand",
            "country",
            "exp_month",
            "exp_year",
            "fingerprint",
            "funding",
            "last4",
        )
        more = {"network": told["brand"], "checks": told["checks"], "three_d_secure": None}
    else:
        names = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4")
        more = {"routing_number": told["routing_number"], "mandate": method[SECRET].get("mandate")}
    return {**{name: told[name] for name in names}, **more}


def _outcome() -> Body:
    return {
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def retrieve(call: Call) -> Body:
    """Return a charge."""
    return call.find("charge", call.path["charge"])


def update(call: Call) -> Body:
    """Change what a charge says of itself."""
    charge = call.find("charge", call.path["charge"])
    change(call, charge, "description", "transfer_group", "receipt_email")
    call.event("charge.updated", charge)
    return charge


def index(call: Call) -> Body:
    """List charges."""
    where = {
        name: call.params.get(name) for name in ("customer", "payment_intent", "transfer_group")
    }
    return call.page("charge", where, url="/v1/charges")


def charge_of(call: Call) -> Body:
    """Return the charge that a call names, by itself or through its intent.

    Raises:
        Refusal: the call names none, or the intent has none.
    """
    if (identifier := call.params.get("charge")) is not None:
        return call.find("charge", identifier, param="charge")
    identifier = call.params.get("payment_intent")
    if identifier is None:
        raise Refusal("One of the following params should be provided: charge, payment_intent.")
    intent = call.find("payment_intent", identifier, param="payment_intent")
    if intent["latest_charge"] is None:
        raise Refusal("This PaymentIntent does not have a successful charge to refund.")
    return call.find("charge", intent["latest_charge"])


ROUTES = (
    Route("GET", "/v1/charges", ChargeListParams, index),
    Route("GET", "/v1/charges/{charge}", ChargeRetrieveParams, retrieve),
    Route("POST", "/v1/charges/{charge}", ChargeUpdateParams, update),
)
DEEDS: dict[str, Deed] = {"settle_debit": settle_debit, "fail_debit": fail_debit}
