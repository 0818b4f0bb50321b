"""Checkout sessions: a page of the bank's on which somebody pays, or saves a way of paying."""

from typing import Any

from stripe.params.checkout import (
    SessionCreateParams,
    SessionExpireParams,
    SessionLineItemListParams,
    SessionListParams,
    SessionRetrieveParams,
    SessionUpdateParams,
)

from simulator.call import SECRET, Call, Deed, Params, Route, listed
from simulator.errors import Body, Refusal
from simulator.resources import payment_intents, setup_intents
from simulator.resources.common import change
from simulator.resources.payment_methods import TYPES
from simulator.store import new_id

HOURS = 24 * 3_600
SHORTEST = 30 * 60
INTENT = ("description", "receipt_email", "setup_future_usage", "transfer_group", "capture_method")


def create(call: Call) -> Body:
    """Open a session; its `url` is where the payer goes."""
    mode = call.params.get("mode")
    if mode not in ("payment", "setup"):
        raise Refusal("The demo bank opens sessions in payment and setup mode.", param="mode")
    if call.params.get("success_url") is None:
        raise Refusal("Missing required param: success_url.", param="success_url")
    customer = call.params.get("customer")
    if customer is not None:
        call.find("customer", customer, param="customer")
    session = call.create("checkout.session", "cs_test", _fields(call, mode))
    if mode == "payment":
        _add_items(call, session)
    else:
        _begin_setup(call, session)
    change(call, session, url=f"{call.base}/pay/{session['id']}")
    call.turn.later(session["expires_at"], "expire_session", session["id"])
    return without_items(session)


def _fields(call: Call, mode: str) -> Body:
    expires = call.params.get("expires_at", call.now + HOURS)
    if not call.now + SHORTEST <= expires <= call.now + HOURS:
        raise Refusal("expires_at must be between 30 minutes and 24 hours from now.")
    allowed = call.params.get("allowed_payment_method_types")
    simple = ("cancel_url", "client_reference_id", "customer", "customer_email", "locale")
    for name in ("ui_mode", "customer_creation", "payment_method_collection"):
        call.params.get(name)
    return {
        "allowed_payment_method_types": allowed,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "currency": call.params.get("currency"),
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "expires_at": expires,
        "metadata": call.params.get("metadata") or {},
        "mode": mode,
        "payment_method_options": call.params.get("payment_method_options") or {},
        "payment_method_types": allowed or TYPES,
        "payment_status": "unpaid" if mode == "payment" else "no_payment_required",
        "shipping_options": [],
        "status": "open",
        "submit_type": call.params.get("submit_type"),
        "success_url": call.params["success_url"],
        "ui_mode": "hosted_page",
        **call.params.some(*simple),
        SECRET: {
            "items": [],
            "payment": call.params.get("payment_intent_data") or {},
            "setup": call.params.get("setup_intent_data") or {},
        },
    }


def _add_items(call: Call, session: Body) -> None:
    """Note what is paid for, and what that makes together."""
    lines = call.params.get("line_items")
    if not lines:
        raise Refusal("Missing required param: line_items.", param="line_items")
    items = [_item(call, line) for line in lines]
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        raise Refusal("All line items must be in one currency.", param="line_items")
    total = sum(item["amount_total"] for item in items)
    session[SECRET]["items"] = items
    change(
        call,
        session,
        amount_subtotal=total,
        amount_total=total,
        currency=currencies.pop(),
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    )


def _item(call: Call, line: Body) -> Body:
    data = line.get("price_data")
    if data is None or data.get("unit_amount") is None or "product_data" not in data:
        raise Refusal("The demo bank takes line items with price_data and product_data only.")
    quantity = line.get("quantity", 1)
    total = data["unit_amount"] * quantity
    currency = data["currency"].lower()
    price = {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": call.now,
        "currency": currency,
        "livemode": False,
        "metadata": {},
        "product": new_id("prod"),
        "type": "one_time",
        "unit_amount": data["unit_amount"],
        "unit_amount_decimal": str(data["unit_amount"]),
    }
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": currency,
        "description": data["product_data"]["name"],
        "price": price,
        "quantity": quantity,
    }


def _begin_setup(call: Call, session: Body) -> None:
    given = session[SECRET]["setup"]
    fields = {"customer": session["customer"], "description": given.get("description")}
    intent = setup_intents.begin(
        inner(call, session), fields | {"metadata": given.get("metadata") or {}}
    )
    change(call, session, setup_intent=intent["id"])


