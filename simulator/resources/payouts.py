"""Payouts: from a balance to a bank, where they arrive or do not."""

from stripe.params import (
    PayoutCancelParams,
    PayoutCreateParams,
    PayoutListParams,
    PayoutRetrieveParams,
    PayoutUpdateParams,
)

from simulator import funds
from simulator.call import SECRET, Call, Deed, Route
from simulator.errors import PLATFORM, Body, Refusal, no_such, wrong_state
from simulator.resources.accounts import account_of
from simulator.resources.common import change, positive
from simulator.resources.external_accounts import banks
from simulator.testnumbers import PAYOUT_FAILS

DAYS = 2
WORDS = {
    "account_closed": "The bank account has been closed.",
    "no_account": "The bank account details on file are probably incorrect. No bank account could"
    " be located with those details.",
    "insufficient_funds": "Your Stripe account has insufficient funds to cover the payout.",
    "debit_not_authorized": "Debit transactions are not approved on your bank account.",
    "invalid_currency": "The bank was unable to process this payout because of its currency.",
}


def create(call: Call) -> Body:
    """Send available money to a bank.

    Raises:
        Refusal: the money or the bank is not there, or payouts are stopped.
    """
    amount, currency = positive(call), call.params["currency"].lower()
    if call.account != PLATFORM and not account_of(call, call.account)["payouts_enabled"]:
        raise Refusal("Payouts are not enabled for this account.", code="payouts_not_allowed")
    bank = _destination(call, currency)
    funds.need(call, amount, currency)
    fields = {
        "amount": amount,
        "arrival_date": call.now + DAYS * funds.DAY,
        "automatic": False,
        "currency": currency,
        "description": call.params.get("description"),
        "destination": bank["id"] if bank else None,
        "metadata": call.params.get("metadata") or {},
        "method": call.params.get("method", "standard"),
        "reconciliation_status": "not_applicable",
        "source_type": call.params.get("source_type", "card"),
        "statement_descriptor": call.params.get("statement_descriptor"),
        "status": "pending",
        "type": "bank_account",
        SECRET: {"number": bank[SECRET]["number"] if bank else ""},
    }
    payout = call.create("payout", "po", fields)
    entry = funds.enter(call, "payout", -amount, source=payout["id"], currency=currency)
    change(call, payout, balance_transaction=entry["id"])
    call.event("payout.created", payout)
    call.turn.later(call.now + funds.DAY, "send_payout", payout["id"])
    return payout


def _destination(call: Call, currency: str) -> Body | None:
    """Return the bank that is paid; the platform has one of its own without a number."""
    identifier = call.params.get("destination")
    known = [] if call.account == PLATFORM else banks(call, call.account)
    if identifier is not None:
        chosen = [bank for bank in known if bank["id"] == identifier]
        if not chosen:
            raise no_such("external account", identifier, param="destination")
        return chosen[0]
    usual = [bank for bank in known if bank["default_for_currency"]]
    fitting = [bank for bank in usual if bank["currency"] == currency]
    if not fitting and call.account != PLATFORM:
        raise Refusal(
            f"Sorry, you don't have any external accounts in that currency ({currency}).",
            code="payouts_not_allowed",
            param="currency",
        )
    return fitting[0] if fitting else None


def send_payout(call: Call, payout: Body) -> None:
    """Hand a payout over to the bank."""
    if payout["status"] != "pending":
        return
    change(call, payout, status="in_transit")
    call.event("payout.updated", payout)
    fails = payout[SECRET]["number"] in PAYOUT_FAILS
    deed = "fail_payout" if fails else "pay_payout"
    call.turn.later(max(call.now, payout["arrival_date"]), deed, payout["id"])


def pay_payout(call: Call, payout: Body) -> None:
    """See a payout arrive."""
    if payout["status"] in ("pending", "in_transit"):
        trace = {"status": "supported", "value": f"DEMO{payout['id'][-12:].upper()}"}
        change(call, payout, status="paid", trace_id=trace)
        call.event("payout.paid", payout)


def fail_payout(call: Call, payout: Body, code: str = "") -> None:
    """Learn from the bank that a payout did not arrive, even days after it said so."""
    if payout["status"] not in ("pending", "in_transit", "paid"):
        return
    code = code or PAYOUT_FAILS.get(payout[SECRET]["number"], "could_not_process")
    entry = funds.enter(
        call,
        "payout_failure",
        payout["amount"],
        source=payout["id"],
        currency=payout["currency"],
    )
    change(
        call,
        payout,
        status="failed",
        failure_code=code,
        failure_message=WORDS.get(code, "The bank could not process this payout."),
        failure_balance_transaction=entry["id"],
    )
    call.turn.forget_due(payout["id"])
    call.event("payout.failed", payout)


def cancel(call: Call) -> Body:
    """Keep a payout back that has not left yet."""
    payout = call.find("payout", call.path["payout"])
    if payout["status"] != "pending":
        raise wrong_state("payout", "canceled", payout["status"])
    entry = funds.enter(
        call,
        "payout_cancel",
        payout["amount"],
        source=payout["id"],
        currency=payout["currency"],
    )
    change(call, payout, status="canceled", failure_balance_transaction=entry["id"])
    call.turn.forget_due(payout["id"])
    call.event("payout.canceled", payout)
    return payout


def retrieve(call: Call) -> Body:
    """Return a payout."""
    return call.find("payout", call.path["payout"])


def update(call: Call) -> Body:
    """Change the metadata of a payout."""
    payout = call.find("payout", call.path["payout"])
    change(call, payout)
    call.event("payout.updated", payout)
    return payout


def index(call: Call) -> Body:
    """List payouts."""
    where = {name: call.params.get(name) for name in ("destination", "status")}
    return call.page("payout", where, url="/v1/payouts")


ROUTES = (
    Route("POST", "/v1/payouts", PayoutCreateParams, create),
    Route("GET", "/v1/payouts", PayoutListParams, index),
    Route("GET", "/v1/payouts/{payout}", PayoutRetrieveParams, retrieve),
    Route("POST", "/v1/payouts/{payout}", PayoutUpdateParams, update),
    Route("POST", "/v1/payouts/{payout}/cancel", PayoutCancelParams, cancel),
)
DEEDS: dict[str, Deed] = {
    "send_payout": send_payout,
    "pay_payout": pay_payout,
    "fail_payout": fail_payout,
}
