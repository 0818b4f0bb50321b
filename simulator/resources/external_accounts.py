"""External accounts: the banks that payouts go to."""

from stripe.params import (
    AccountExternalAccountCreateParams,
    AccountExternalAccountDeleteParams,
    AccountExternalAccountListParams,
    AccountExternalAccountRetrieveParams,
    AccountExternalAccountUpdateParams,
)

from simulator.call import SECRET, Call, Route, listed
from simulator.errors import PLATFORM, Body, Refusal, no_such
from simulator.resources.common import change
from simulator.resources.payment_methods import bank_details
from simulator.testnumbers import ROUTING


def wants_bank(call: Call) -> bool:
    """Say whether a call brings a bank account along."""
    return "external_account" in call.params


def add_bank(call: Call, account: Body, given: Body | str) -> Body:
    """Note a bank account of somebody.

    Raises:
        Refusal: it is a card, a token, or not a test number.
    """
    if isinstance(given, str) or given.get("object") != "bank_account":
        raise Refusal("The demo bank pays to bank accounts only.", param="external_account")
    if given["country"] == "US" and given.get("routing_number") != ROUTING:
        raise Refusal(
            f"In test mode the routing number is {ROUTING}.",
            code="routing_number_invalid",
            param="external_account[routing_number]",
        )
    known = banks(call, account["id"])
    told = bank_details(given["account_number"])
    fields = {
        "account": account["id"],
        "account_holder_name": given.get("account_holder_name"),
        "account_holder_type": given.get("account_holder_type"),
        "available_payout_methods": ["standard"],
        "bank_name": told["bank_name"],
        "country": given["country"],
        "currency": given.get("currency", "usd"),
        "default_for_currency": not known,
        "fingerprint": told["fingerprint"],
        "last4": told["last4"],
        "metadata": {},
        "routing_number": given.get("routing_number"),
        "status": "new",
        SECRET: {"number": given["account_number"]},
    }
    bank = call.create("bank_account", "ba", fields, account=account["id"])
    call.event("account.external_account.created", bank, account=account["id"])
    return bank


def banks(call: Call, account: str) -> list[Body]:
    """Return the bank accounts of somebody."""
    return call.turn.select("bank_account", account=account)


def create(call: Call) -> Body:
    """Note a bank account of a connected account."""
    account = _owner(call)
    bank = add_bank(call, account, call.params["external_account"])
    if call.params.get("default_for_currency"):
        _make_default(call, bank)
    change(call, bank)
    _tell(call, account)
    return bank


def _tell(call: Call, account: Body) -> None:
    """Let somebody be paid who lacked nothing but a bank account."""
    from simulator.resources.accounts import enable  # noqa: PLC0415 - they know each other

    if account["details_submitted"] and not account["payouts_enabled"]:
        enable(call, account)
        call.event("account.updated", account, account=account["id"])


def _make_default(call: Call, bank: Body) -> None:
    for other in banks(call, bank["account"]):
        if other["currency"] == bank["currency"]:
            change(call, other, default_for_currency=other["id"] == bank["id"])
    bank["default_for_currency"] = True


def _owner(call: Call) -> Body:
    found = call.turn.find(call.path["account"], account=PLATFORM)
    if found is None or found["object"] != "account":
        raise no_such("account", call.path["account"])
    return found


def _one(call: Call) -> Body:
    found = call.turn.find(call.path["id"], account=_owner(call)["id"])
    if found is None or found["object"] != "bank_account":
        raise no_such("external account", call.path["id"])
    return found


def retrieve(call: Call) -> Body:
    """Return a bank account."""
    return _one(call)


def update(call: Call) -> Body:
    """Change a bank account."""
    bank = _one(call)
    if call.params.get("default_for_currency"):
        _make_default(call, bank)
    change(call, bank, "account_holder_name", "account_holder_type")
    call.event("account.external_account.updated", bank, account=bank["account"])
    return bank


def delete(call: Call) -> Body:
    """Forget a bank account that is not the default."""
    bank = _one(call)
    if bank["default_for_currency"]:
        raise Refusal("You cannot delete the default external account for your default currency.")
    call.turn.remove(bank["id"])
    call.event("account.external_account.deleted", bank, account=bank["account"])
    return {"id": bank["id"], "object": "bank_account", "deleted": True}


def index(call: Call) -> Body:
    """List the bank accounts of a connected account."""
    for name in ("limit", "object", "starting_after", "ending_before"):
        call.params.get(name)
    account = _owner(call)["id"]
    return listed(banks(call, account), url=f"/v1/accounts/{account}/external_accounts")


PLACE = "/v1/accounts/{account}/external_accounts"
ROUTES = (
    Route("POST", PLACE, AccountExternalAccountCreateParams, create),
    Route("GET", PLACE, AccountExternalAccountListParams, index),
    Route("GET", f"{PLACE}/{{id}}", AccountExternalAccountRetrieveParams, retrieve),
    Route("POST", f"{PLACE}/{{id}}", AccountExternalAccountUpdateParams, update),
    Route("DELETE", f"{PLACE}/{{id}}", AccountExternalAccountDeleteParams, delete),
)
