"""Connect accounts: those who are paid out, the links that bring them here, their banks."""

from typing import Any

from stripe.params import (
    AccountCreateParams,
    AccountDeleteParams,
    AccountLinkCreateParams,
    AccountListParams,
    AccountLoginLinkCreateParams,
    AccountRetrieveCurrentParams,
    AccountRetrieveParams,
    AccountUpdateParams,
)

from simulator import funds
from simulator.call import SECRET, Call, Route, listed
from simulator.errors import PLATFORM, Body, Refusal, no_such
from simulator.resources.common import change
from simulator.resources.external_accounts import add_bank, banks, wants_bank
from simulator.shapes import nested
from simulator.store import new_id
from simulator.testnumbers import ROUTING

PLATFORM_ID = "acct_demobank"
LINK_SECONDS = 300
DUE = ["business_type", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]
ABOUT = ["individual.first_name", "individual.last_name", "individual.dob", "individual.address"]


def create(call: Call) -> Body:
    """Note somebody who is to be paid."""
    wished = call.params.get("capabilities", {})
    asked = {name: "inactive" for name, wish in wished.items() if wish.get("requested")}
    account = call.create("account", "acct", _fields(call, asked))
    if wants_bank(call):
        add_bank(call, account, call.params["external_account"])
    ours = account["controller"]["stripe_dashboard"]["type"] == "none"
    if ours and "tos_acceptance" in call.params:
        enable(call, account)
    call.event("account.updated", account, account=account["id"])
    return with_banks(call, account)


def _fields(call: Call, capabilities: Body) -> Body:
    given = call.params.get("individual")
    profile: Body = call.params.get("business_profile", {})
    call.params.get("company")
    kind = call.params.get("type")
    return {
        "business_profile": nested("account", "business_profile") | profile,
        "business_type": call.params.get("business_type"),
        "capabilities": capabilities,
        "charges_enabled": False,
        "controller": _controller(kind, call.params.get("controller", {})),
        "country": call.params.get("country", "US"),
        "default_currency": call.params.get("default_currency", "usd"),
        "details_submitted": False,
        "email": call.params.get("email"),
        "metadata": call.params.get("metadata") or {},
        "payouts_enabled": False,
        "requirements": requirements([*DUE, *ABOUT], "requirements.past_due"),
        "settings": _settings(call.params.get("settings", {})),
        "tos_acceptance": call.params.get("tos_acceptance", {"date": None, "ip": None}),
        "type": kind or "none",
        SECRET: {"individual": given},
    }


def _controller(kind: str | None, given: Body) -> Body:
    dashboard = {"express": "express", "standard": "full", "custom": "none", None: "full"}[kind]
    ours = "application" if kind in ("express", "custom") else "stripe"
    return {
        "fees": {"payer": "application_express" if kind == "express" else "account"},
        "is_controller": True,
        "losses": {"payments": ours},
        "requirement_collection": "application" if kind == "custom" else "stripe",
        "stripe_dashboard": {"type": dashboard},
        "type": "application",
        **given,
    }


def _settings(given: Body) -> Body:
    payouts: Body = {
        "debit_negative_balances": False,
        "schedule": {"delay_days": 2, "interval": "manual"},
        "statement_descriptor": None,
    }
    payouts.update(given.get("payouts", {}))
    payouts["schedule"] = {"delay_days": 2, "interval": "manual", **payouts["schedule"]}
    return {
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_payments": {
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
        },
        "payouts": payouts,
    }


def requirements(due: list[str], reason: str | None) -> Body:
    """Return what somebody has still to tell."""
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": reason,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }


def onboard(call: Call, account: Body, number: str, holder: str) -> None:
    """Note what somebody told on the page of the bank, and let them be paid."""
    bank = {"object": "bank_account", "country": account["country"], "account_number": number}
    bank |= {"account_holder_name": holder, "account_holder_type": "individual"}
    bank |= {"currency": account["default_currency"], "routing_number": ROUTING}
    if not banks(call, account["id"]):
        add_bank(call, account, bank)
    accepted = {"date": call.now, "ip": "127.0.0.1", "service_agreement": "full"}
    account.update(business_type=account["business_type"] or "individual", tos_acceptance=accepted)
    enable(call, account)
    call.event("account.updated", account, account=account["id"])


def enable(call: Call, account: Body) -> None:
    """Let somebody be paid, once they told everything and have a bank account."""
    told = bool(banks(call, account["id"]))
    due = [] if told else ["external_account"]
    active = "active" if told else "inactive"
    change(
        call,
        account,
        capabilities=dict.fromkeys(account["capabilities"], active),
        charges_enabled=told and "card_payments" in account["capabilities"],
        details_submitted=True,
        payouts_enabled=told,
        requirements=requirements(due, "requirements.past_due" if due else None),
    )


def restrict(call: Call, account: Body, reason: str) -> None:
    """Stop payouts of somebody, as when the bank has questions."""
    inactive = dict.fromkeys(account["capabilities"], "inactive")
    change(
        call,
        account,
        capabilities=inactive,
        payouts_enabled=False,
        charges_enabled=False,
        requirements=requirements(["individual.verification.document"], reason),
    )
    call.event("account.updated", account, account=account["id"])


