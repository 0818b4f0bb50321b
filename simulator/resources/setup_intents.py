"""Setup intents: saving a way of paying for later, without taking money."""

from stripe.params import (
    SetupIntentCancelParams,
    SetupIntentConfirmParams,
    SetupIntentCreateParams,
    SetupIntentListParams,
    SetupIntentRetrieveParams,
    SetupIntentUpdateParams,
)

from simulator.call import SECRET, Call, Route, visible
from simulator.errors import Body, Refusal
from simulator.resources.common import change
from simulator.resources.mandates import accept_mandate
from simulator.resources.payment_methods import (
    TYPES,
    attach_to,
    behaviour,
    make,
    refuse_card,
    usable,
)
from simulator.shapes import nested
from simulator.store import new_id

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(call: Call) -> Body:
    """Note the wish to save a way of paying, and do so at once when `confirm` says so."""
    fields = call.params.some("customer", "description", "usage")
    intent = begin(call, fields | {"metadata": call.params.get("metadata") or {}})
    _choose(call, intent)
    return attempt(call, intent) if call.params.get("confirm") else intent


def begin(call: Call, fields: Body) -> Body:
    """Note an intent from fields that are known to be good."""
    if fields.get("customer") is not None:
        call.find("customer", fields["customer"], param="customer")
    allowed = call.params.get("allowed_payment_method_types")
    given = {
        "allowed_payment_method_types": allowed,
        "automatic_payment_methods": call.params.get("automatic_payment_methods"),
        "payment_method_options": call.params.get("payment_method_options") or {},
        "payment_method_types": allowed or TYPES,
        "status": "requires_payment_method",
        "usage": "off_session",
        **fields,
    }
    intent = call.create("setup_intent", "seti", given)
    change(call, intent, client_secret=f"{intent['id']}_{new_id('secret')}")
    call.event("setup_intent.created", intent)
    return intent


def _choose(call: Call, intent: Body) -> None:
    method = None
    if (data := call.params.get("payment_method_data")) is not None:
        method = make(call, data)
    elif (identifier := call.params.get("payment_method")) is not None:
        method = usable(call, identifier)
    if method is not None:
        change(call, intent, payment_method=method["id"], status="requires_confirmation")


def attempt(call: Call, intent: Body) -> Body:
    """Save the way of paying that an intent names.

    Raises:
        Refusal: it is declined, or there is none.
    """
    if intent["payment_method"] is None:
        raise Refusal(
            "You cannot confirm this SetupIntent because it's missing a payment method.",
            code="setup_intent_unexpected_state",
        )
    method = call.find("payment_method", intent["payment_method"])
    return_url = call.params.get("return_url")
    if method["type"] == "us_bank_account":
        change(call, intent, mandate=accept_mandate(call, method))
    elif behaviour(method).asks != "never":
        url = f"{call.base}/authenticate/{intent['id']}"
        redirect = {"url": url, "return_url": return_url}
        action = {"type": "redirect_to_url", "redirect_to_url": redirect}
        change(call, intent, status="requires_action", next_action=action)
        call.event("setup_intent.requires_action", intent)
        return intent
    return finish(call, intent, method)


def finish(call: Call, intent: Body, method: Body) -> Body:
    """Save a way of paying.

    Raises:
        Refusal: a card's bank declines.
    """
    try:
        if method["type"] == "card":
            refuse_card(method)
    except Refusal as refusal:
        fail(call, intent, dict(refusal.fields))
        refusal.fields |= {"setup_intent": visible(intent)}
        raise
    method[SECRET]["set_up"] = True
    call.turn.save(method)
    if intent["customer"] is not None:
        attach_to(call, method, intent["customer"])
    change(call, intent, status="succeeded", next_action=None, last_setup_error=None)
    call.event("setup_intent.succeeded", intent)
    return intent


def fail(call: Call, intent: Body, error: Body) -> None:
    """Note why a way of paying could not be saved; another one may be tried."""
    intent.update(status="requires_payment_method", payment_method=None, next_action=None)
    empty = nested("setup_intent", "last_setup_error")
    change(call, intent, last_setup_error={**empty, **error})
    call.event("setup_intent.setup_failed", intent)


def retrieve(call: Call) -> Body:
    """Return an intent."""
    call.params.get("client_secret")
    return call.find("setup_intent", call.path["intent"])


def update(call: Call) -> Body:
    """Change an intent that is not yet done."""
    intent = _in_state(call, "updated")
    change(call, intent, "customer", "description")
    _choose(call, intent)
    return intent


def confirm(call: Call) -> Body:
    """Save the way of paying that an intent names."""
    intent = _in_state(call, "confirmed")
    _choose(call, intent)
    return attempt(call, intent)


def cancel(call: Call) -> Body:
    """Give an intent up."""
    intent = _in_state(call, "canceled")
    reason = call.params.get("cancellation_reason")
    change(call, intent, status="canceled", cancellation_reason=reason, next_action=None)
    call.event("setup_intent.canceled", intent)
    return intent


def _in_state(call: Call, verb: str) -> Body:
    intent = call.find("setup_intent", call.path["intent"])
    if intent["status"] not in OPEN:
        raise Refusal(
            f"This SetupIntent cannot be {verb} because it has a status of {intent['status']}.",
            code="setup_intent_unexpected_state",
        )
    return intent


def index(call: Call) -> Body:
    """List intents."""
    where = {name: call.params.get(name) for name in ("customer", "payment_method")}
    return call.page("setup_intent", where, url="/v1/setup_intents")


PLACE = "/v1/setup_intents"
ROUTES = (
    Route("POST", PLACE, SetupIntentCreateParams, create),
    Route("GET", PLACE, SetupIntentListParams, index),
    Route("GET", f"{PLACE}/{{intent}}", SetupIntentRetrieveParams, retrieve),
    Route("POST", f"{PLACE}/{{intent}}", SetupIntentUpdateParams, update),
    Route("POST", f"{PLACE}/{{intent}}/confirm", SetupIntentConfirmParams, confirm),
    Route("POST", f"{PLACE}/{{intent}}/cancel", SetupIntentCancelParams, cancel),
)
