"""Builders: who pays, who is paid, and what they pay with."""

from typing import Any

from stripe import Account, Charge, Customer, PaymentIntent, StripeClient
from stripe.checkout import Session

from simulator import Simulator

SUCCESS = "http://127.0.0.1:9/paid?session={CHECKOUT_SESSION_ID}"
AGREED: Any = {
    "customer_acceptance": {
        "type": "online",
        "online": {"ip_address": "192.0.2.1", "user_agent": "a browser"},
    }
}


def bob(client: StripeClient) -> Customer:
    return client.v1.customers.create({"email": "bob@example.com", "name": "Bob"})


def pay(
    client: StripeClient, amount: int = 10_000, method: str = "pm_card_visa", **more: Any
) -> PaymentIntent:
    """Pay at once, with a card unless another way is named."""
    given: Any = {"amount": amount, "currency": "usd", "payment_method": method, "confirm": True}
    if method.startswith("pm_usBankAccount"):
        given["mandate_data"] = AGREED
    given |= more
    return client.v1.payment_intents.create(given)


def fund(client: StripeClient, amount: int = 1_000_000) -> None:
    """Put money on the platform's balance that is available at once."""
    pay(client, amount, "pm_card_bypassPending")


def carol(bank: Simulator, number: str = "000123456789") -> Account:
    """Return the account of somebody who has told everything and can be paid."""
    client = bank.client()
    wished: Any = {"transfers": {"requested": True}}
    account = client.v1.accounts.create(
        {"type": "express", "country": "US", "email": "carol@example.com", "capabilities": wished}
    )
    bank.command("account", account=account.id, bank=number)
    return client.v1.accounts.retrieve(account.id)


def charge_of(client: StripeClient, intent: PaymentIntent) -> Charge:
    return client.v1.charges.retrieve(str(intent.latest_charge))


def available(client: StripeClient) -> int:
    return client.v1.balance.retrieve().available[0].amount


def pending(client: StripeClient) -> int:
    return client.v1.balance.retrieve().pending[0].amount


def session(client: StripeClient, **more: Any) -> Session:
    """Open a Checkout session over 25 dollars."""
    line = {"currency": "usd", "unit_amount": 2_500, "product_data": {"name": "Deposit"}}
    given: Any = {
        "mode": "payment",
        "success_url": SUCCESS,
        "cancel_url": "http://127.0.0.1:9/not",
        "line_items": [{"quantity": 1, "price_data": line}],
        "allowed_payment_method_types": ["card", "us_bank_account"],
    }
    given |= more
    if given["mode"] == "setup":
        del given["line_items"]
    return client.v1.checkout.sessions.create(given)


def kinds(bank: Simulator) -> list[str]:
    """Return the kinds of the events that wait for delivery."""
    return [delivery.type for delivery in bank.deliveries]
