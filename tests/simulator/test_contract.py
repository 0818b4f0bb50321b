"""The demo bank and the installed `stripe` package know the same things.

An upgrade of the package that moves a path, renames a parameter class, or answers another kind of
object shows here; one that drops or renames a field shows in the walk, because the bank refuses to
answer what the package does not know.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import stripe
from stripe import RequestsClient, StripeClient
from stripe.params import TransferCreateParams

from simulator import KEY, Simulator, shapes
from simulator.call import Route
from simulator.routes import ROUTES, find_route
from tests.simulator import people

PACKAGE = Path(stripe.__file__).parent


class Known(NamedTuple):
    """A call as a service of the package makes it."""

    method: str
    path: str
    params: str


@cache
def known_calls() -> frozenset[Known]:
    services = [*PACKAGE.glob("_*_service.py"), *PACKAGE.glob("checkout/_*_service.py")]
    return frozenset(call for path in services for call in calls_in(path))


def calls_in(path: Path) -> Iterator[Known]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and (request := request_in(node)) is not None:
            method, where = (ast.unparse(part) for part in request.args[:2])
            params = next(each for each in node.args.args if each.arg == "params")
            name = re.search(r"\w+Params", ast.unparse(params.annotation or params))
            if name is not None:
                yield Known(literal(method).upper(), literal(where), name.group())


def request_in(function: ast.FunctionDef) -> ast.Call | None:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "self._request":
            return node
    return None


def literal(source: str) -> str:
    found = re.match(r"""['"]([^'"]+)['"]""", source)
    return re.sub(r"\{\w+\}", "{}", found[1]) if found else source


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_call_is_one_that_the_package_makes(route: Route) -> None:
    path = re.sub(r"\{\w+\}", "{}", route.path)

    assert Known(route.method, path, route.params.__name__) in known_calls()


class Watcher(RequestsClient):
    """Sends calls as the package does, and notes which they were."""

    def __init__(self) -> None:
        super().__init__(timeout=10)
        self.seen: set[tuple[str, str]] = set()

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> Any:
        path = "/" + url.split("/", 3)[3].partition("?")[0]
        route, _ = find_route(method.upper(), path)
        self.seen.add((route.method, route.path))
        return super().request(method, url, headers, post_data)


def test_a_walk_through_every_call_meets_only_known_fields(bank: Simulator) -> None:
    watcher = Watcher()
    client = StripeClient(KEY, base_addresses={"api": bank.url}, http_client=watcher)

    for part in (walk_payers, walk_payments, walk_checkout, walk_payees, walk_the_rest):
        part(bank, client)

    assert {(route.method, route.path) for route in ROUTES} - watcher.seen == set()


def walk_payers(_: Simulator, client: StripeClient) -> None:
    v1 = client.v1
    customer = people.bob(client)
    v1.customers.update(customer.id, {"phone": "555", "metadata": {"a": "b"}})
    v1.customers.retrieve(customer.id)
    v1.customers.list({"email": "bob@example.com"})
    v1.customers.search({"query": "email:'bob@example.com'"})
    card: Any = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2050, "cvc": "123"}
    method = v1.payment_methods.create({"type": "card", "card": card})
    v1.payment_methods.attach(method.id, {"customer": customer.id})
    v1.payment_methods.update(method.id, {"billing_details": {"name": "Bob"}})
    v1.payment_methods.retrieve(method.id)
    v1.payment_methods.list({"customer": customer.id, "type": "card"})
    v1.customers.payment_methods.list(customer.id, {"type": "card"})
    v1.payment_methods.detach(method.id)
    intent = v1.setup_intents.create({"customer": customer.id})
    v1.setup_intents.update(intent.id, {"description": "autopay"})
    bank: Any = {"payment_method": "pm_usBankAccount_success", "mandate_data": people.AGREED}
    saved = v1.setup_intents.confirm(intent.id, bank)
    v1.mandates.retrieve(str(saved.mandate))
    v1.setup_intents.retrieve(intent.id)
    v1.setup_intents.list({"customer": customer.id})
    v1.setup_intents.cancel(v1.setup_intents.create().id)
    v1.customers.delete(v1.customers.create().id)


def walk_payments(bank: Simulator, client: StripeClient) -> None:
    v1 = client.v1
    intent = v1.payment_intents.create({"amount": 5_000, "currency": "usd"})
    v1.payment_intents.update(intent.id, {"amount": 6_000, "metadata": {"order": "1"}})
    v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge.balance_transaction"]})
    v1.payment_intents.list()
    v1.payment_intents.search({"query": "metadata['order']:'1'"})
    held = people.pay(client, capture_method="manual")
    v1.payment_intents.capture(held.id, {"amount_to_capture": 4_000})
    v1.payment_intents.cancel(v1.payment_intents.create({"amount": 50, "currency": "usd"}).id)
    charge = people.charge_of(client, people.pay(client))
    v1.charges.update(charge.id, {"description": "told"})
    v1.charges.list({"limit": 3, "expand": ["data.refunds"]})
    refund = v1.refunds.create({"charge": charge.id, "amount": 100, "expand": ["charge.refunds"]})
    v1.refunds.update(refund.id, {"metadata": {"a": "b"}})
    v1.refunds.retrieve(refund.id)
    v1.refunds.list()
    with pytest.raises(stripe.InvalidRequestError):
        v1.refunds.cancel(refund.id)
    people.pay(client, method="pm_card_createDispute")
    people.pay(client, method="pm_usBankAccount_dispute")
    bank.advance(days=30)
    for dispute in v1.disputes.list().data:
        v1.disputes.retrieve(dispute.id, {"expand": ["charge", "payment_intent"]})
    answered = next(each for each in v1.disputes.list().data if each.status == "needs_response")
    v1.disputes.update(answered.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    people.pay(client, method="pm_card_createDispute")
    v1.disputes.close(v1.disputes.list().data[0].id)


def walk_checkout(_: Simulator, client: StripeClient) -> None:
    sessions = client.v1.checkout.sessions
    session = people.session(client)
    sessions.update(session.id, {"metadata": {"a": "b"}})
    sessions.retrieve(session.id, {"expand": ["line_items"]})
    sessions.line_items.list(session.id)
    sessions.list()
    sessions.expire(session.id)
    sessions.create({"mode": "setup", "success_url": people.SUCCESS, "expand": ["setup_intent"]})


def walk_payees(bank: Simulator, client: StripeClient) -> None:
    v1 = client.v1
    people.fund(client)
    account = people.carol(bank)
    v1.accounts.retrieve(account.id)
    v1.accounts.retrieve_current()
    v1.accounts.update(account.id, {"metadata": {"a": "b"}})
    v1.accounts.list()
    v1.accounts.delete(v1.accounts.create({"type": "custom", "country": "US"}).id)
    v1.accounts.login_links.create(account.id)
    link: Any = {"account": account.id, "type": "account_onboarding"}
    link |= {"refresh_url": people.SUCCESS, "return_url": people.SUCCESS}
    v1.account_links.create(link)
    number: Any = {"object": "bank_account", "country": "US", "currency": "usd"}
    number |= {"account_number": "000111111116", "routing_number": "110000000"}
    banks = v1.accounts.external_accounts
    other = banks.create(account.id, {"external_account": number})
    banks.update(account.id, other.id, {"metadata": {"a": "b"}})
    banks.retrieve(account.id, other.id)
    banks.list(account.id)
    banks.delete(account.id, other.id)
    transfer = v1.transfers.create(
        {"amount": 5_000, "currency": "usd", "destination": account.id, "expand": ["destination"]}
    )
    v1.transfers.update(transfer.id, {"description": "told"})
    v1.transfers.list()
    reversal = v1.transfers.reversals.create(transfer.id, {"amount": 100})
    v1.transfers.reversals.update(transfer.id, reversal.id, {"metadata": {"a": "b"}})
    v1.transfers.reversals.retrieve(transfer.id, reversal.id)
    v1.transfers.reversals.list(transfer.id)
    v1.transfers.retrieve(transfer.id, {"expand": ["destination_payment"]})
    theirs: Any = {"stripe_account": account.id}
    payout = v1.payouts.create({"amount": 100, "currency": "usd"}, theirs)
    v1.payouts.update(payout.id, {"metadata": {"a": "b"}}, theirs)
    v1.payouts.retrieve(payout.id, {"expand": ["destination", "balance_transaction"]}, theirs)
    v1.payouts.list(None, theirs)
    v1.payouts.cancel(payout.id, None, theirs)


def walk_the_rest(_: Simulator, client: StripeClient) -> None:
    v1 = client.v1
    v1.balance.retrieve()
    entries = v1.balance_transactions.list({"expand": ["data.source"], "limit": 100})
    v1.balance_transactions.retrieve(entries.data[0].id)
    events = list(v1.events.list({"limit": 100}).auto_paging_iter())
    v1.events.retrieve(events[0].id)
    endpoint = v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/hook", "enabled_events": ["payout.paid"]}
    )
    v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    v1.webhook_endpoints.retrieve(endpoint.id)
    v1.webhook_endpoints.list()
    v1.webhook_endpoints.delete(endpoint.id)
    faults = [fault for event in events for fault in shapes.problems(event.to_dict())]

    assert faults == []
    assert len({event.type for event in events}) >= 30


def test_an_answer_with_a_field_that_the_package_does_not_know_is_noticed() -> None:
    body = {"object": "balance", "available": [], "pending": [], "livemode": False}

    assert list(shapes.problems(body)) == []
    assert list(shapes.problems({**body, "escrow": 1})) == [
        "balance.escrow is not known of Balance"
    ]
    assert list(shapes.problems({**body, "livemode": None, "pending": [{"amount": 1}]})) == [
        "balance.pending[0].currency is missing from Balance.Pending"
    ]


def test_the_parameters_are_those_of_the_installed_package() -> None:
    known = shapes.read_params(TransferCreateParams, {"currency": "usd", "destination": "acct_1"})

    assert known == {"currency": "usd", "destination": "acct_1"}
    assert stripe.api_version == shapes.VERSION