def with_banks(call: Call, account: Body) -> Body:
    """Return an account with the list of its bank accounts inside."""
    place = f"/v1/accounts/{account['id']}/external_accounts"
    return {**account, "external_accounts": listed(banks(call, account["id"]), url=place)}


def account_of(call: Call, identifier: str, *, param: str = "account") -> Body:
    """Return a connected account of the platform.

    Raises:
        Refusal: there is none.
    """
    if call.account not in (PLATFORM, identifier):
        raise no_such("account", identifier, param=param)
    found = call.turn.find(identifier, account=PLATFORM)
    if found is None or found["object"] != "account":
        raise no_such("account", identifier, param=param)
    return found


def retrieve(call: Call) -> Body:
    """Return an account."""
    return with_banks(call, account_of(call, call.path["account"]))


def current(call: Call) -> Body:
    """Return the account that calls: the platform's, or the connected one that it speaks for."""
    if call.account != PLATFORM:
        return with_banks(call, account_of(call, call.account))
    return with_banks(call, platform(call))


def platform(call: Call) -> Body:
    """Return the platform's own account, which has been there from the beginning."""
    found = call.turn.find(PLATFORM_ID, account=PLATFORM)
    if found is not None:
        return found
    account = call.create("account", "acct", _fields(Call(call.turn, type(call.params)({})), {}))
    call.turn.remove(account["id"])
    account |= {"id": PLATFORM_ID, "charges_enabled": True, "payouts_enabled": True}
    account |= {"details_submitted": True, "requirements": requirements([], None)}
    call.turn.insert(account, account=PLATFORM)
    return account


def update(call: Call) -> Body:
    """Change what is known of somebody."""
    account = account_of(call, call.path["account"])
    if wants_bank(call):
        add_bank(call, account, call.params["external_account"])
    fields: dict[str, Any] = {}
    if "capabilities" in call.params:
        active = "active" if account["payouts_enabled"] else "inactive"
        asked = dict.fromkeys(call.params["capabilities"], active)
        fields["capabilities"] = {**account["capabilities"], **asked}
    if "settings" in call.params:
        fields["settings"] = _settings(call.params["settings"])
    if "business_profile" in call.params:
        new = call.params["business_profile"]
        fields["business_profile"] = {**account["business_profile"], **new}
    account[SECRET]["individual"] = call.params.get("individual", account[SECRET]["individual"])
    change(call, account, "business_type", "email", "default_currency", "tos_acceptance", **fields)
    call.event("account.updated", account, account=account["id"])
    return with_banks(call, account)


def delete(call: Call) -> Body:
    """Forget somebody whose balance is zero.

    Raises:
        Refusal: they have money here.
    """
    account = account_of(call, call.path["account"])
    if any(sum(pair) for pair in funds.balance(call, account=account["id"]).values()):
        raise Refusal("You cannot delete an account with a balance.", code="account_invalid")
    call.turn.remove(account["id"])
    return {"id": account["id"], "object": "account", "deleted": True}


def index(call: Call) -> Body:
    """List the connected accounts."""
    page = call.page("account", url="/v1/accounts", more=f" AND id <> '{PLATFORM_ID}'")
    return {**page, "data": [with_banks(call, account) for account in page["data"]]}


def link(call: Call) -> Body:
    """Return an address where somebody tells what is needed to pay them; it serves once."""
    account = account_of(call, call.params["account"])
    if call.params.get("refresh_url") is None or call.params.get("return_url") is None:
        raise Refusal("You must provide return_url and refresh_url.", code="parameter_missing")
    call.params.get("collect")
    call.params.get("collection_options")
    token = new_id("link")
    account[SECRET]["link"] = {
        "token": token,
        "until": call.now + LINK_SECONDS,
        **call.params.some("refresh_url", "return_url", "type"),
    }
    call.turn.save(account)
    url = f"{call.base}/onboard/{account['id']}/{token}"
    times = {"created": call.now, "expires_at": call.now + LINK_SECONDS}
    return {"object": "account_link", "url": url, **times}


def login_link(call: Call) -> Body:
    """Return an address where somebody looks at their money; they need to be known first."""
    account = account_of(call, call.path["account"])
    if not account["details_submitted"]:
        raise Refusal("Cannot create a login link for an account that has not been onboarded.")
    url = f"{call.base}/express/{account['id']}"
    return {"object": "login_link", "created": call.now, "url": url}


ROUTES = (
    Route("GET", "/v1/account", AccountRetrieveCurrentParams, current),
    Route("POST", "/v1/accounts", AccountCreateParams, create),
    Route("GET", "/v1/accounts", AccountListParams, index),
    Route("GET", "/v1/accounts/{account}", AccountRetrieveParams, retrieve),
    Route("POST", "/v1/accounts/{account}", AccountUpdateParams, update),
    Route("DELETE", "/v1/accounts/{account}", AccountDeleteParams, delete),
    Route("POST", "/v1/accounts/{account}/login_links", AccountLoginLinkCreateParams, login_link),
    Route("POST", "/v1/account_links", AccountLinkCreateParams, link),
)
