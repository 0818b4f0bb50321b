"""Payment intents: from the wish to be paid to the money, one attempt after the other."""

from typing import Any

from stripe.params import (
    PaymentIntentCancelParams,
    PaymentIntentCaptureParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    PaymentIntentRetrieveParams,
    PaymentIntentSearchParams,
    PaymentIntentUpdateParams,
)

from simulator.call import SECRET, Call, Route, visible
from simulator.errors import Body, Refusal
from simulator.resources import charging
from simulator.resources.common import change, check_metadata, positive, search
from simulator.resources.mandates import accept_mandate
from simulator.resources.payment_methods import TYPES, attach_to, behaviour, make, usable
from simulator.store import new_id

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
LEAST = 50  # Stripe takes no payment below half a dollar, or what is worth as much
TOLD = (
    "application_fee_amount",
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)


def create(call: Call) -> Body:
    """Note the wish to be paid, and try at once when `confirm` says so."""
    amount = positive(call)
    if amount < LEAST:
        raise Refusal("Amount must be at least 50 cents.", code="amount_too_small", param="amount")
    fields = call.params.some("currency", "customer", "capture_method", *TOLD)
    intent = begin(call, amount, fields | {"metadata": call.params.get("metadata") or {}})
    _choose(call, intent)
    if call.params.get("confirm"):
        return attempt(call, intent)
    _no_longer_asked(call, "off_session", "return_url", "mandate_data")
    return intent


def _no_longer_asked(call: Call, *names: str) -> None:
    for name in names:
        if call.params.get(name) is not None:
            raise Refusal(f"The parameter {name} cannot be passed unless confirm is set.")


def begin(call: Call, amount: int, fields: Body) -> Body:
    """Note an intent from fields that are known to be good."""
    check_metadata(fields["metadata"])
    if fields.get("customer") is not None:
        call.find("customer", fields["customer"], param="customer")
    allowed = call.params.get("allowed_payment_method_types")
    automatic = call.params.get("automatic_payment_methods")
    given = {
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "allowed_payment_method_types": allowed,
        "automatic_payment_methods": automatic,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "payment_method_options": call.params.get("payment_method_options") or {},
        "payment_method_types": allowed or TYPES,
        "status": "requires_payment_method",
        **fields,
        "currency": fields["currency"].lower(),
        "client_secret": new_id("secret"),
    }
    intent = call.create("payment_intent", "pi", given)
    intent["client_secret"] = f"{intent['id']}_{given['client_secret']}"
    call.turn.save(intent)
    call.event("payment_intent.created", intent)
    return intent


def _choose(call: Call, intent: Body) -> None:
    """Note with what an intent is to be paid, if the call says so."""
    method = None
    if (data := call.params.get("payment_method_data")) is not None:
        method = make(call, data)
    elif (identifier := call.params.get("payment_method")) is not None:
        method = usable(call, identifier)
    if method is not None:
        choose(call, intent, method)


def choose(call: Call, intent: Body, method: Body) -> None:
    """Note with what an intent is to be paid.

    Raises:
        Refusal: it is of a type that the intent does not allow, or somebody else's.
    """
    if method["type"] not in intent["payment_method_types"]:
        raise Refusal(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent.",
            code="payment_intent_incompatible_payment_method",
            param="payment_method",
        )
    if method["customer"] not in (None, intent["customer"]):
        raise Refusal(
            "The payment method belongs to another customer than the PaymentIntent.",
            param="payment_method",
        )
    change(call, intent, payment_method=method["id"], status="requires_confirmation")


