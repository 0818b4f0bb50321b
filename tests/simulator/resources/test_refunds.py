import pytest
import stripe
from stripe import StripeClient

from simulator import Simulator
from tests.simulator import people


def test_a_refund_takes_its_money_from_the_balance(client: StripeClient) -> None:
    people.fund(client, 100_000)
    before = people.available(client)
    intent = people.pay(client, 10_000)

    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 4_000})

    charge = people.charge_of(client, intent)
    assert (refund.status, refund.amount) == ("succeeded", 4_000)
    assert (charge.amount_refunded, charge.refunded) == (4_000, False)
    assert people.available(client) == before - 4_000


def test_too_much_cannot_be_refunded(client: StripeClient) -> None:
    intent = people.pay(client, 10_000)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 4_000})

    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 6_001})

    rest = client.v1.refunds.create({"payment_intent": intent.id})
    assert rest.amount == 6_000
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert caught.value.code == "charge_already_refunded"


@pytest.mark.parametrize("amount", [0, -1])
def test_a_refund_is_of_something(client: StripeClient, amount: int) -> None:
    intent = people.pay(client)

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": amount})


def test_a_refund_may_come_back_later(bank: Simulator, client: StripeClient) -> None:
    intent = people.pay(client, 10_000, "pm_card_refundFail")
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    pending = people.pending(client)

    bank.advance(days=4)

    refund = client.v1.refunds.retrieve(refund.id)
    assert (refund.status, refund.failure_reason) == ("failed", "unknown")
    assert people.available(client) == pending + 0
    assert people.charge_of(client, intent).amount_refunded == 0
    assert people.kinds(bank)[-1] == "refund.failed"


def test_a_refund_may_take_its_time(bank: Simulator, client: StripeClient) -> None:
    intent = people.pay(client, 10_000, "pm_card_pendingRefund")
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "pending"

    bank.advance(days=4)

    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_a_refund_comes_back_on_command(bank: Simulator, client: StripeClient) -> None:
    intent = people.pay(client)
    refund = client.v1.refunds.create({"payment_intent": intent.id})

    bank.command("refund", refund=refund.id, fails="lost_or_stolen_card")

    assert client.v1.refunds.retrieve(refund.id).failure_reason == "lost_or_stolen_card"
    assert client.v1.refunds.create({"payment_intent": intent.id}).id != refund.id
