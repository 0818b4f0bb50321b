"""Transfers: from the platform's balance to a connected account's, and back."""

from stripe.params import (
    TransferCreateParams,
    TransferListParams,
    TransferRetrieveParams,
    TransferReversalCreateParams,
    TransferReversalListParams,
    TransferReversalRetrieveParams,
    TransferReversalUpdateParams,
    TransferUpdateParams,
)

from simulator import funds
from simulator.call import SECRET, Call, Route, listed
from simulator.errors import Body, Refusal
from simulator.resources.accounts import account_of
from simulator.resources.charging import transfer_charge
from simulator.resources.common import change, positive


def create(call: Call) -> Body:
    """Move money to a connected account, from what is available or out of one charge.

    Raises:
        Refusal: the account may not receive transfers, or the money is not there.
    """
    amount, currency = positive(call), call.params["currency"].lower()
    account = account_of(call, call.params["destination"], param="destination")
    if account["capabilities"].get("transfers") != "active":
        raise Refusal(
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    charge = _source(call, amount, currency)
    if charge is None:
        funds.need(call, amount, currency)
    fields = {
        "amount": amount,
        "amount_reversed": 0,
        "currency": currency,
        "description": call.params.get("description"),
        "destination": account["id"],
        "metadata": call.params.get("metadata") or {},
        "reversals": listed([], url=""),
        "reversed": False,
        "source_transaction": charge["id"] if charge else None,
        "source_type": call.params.get("source_type", "card"),
        "transfer_group": call.params.get("transfer_group", (charge or {}).get("transfer_group")),
    }
    transfer = call.create("transfer", "tr", fields)
    transfer["reversals"]["url"] = f"/v1/transfers/{transfer['id']}/reversals"
    _book(call, transfer, charge)
    call.event("transfer.created", transfer)
    return transfer


def _source(call: Call, amount: int, currency: str) -> Body | None:
    """Return the charge that a transfer is paid from, if it names one."""
    identifier = call.params.get("source_transaction")
    if identifier is None:
        return None
    charge = call.find("charge", identifier, param="source_transaction")
    taken = sum(
        each["amount"] - each["amount_reversed"]
        for each in call.turn.select(
            "transfer", account=call.account, where={"source_transaction": charge["id"]}
        )
    )
    left = charge["amount_captured"] - charge["amount_refunded"] - taken
    if amount > left or currency != charge["currency"]:
        raise Refusal(
            f"The transfer amount ({amount}) is more than what is left of the charge ({left}).",
            code="transfer_source_balance_parameters_mismatch"
            if currency != charge["currency"]
            else "balance_insufficient",
            param="amount",
        )
    return charge


def _book(call: Call, transfer: Body, charge: Body | None) -> None:
    """Take the money from the platform's balance and put it into the account's."""
    when = call.now
    if charge is not None and charge["balance_transaction"] is not None:
        entry = call.find("balance_transaction", charge["balance_transaction"])
        when = max(when, entry["available_on"])
    ours = funds.enter(
        call,
        "transfer",
        -transfer["amount"],
        source=transfer["id"],
        currency=transfer["currency"],
        available_on=when,
        description=transfer["description"],
    )
    payment = transfer_charge(call, transfer, available_on=when)
    change(call, transfer, balance_transaction=ours["id"], destination_payment=payment["id"])


def reverse(call: Call) -> Body:
    """Take money of a transfer back.

    Raises:
        Refusal: it is more than is left of the transfer, or than the account has.
    """
    transfer = call.find("transfer", call.path["id"])
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = call.params.get("amount", left)
    if not 1 <= amount <= left:
        raise Refusal(
            f"Reversal amount ({amount}) is greater than unreversed amount on transfer ({left}).",
            code="transfers_not_allowed" if left else "transfer_already_reversed",
            param="amount",
        )
    funds.need(call, amount, transfer["currency"], account=transfer["destination"])
    fields = {
        "amount": amount,
        "currency": transfer["currency"],
        "metadata": call.params.get("metadata") or {},
        "transfer": transfer["id"],
        SECRET: {"description": call.params.get("description")},
    }
    reversal = call.create("transfer_reversal", "trr", fields)
    _book_back(call, transfer, reversal)
    together = transfer["amount_reversed"] + amount
    transfer["reversals"]["data"].insert(0, reversal)
    transfer.update(amount_reversed=together, reversed=together == transfer["amount"])
    call.turn.save(transfer)
    call.event("transfer.reversed", transfer)
    return reversal


def _book_back(call: Call, transfer: Body, reversal: Body) -> None:
    money = {"currency": transfer["currency"]}
    payment = call.turn.find(transfer["destination_payment"])
    assert payment is not None
    payment["amount_refunded"] += reversal["amount"]
    payment["refunded"] = payment["amount_refunded"] == payment["amount"]
    call.turn.save(payment)
    funds.enter(
        call,
        "payment_refund",
        -reversal["amount"],
        source=payment["id"],
        account=transfer["destination"],
        **money,
    )
    ours = funds.enter(call, "transfer_refund", reversal["amount"], source=reversal["id"], **money)
    change(call, reversal, balance_transaction=ours["id"])


def retrieve(call: Call) -> Body:
    """Return a transfer."""
    return call.find("transfer", call.path["transfer"])


def update(call: Call) -> Body:
    """Change what a transfer says of itself."""
    transfer = call.find("transfer", call.path["transfer"])
    change(call, transfer, "description")
    call.event("transfer.updated", transfer)
    return transfer


def index(call: Call) -> Body:
    """List transfers."""
    where = {name: call.params.get(name) for name in ("destination", "transfer_group")}
    return call.page("transfer", where, url="/v1/transfers")


def reversals(call: Call) -> Body:
    """List the reversals of a transfer."""
    transfer = call.find("transfer", call.path["id"])
    where = {"transfer": transfer["id"]}
    return call.page("transfer_reversal", where, url=transfer["reversals"]["url"])


def reversal(call: Call) -> Body:
    """Return a reversal."""
    call.find("transfer", call.path["transfer"])
    return call.find("transfer_reversal", call.path["id"])


def update_reversal(call: Call) -> Body:
    """Change the metadata of a reversal."""
    found = reversal(call)
    change(call, found)
    return found


PLACE = "/v1/transfers"
REVERSAL = f"{PLACE}/{{transfer}}/reversals/{{id}}"
ROUTES = (
    Route("POST", PLACE, TransferCreateParams, create),
    Route("GET", PLACE, TransferListParams, index),
    Route("GET", f"{PLACE}/{{transfer}}", TransferRetrieveParams, retrieve),
    Route("POST", f"{PLACE}/{{transfer}}", TransferUpdateParams, update),
    Route("POST", f"{PLACE}/{{id}}/reversals", TransferReversalCreateParams, reverse),
    Route("GET", f"{PLACE}/{{id}}/reversals", TransferReversalListParams, reversals),
    Route("GET", REVERSAL, TransferReversalRetrieveParams, reversal),
    Route("POST", REVERSAL, TransferReversalUpdateParams, update_reversal),
)