def attempt(call: Call, intent: Body) -> Body:
    """Try to get the money of an intent.

    Raises:
        Refusal: it was declined, or cannot be tried; what was tried stays noted.
    """
    if intent["payment_method"] is None:
        raise Refusal(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    method = call.find("payment_method", intent["payment_method"])
    off_session = str(call.params.get("off_session", False)) != "False"
    return_url = call.params.get("return_url")
    if method["type"] == "us_bank_account":
        return _attempt_bank(call, intent, method)
    if _must_ask(method):
        return _ask_owner(call, intent, return_url, off_session=off_session)
    return take_card(call, intent, method)


def _must_ask(method: Body) -> bool:
    card = behaviour(method)
    return card.asks == "always" or (card.asks == "off_session" and not method[SECRET]["set_up"])


def _ask_owner(call: Call, intent: Body, return_url: Any, *, off_session: bool) -> Body:
    """Send the card's owner to their bank; when they are away, the payment fails."""
    if off_session:
        message = "Your card was declined. This transaction requires authentication."
        error = {"code": "authentication_required", "message": message, "type": "card_error"}
        charging.fail(call, intent, error)
        raise _unpaid(intent, Refusal(message, code=error["code"], keeps=True))
    url = f"{call.base}/authenticate/{intent['id']}"
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
    change(call, intent, status="requires_action", next_action=action)
    call.event("payment_intent.requires_action", intent)
    return intent


def take_card(call: Call, intent: Body, method: Body) -> Body:
    """Take the money of an intent from a card.

    Raises:
        Refusal: its bank declines; the intent waits for another way of paying.
    """
    at_once = intent["capture_method"] != "manual"
    try:
        charge = charging.charge_card(call, intent, method, captured=at_once)
    except Refusal as refusal:
        charging.fail(call, intent, dict(refusal.fields))
        raise _unpaid(intent, refusal) from None
    _keep_method(call, intent, method)
    if at_once:
        charging.succeed(call, intent, charge)
        return intent
    change(call, intent, status="requires_capture", amount_capturable=intent["amount"])
    call.event("payment_intent.amount_capturable_updated", intent)
    return intent


def _unpaid(intent: Body, refusal: Refusal) -> Refusal:
    refusal.status = 402
    refusal.fields |= {"type": "card_error", "payment_intent": visible(intent)}
    return refusal


def _attempt_bank(call: Call, intent: Body, method: Body) -> Body:
    accept_mandate(call, method)
    _keep_method(call, intent, method)
    charging.charge_bank(call, intent, method)
    change(call, intent, status="processing", next_action=None)
    call.event("payment_intent.processing", intent)
    return intent


def _keep_method(call: Call, intent: Body, method: Body) -> None:
    """Save the payment method for later, where the intent was made to."""
    if intent["setup_future_usage"] is None:
        return
    method[SECRET]["set_up"] = True
    call.turn.save(method)
    if intent["customer"] is not None:
        attach_to(call, method, intent["customer"])


def retrieve(call: Call) -> Body:
    """Return an intent."""
    call.params.get("client_secret")
    return call.find("payment_intent", call.path["intent"])


def update(call: Call) -> Body:
    """Change an intent that is not yet paid."""
    intent = _in_state(call, "updated", OPEN)
    if "amount" in call.params:
        positive(call)
    change(call, intent, "amount", "currency", "customer", *TOLD)
    _choose(call, intent)
    return intent


def confirm(call: Call) -> Body:
    """Try to get the money of an intent."""
    intent = _in_state(call, "confirmed", OPEN)
    change(call, intent, "receipt_email", "setup_future_usage", "shipping")
    _choose(call, intent)
    return attempt(call, intent)


def capture(call: Call) -> Body:
    """Take the money that a card's bank has set aside."""
    intent = _in_state(call, "captured", ("requires_capture",))
    amount = call.params.get("amount_to_capture", intent["amount_capturable"])
    if not 1 <= amount <= intent["amount_capturable"]:
        raise Refusal(
            "The remaining amount to capture is smaller than the amount asked for.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    charge = call.find("charge", intent["latest_charge"])
    charging.capture(call, charge, amount)
    call.event("charge.captured", charge)
    charging.succeed(call, intent, charge)
    return intent


def cancel(call: Call) -> Body:
    """Give an intent up."""
    intent = _in_state(call, "canceled", (*OPEN, "requires_capture"))
    reason = call.params.get("cancellation_reason")
    change(
        call,
        intent,
        status="canceled",
        canceled_at=call.now,
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    call.event("payment_intent.canceled", intent)
    return intent


def _in_state(call: Call, verb: str, states: tuple[str, ...]) -> Body:
    intent = call.find("payment_intent", call.path["intent"])
    if intent["status"] not in states:
        raise Refusal(
            f"This PaymentIntent cannot be {verb} because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
            payment_intent={"id": intent["id"], "status": intent["status"]},
        )
    return intent


def index(call: Call) -> Body:
    """List intents."""
    where = {"customer": call.params.get("customer")}
    return call.page("payment_intent", where, url="/v1/payment_intents")


def find(call: Call) -> Body:
    """Search intents by what the query says."""
    return search(call, "payment_intent", url="/v1/payment_intents/search")


PLACE = "/v1/payment_intents"
ROUTES = (
    Route("POST", PLACE, PaymentIntentCreateParams, create),
    Route("GET", PLACE, PaymentIntentListParams, index),
    Route("GET", f"{PLACE}/search", PaymentIntentSearchParams, find),
    Route("GET", f"{PLACE}/{{intent}}", PaymentIntentRetrieveParams, retrieve),
    Route("POST", f"{PLACE}/{{intent}}", PaymentIntentUpdateParams, update),
    Route("POST", f"{PLACE}/{{intent}}/confirm", PaymentIntentConfirmParams, confirm),
    Route("POST", f"{PLACE}/{{intent}}/capture", PaymentIntentCaptureParams, capture),
    Route("POST", f"{PLACE}/{{intent}}/cancel", PaymentIntentCancelParams, cancel),
)
