"""What people do on the bank's pages, once it is known what they wrote."""

import re
from datetime import date

from werkzeug.exceptions import NotFound

from simulator.call import SECRET, Call
from simulator.errors import Body, Refusal
from simulator.resources import accounts, charging, checkout, payment_intents, setup_intents
from simulator.resources.common import change
from simulator.resources.payment_methods import make
from simulator.testnumbers import ROUTING

EXPIRY = re.compile(r"^(\d{1,2})\s*/\s*(\d{2}|\d{4})$")
TOLD = {
    "first_name": "First name",
    "last_name": "Last name",
    "born": "Date of birth",
    "street": "Street and number",
    "city": "City",
    "account_number": "Account number",
    "agreed": "I accept the terms of the demo bank, of which there are none.",
}


class Trouble(ValueError):
    """What somebody wrote cannot be used; the message says why, in the words of the pages.

    Attributes:
        field: what the message is about, where it leaves a blank for it.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def find_session(call: Call, identifier: str) -> Body:
    """Return a Checkout session.

    Raises:
        NotFound: there is none.
    """
    found = call.turn.find(identifier)
    if found is None or found["object"] != "checkout.session":
        raise NotFound
    if found["status"] == "open" and found["expires_at"] <= call.now:
        checkout.close(call, found)
    return found


def pay(call: Call, session: Body, given: Body) -> Body:
    """Pay a session with what was written on its page, and return the intent.

    Raises:
        Refusal: the bank behind the card declines.
        Trouble: something was not written as it should be.
    """
    if session["status"] != "open":
        raise Trouble("This page has expired")
    kind = given.get("method", "card")
    if kind not in session["payment_method_types"]:
        raise NotFound
    whose = {"name": given.get("name") or None, "email": given.get("email") or None}
    details = _card(given) if kind == "card" else _bank(given)
    with call.turn.part():
        method = make(call, {"type": kind, kind: details, "billing_details": whose})
    agreement = {"customer_acceptance": {"type": "online", "online": ONLINE}}
    return checkout.pay(call, session, method, agreement if kind == "us_bank_account" else None)


ONLINE = {"ip_address": "127.0.0.1", "user_agent": "the demo bank's page"}


def _card(given: Body) -> Body:
    found = EXPIRY.match(given.get("expires", ""))
    if found is None:
        raise Trouble("Please write the expiry date as MM/YY.")
    number = given.get("number", "")
    return {
        "number": number,
        "exp_month": int(found[1]),
        "exp_year": int(found[2]),
        "cvc": given.get("cvc", ""),
    }


def _bank(given: Body) -> Body:
    if not given.get("agreed"):
        raise Trouble("A bank debit needs its owner's agreement.")
    return {
        "account_number": given.get("account_number", ""),
        "routing_number": given.get("routing_number", ""),
    }


def find_intent(call: Call, identifier: str) -> tuple[Call, Body]:
    """Return an intent that waits for its owner, and a call of the account it belongs to.

    Raises:
        NotFound: there is none.
    """
    found = call.turn.find(identifier)
    if found is None or found["object"] not in ("payment_intent", "setup_intent"):
        raise NotFound
    call.account = call.turn.owner(identifier)
    return call, found


def session_of(call: Call, intent: Body) -> Body | None:
    """Return the open session that an intent belongs to."""
    where = {intent["object"]: intent["id"]}
    found = call.turn.select("checkout.session", account=call.account, where=where)
    return found[-1] if found else None


def return_url(intent: Body) -> str | None:
    """Return where somebody goes after they confirmed."""
    action = intent["next_action"] or {}
    found: str | None = action.get("redirect_to_url", {}).get("return_url")
    return found


def confirm(call: Call, intent: Body, session: Body | None, *, agrees: bool) -> None:
    """Go on with an intent whose owner was asked.

    Raises:
        Refusal: they refused, or the bank behind the card declines.
    """
    if intent["status"] != "requires_action":
        raise Trouble("There is nothing to confirm")
    is_payment = intent["object"] == "payment_intent"
    if not agrees:
        error = {"type": "invalid_request_error", "message": "You did not confirm the payment."}
        error["code"] = f"{intent['object']}_authentication_failure"
        (charging if is_payment else setup_intents).fail(call, intent, error)
        raise Refusal(error["message"], code=error["code"], keeps=True)
    method = call.find("payment_method", intent["payment_method"])
    change(call, intent, next_action=None)
    if is_payment:
        payment_intents.take_card(call, intent, method)
    else:
        setup_intents.finish(call, intent, method)
    if session is not None:
        checkout.complete(call, session, intent, method)


def onboard(call: Call, account: Body, given: Body) -> None:
    """Note what somebody told of themselves and of their bank.

    Raises:
        Refusal: the bank account is not one of the numbers for tests.
        Trouble: something is missing, or not written as it should be.
    """
    for name, label in TOLD.items():
        if not given.get(name):
            raise Trouble("Please fill in: {field}", label)
    try:
        date.fromisoformat(given["born"])
    except ValueError:
        raise Trouble("Please write the date as year-month-day.") from None
    if given.get("routing_number") != ROUTING:
        raise Refusal(f"In test mode the routing number is {ROUTING}.")
    hidden = account[SECRET]
    hidden["return_url"] = hidden.pop("link")["return_url"]
    names = ("first_name", "last_name", "born", "street", "city")
    hidden["individual"] = {name: given[name] for name in names}
    holder = f"{given['first_name']} {given['last_name']}"
    accounts.onboard(call, account, given["account_number"], holder)
