"""Refunds: money that goes back to whoever paid it, never more than they paid."""

from stripe.params import (
    RefundCancelParams,
    RefundCreateParams,
    RefundListParams,
    RefundRetrieveParams,
    RefundUpdateParams,
)

from simulator import funds
from simulator.call import SECRET, Call, Deed, Route
from simulator.errors import Body, Refusal, wrong_state
from simulator.resources.charging import charge_of
from simulator.resources.common import change
from simulator.testnumbers import CARDS

DAYS = 4


def create(call: Call) -> Body:
    """Send money of a charge back.

    Raises:
        Refusal: nothing, or less, is left of the charge.
    """
    charge = charge_of(call)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = call.params.get("amount", left)
    _check(charge, amount, left)
    fate = CARDS[charge[SECRET]["number"]].refund if _is_card(charge) else "succeeds"
    reference = {"reference": "demo", "reference_status": "available", "type": "refund"}
    reference |= {"reference_type": "acquirer_reference_number"}
    fields = {
        "amount": amount,
        "charge": charge["id"],
        "currency": charge["currency"],
        "destination_details": {"card": reference, "type": "card"} if _is_card(charge) else None,
        "metadata": call.params.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "reason": call.params.get("reason"),
        "status": "pending" if fate == "succeeds" else "succeeded",
    }
    refund = call.create("refund", "re" if _is_card(charge) else "pyr", fields)
    _book(call, charge, refund)
    call.event("refund.created", refund)
    call.event("charge.refunded", charge)
    if fate:
        call.turn.later(call.now + DAYS * funds.DAY, f"refund_{fate}", refund["id"])
    return refund


def _is_card(charge: Body) -> bool:
    return bool(charge["payment_method_details"]["type"] == "card")


def _check(charge: Body, amount: int, left: int) -> None:
    if charge["status"] != "succeeded":
        raise Refusal(f"Charge {charge['id']} has not succeeded.", code="charge_not_refundable")
    if charge["disputed"]:
        raise Refusal(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if left == 0:
        raise Refusal(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if not 1 <= amount <= left:
        raise Refusal(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).",
            param="amount",
        )


def _book(call: Call, charge: Body, refund: Body) -> None:
    """Take the money of a refund from the balance and from what is left of its charge."""
    entry = funds.enter(
        call,
        "refund" if _is_card(charge) else "payment_refund",
        -refund["amount"],
        source=refund["id"],
        currency=refund["currency"],
    )
    change(call, refund, balance_transaction=entry["id"])
    together = charge["amount_refunded"] + refund["amount"]
    done = together == charge["amount_captured"]
    charge.update(amount_refunded=together, refunded=done)
    call.turn.save(charge)


def refund_succeeds(call: Call, refund: Body) -> None:
    """Learn that the money of a refund has arrived."""
    if refund["status"] == "pending":
        change(call, refund, status="succeeded")
        call.event("refund.updated", refund)


def refund_fails(call: Call, refund: Body, reason: str = "unknown") -> None:
    """Learn that the money of a refund came back."""
    if refund["status"] not in ("pending", "succeeded"):
        return
    entry = funds.enter(
        call,
        "refund_failure",
        refund["amount"],
        source=refund["id"],
        currency=refund["currency"],
    )
    fields = {"status": "failed", "failure_reason": reason}
    change(call, refund, failure_balance_transaction=entry["id"], **fields)
    charge = call.find("charge", refund["charge"])
    charge.update(amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
    call.turn.save(charge)
    call.event("refund.failed", refund)


def retrieve(call: Call) -> Body:
    """Return a refund."""
    return call.find("refund", call.path["refund"])


def update(call: Call) -> Body:
    """Change the metadata of a refund."""
    refund = call.find("refund", call.path["refund"])
    change(call, refund)
    call.event("refund.updated", refund)
    return refund


def cancel(call: Call) -> Body:
    """Refuse: only refunds that wait for the customer can be cancelled, and there are none."""
    refund = call.find("refund", call.path["refund"])
    raise wrong_state("refund", "canceled", refund["status"])


def index(call: Call) -> Body:
    """List refunds."""
    where = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    return call.page("refund", where, url="/v1/refunds")


ROUTES = (
    Route("POST", "/v1/refunds", RefundCreateParams, create),
    Route("GET", "/v1/refunds", RefundListParams, index),
    Route("GET", "/v1/refunds/{refund}", RefundRetrieveParams, retrieve),
    Route("POST", "/v1/refunds/{refund}", RefundUpdateParams, update),
    Route("POST", "/v1/refunds/{refund}/cancel", RefundCancelParams, cancel),
)
DEEDS: dict[str, Deed] = {"refund_succeeds": refund_succeeds, "refund_fails": refund_fails}
