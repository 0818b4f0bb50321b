"""Disputes: a payer asks their bank for the money back; a returned bank debit is one, lost."""

from typing import Any

from stripe.params import (
    DisputeCloseParams,
    DisputeListParams,
    DisputeRetrieveParams,
    DisputeUpdateParams,
)

from simulator import funds
from simulator.call import Call, Deed, Route
from simulator.errors import Body, Refusal, wrong_state
from simulator.resources.common import change
from simulator.shapes import nested

ANSWER_DAYS = 7
OPEN = ("needs_response", "under_review")
# What Stripe's page on testing gives to write as evidence.
WINNING, LOSING = "winning_evidence", "losing_evidence"


def open_dispute(call: Call, charge: Body, reason: str = "", amount: int | None = None) -> Body:
    """Take the money of a charge back, until it is decided whose it is.

    Raises:
        Refusal: the charge has no money, or is disputed already.
    """
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise Refusal(f"Charge {charge['id']} cannot be disputed.", param="charge")
    left = charge["amount_captured"] - charge["amount_refunded"]
    is_card = charge["payment_method_details"]["type"] == "card"
    fields = {
        "amount": left if amount is None else amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**nested("dispute", "evidence"), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": call.now + ANSWER_DAYS * funds.DAY if is_card else None,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _card_details(charge) if is_card else None,
        "reason": reason or _usual_reason(charge),
        "status": "needs_response",
    }
    dispute = call.create("dispute", "du" if is_card else "pydu", fields)
    change(call, charge, disputed=True)
    _book(call, dispute, -dispute["amount"], funds.DISPUTE_FEE)
    call.event("charge.dispute.created", dispute)
    call.event("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _usual_reason(charge: Body) -> str:
    from simulator.testnumbers import CARDS  # noqa: PLC0415

    card = CARDS.get(charge["_"]["number"])
    return (card.dispute if card else "") or "fraudulent"


def _card_details(charge: Body) -> Body:
    brand = charge["payment_method_details"]["card"]["brand"]
    card = {"brand": brand, "case_type": "chargeback", "network_reason_code": "10.4"}
    return {"card": {**card, "network": brand}, "type": "card"}


def _book(call: Call, dispute: Body, amount: int, fee: int) -> None:
    entry = funds.enter(
        call,
        "adjustment",
        amount,
        fee=fee,
        source=dispute["id"],
        currency=dispute["currency"],
        category="dispute" if amount < 0 else "dispute_reversal",
        description=f"Chargeback for {dispute['charge']}",
    )
    dispute["balance_transactions"] = [*dispute["balance_transactions"], entry]
    call.turn.save(dispute)


def return_debit(call: Call, charge: Body, reason: str = "debit_not_authorized") -> Body:
    """Give a bank debit back to its owner, weeks after it worked; there is no answer to that."""
    dispute = open_dispute(call, charge, reason)
    return decide(call, dispute, won=False)


def decide(call: Call, dispute: Body, *, won: bool) -> Body:
    """Decide a dispute; when it is won the money comes back, the fee does not."""
    if dispute["status"] not in OPEN:
        raise wrong_state("dispute", "decided", dispute["status"])
    change(call, dispute, status="won" if won else "lost")
    call.turn.forget_due(dispute["id"])
    if won:
        _book(call, dispute, dispute["amount"], 0)
        call.event("charge.dispute.funds_reinstated", dispute)
    call.event("charge.dispute.closed", dispute)
    return dispute


def win_dispute(call: Call, dispute: Body) -> None:
    """Decide for us."""
    decide(call, dispute, won=True)


def lose_dispute(call: Call, dispute: Body) -> None:
    """Decide for the payer."""
    decide(call, dispute, won=False)


def retrieve(call: Call) -> Body:
    """Return a dispute."""
    return call.find("dispute", call.path["dispute"])


def update(call: Call) -> Body:
    """Answer a dispute; evidence that a test page names decides it at once."""
    dispute = call.find("dispute", call.path["dispute"])
    evidence: dict[str, Any] = call.params.get("evidence") or {}
    submit = call.params.get("submit", True)
    if dispute["status"] != "needs_response":
        raise wrong_state("dispute", "updated", dispute["status"])
    dispute["evidence"].update(evidence)
    details = {**dispute["evidence_details"], "has_evidence": bool(evidence)}
    if submit and evidence:
        details.update(submission_count=1, submission_method="manual")
        dispute["status"] = "under_review"
    change(call, dispute, evidence_details=details)
    call.event("charge.dispute.updated", dispute)
    text = evidence.get("uncategorized_text")
    if submit and text in (WINNING, LOSING):
        decide(call, dispute, won=text == WINNING)
    return dispute


def close(call: Call) -> Body:
    """Give a dispute up."""
    return decide(call, call.find("dispute", call.path["dispute"]), won=False)


def index(call: Call) -> Body:
    """List disputes."""
    where = {name: call.params.get(name) for name in ("charge", "payment_intent")}
    return call.page("dispute", where, url="/v1/disputes")


ROUTES = (
    Route("GET", "/v1/disputes", DisputeListParams, index),
    Route("GET", "/v1/disputes/{dispute}", DisputeRetrieveParams, retrieve),
    Route("POST", "/v1/disputes/{dispute}", DisputeUpdateParams, update),
    Route("POST", "/v1/disputes/{dispute}/close", DisputeCloseParams, close),
)
DEEDS: dict[str, Deed] = {
    "open_dispute": open_dispute,
    "return_debit": return_debit,
    "win_dispute": win_dispute,
    "lose_dispute": lose_dispute,
}