def inner(call: Call, session: Body, **params: Any) -> Call:
    """Return a call as the session itself makes it, with what it allows."""
    given = {
        "allowed_payment_method_types": session["payment_method_types"],
        "payment_method_options": session["payment_method_options"],
        **params,
    }
    return Call(call.turn, Params(given), account=call.account, base=call.base)


def pay(call: Call, session: Body, method: Body, agreement: Body | None) -> Body:
    """Pay, or save a way of paying, with what the payer chose on the page.

    Returns:
        the intent: done, processing, or waiting for the payer at their own bank

    Raises:
        Refusal: it was declined; the session stays open for another try.
    """
    asked = inner(call, session, mandate_data=agreement, return_url=session["success_url"])
    if session["mode"] == "setup":
        intent = call.find("setup_intent", session["setup_intent"])
        change(call, intent, payment_method=method["id"], status="requires_confirmation")
        intent = setup_intents.attempt(asked, intent)
    else:
        intent = _intent(asked, session)
        payment_intents.choose(asked, intent, method)
        intent = payment_intents.attempt(asked, intent)
    if intent["status"] != "requires_action":
        complete(call, session, intent, method)
    return intent


def _intent(call: Call, session: Body) -> Body:
    """Return the session's payment intent, which begins with the first try."""
    if session["payment_intent"] is not None:
        return call.find("payment_intent", session["payment_intent"])
    given = session[SECRET]["payment"]
    fields = {name: given[name] for name in INTENT if name in given}
    fields |= {"currency": session["currency"], "customer": session["customer"]}
    fields |= {"metadata": given.get("metadata") or {}}
    intent = payment_intents.begin(call, session["amount_total"], fields)
    change(call, session, payment_intent=intent["id"])
    return intent


def complete(call: Call, session: Body, intent: Body, method: Body) -> None:
    """Close a session whose payer did what was asked; a bank debit may still fail."""
    paid = intent["object"] == "setup_intent" or intent["status"] in SURE
    unpaid = "no_payment_required" if session["mode"] == "setup" else "paid"
    told = method["billing_details"]
    details = {"address": told["address"], "email": told["email"], "name": told["name"]}
    more: Body = {"phone": None, "tax_exempt": "none", "tax_ids": [], "business_name": None}
    change(
        call,
        session,
        customer_details={**details, **more, "individual_name": None},
        payment_status=unpaid if paid else "unpaid",
        status="complete",
        url=None,
    )
    call.event("checkout.session.completed", without_items(session))


SURE = ("succeeded", "requires_capture")


def without_items(session: Body) -> Body:
    """Return a session as it is told: its line items only where they are asked for."""
    return {name: value for name, value in session.items() if name != "line_items"}


def retrieve(call: Call) -> Body:
    """Return a session."""
    session = _current(call)
    place = f"{PLACE}/{session['id']}/line_items"
    return {**session, "line_items": listed(session[SECRET]["items"], url=place)}


def _current(call: Call) -> Body:
    return call.find("checkout.session", call.path["session"])


def update(call: Call) -> Body:
    """Change the metadata of a session."""
    session = _current(call)
    change(call, session)
    return without_items(session)


def expire(call: Call) -> Body:
    """Close a session that nobody paid."""
    session = _current(call)
    if session["status"] != "open":
        raise Refusal(f"This Session is {session['status']}: only open ones can be expired.")
    close(call, session)
    return without_items(session)


def close(call: Call, session: Body) -> None:
    """Close a session whose time is over."""
    change(call, session, status="expired", url=None)
    call.event("checkout.session.expired", without_items(session))


def index(call: Call) -> Body:
    """List sessions."""
    names = ("customer", "payment_intent", "status")
    where = {name: call.params.get(name) for name in names}
    page = call.page("checkout.session", where, url="/v1/checkout/sessions")
    return {**page, "data": [without_items(session) for session in page["data"]]}


def line_items(call: Call) -> Body:
    """List what a session is paid for."""
    call.params.get("limit")
    return dict(retrieve(call)["line_items"])


def expire_session(call: Call, session: Body) -> None:
    """Close a session when its time is over."""
    if session["status"] == "open":
        close(call, session)


PLACE = "/v1/checkout/sessions"
ROUTES = (
    Route("POST", PLACE, SessionCreateParams, create),
    Route("GET", PLACE, SessionListParams, index),
    Route("GET", f"{PLACE}/{{session}}", SessionRetrieveParams, retrieve),
    Route("POST", f"{PLACE}/{{session}}", SessionUpdateParams, update),
    Route("POST", f"{PLACE}/{{session}}/expire", SessionExpireParams, expire),
    Route("GET", f"{PLACE}/{{session}}/line_items", SessionLineItemListParams, line_items),
)
DEEDS: dict[str, Deed] = {"expire_session": expire_session}
