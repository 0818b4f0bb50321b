"""What the gateway relies on at Stripe; the demo bank and Stripe itself are held to the same."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import stripe

from escrow import GatewayDoubtful, GatewayMissing, GatewayRefused, Message, StripeGateway
from kernel import Currency, Money, new_id

BACK = "https://tessera.example/back"


@dataclass
class Thing:
    """Something that is carried, as far as a gateway must know it."""

    amount: Money = field(default_factory=lambda: Money(25_00, Currency.USD))
    id: UUID = field(default_factory=new_id)

    @property
    def key(self) -> str:
        return f"story:{self.id}"


@dataclass
class World:
    """A gateway, and the package's own client beside it."""

    gateway: StripeGateway
    client: stripe.StripeClient

    @property
    def since(self) -> datetime:
        return datetime.now(UTC) - timedelta(days=1)

    def payer(self, method: str) -> tuple[str, str]:
        """Return a customer with a card that is saved."""
        owner = new_id()
        customer = self.gateway.open_customer(owner, key=f"customer:{owner}")
        saved = self.client.v1.payment_methods.attach(method, {"customer": customer})
        return customer, saved.id

    def debit(self, thing: Thing, payer: tuple[str, str]) -> str:
        customer, method = payer
        return self.gateway.debit(
            thing, customer=customer, method=method, flow="f", key=f"{thing.key}:debit"
        )


def a_key_makes_one_customer(world: World) -> None:
    owner = new_id()
    first = world.gateway.open_customer(owner, key=f"customer:{owner}")

    assert world.gateway.open_customer(owner, key=f"customer:{owner}") == first
    assert world.gateway.find_customer(owner, since=world.since) == first
    assert world.gateway.find_customer(new_id(), since=world.since) is None


def a_saved_card_is_debited_once_and_refunded_once(world: World) -> None:
    thing, payer = Thing(), world.payer("pm_card_visa")
    made = world.debit(thing, payer)

    assert world.debit(thing, payer) == made
    assert world.gateway.find_debit(thing.id, since=world.since) == made
    (event,) = world.gateway.look(Message("m", "payment_intent.succeeded", made))
    assert (event.kind, event.subject) == ("collection.received", str(thing.id))
    assert event.payload["amount_minor"] == 25_00
    assert world.gateway.find_refund(made) is None
    part = Money(10_00, Currency.USD)
    refund = world.gateway.refund(
        thing, payment=made, amount=part, flow="f", key=f"{thing.key}:refund"
    )
    assert world.gateway.find_refund(made) == refund
    with pytest.raises(GatewayRefused):
        world.gateway.refund(
            thing, payment=made, amount=thing.amount, flow="f", key=f"{thing.key}:more"
        )


def a_card_that_declines_says_why(world: World) -> None:
    thing, payer = Thing(), world.payer("pm_card_chargeCustomerFail")
    with pytest.raises(GatewayRefused):
        world.debit(thing, payer)

    made = world.gateway.find_debit(thing.id, since=world.since)

    assert made is not None
    (event,) = world.gateway.look(Message("m", "payment_intent.payment_failed", made))
    assert event.kind == "collection.failed"
    assert event.payload["code"] == "generic_decline"
    assert event.payload["reason"]


def pages_are_opened_once(world: World) -> None:
    deposit, payment, method = Thing(), Thing(), Thing()
    owner = new_id()
    customer = world.gateway.open_customer(owner, key=f"customer:{owner}")
    pages = [
        world.gateway.open_checkout(deposit, key=deposit.key, back=BACK),
        world.gateway.open_payment(payment, words="L-1", flow="f", key=payment.key, back=BACK),
        world.gateway.open_setup(method, customer=customer, key=method.key, back=BACK),
    ]

    assert all(page.url.startswith("http") for page in pages)
    for thing, page in zip((deposit, payment, method), pages, strict=True):
        assert world.gateway.find_checkout(thing.id, since=world.since) == page.reference
        assert world.gateway.look(Message("m", "checkout.session.updated", page.reference)) == []
        assert world.gateway.checkout_page(page.reference).url == page.url
    assert world.gateway.find_checkout(new_id(), since=world.since) is None


def a_payee_says_who_they_are_on_a_page(world: World) -> None:
    payee, payout = Thing(), Thing(Money(10**9, Currency.USD))
    account = world.gateway.open_account(payee, key=payee.key)

    assert world.gateway.find_account(payee.id, since=world.since) == account
    assert world.gateway.onboarding(account, back=BACK).startswith("http")
    assert world.gateway.look(Message("m", "account.updated", account)) == []
    assert world.gateway.find_transfer(payout.id) is None
    assert world.gateway.find_payout(payout.id, account=account, since=world.since) is None
    with pytest.raises((GatewayDoubtful, GatewayRefused)):
        world.gateway.transfer(payout, account=account, key=payout.key)


def what_is_not_ours_says_nothing(world: World) -> None:
    strange = world.client.v1.payment_intents.create({"amount": 500, "currency": "usd"})

    assert world.gateway.look(Message("m", "payment_intent.created", strange.id)) == []
    assert world.gateway.look(Message("m", "customer.created", "cus_1")) == []
    with pytest.raises(GatewayMissing):
        world.gateway.look(Message("m", "payment_intent.created", "pi_nobody"))


STORIES: tuple[Callable[[World], None], ...] = (
    a_key_makes_one_customer,
    a_saved_card_is_debited_once_and_refunded_once,
    a_card_that_declines_says_why,
    pages_are_opened_once,
    a_payee_says_who_they_are_on_a_page,
    what_is_not_ours_says_nothing,
)
