import pytest
import stripe
from stripe import StripeClient

from simulator import Simulator
from tests.simulator import people


def test_a_dispute_takes_the_money_and_a_fee(bank: Simulator, client: StripeClient) -> None:
    people.pay(client, 10_000, "pm_card_createDispute")

    [dispute] = client.v1.disputes.list().data

    assert (dispute.status, dispute.reason) == ("needs_response", "fraudulent")
    [entry] = dispute.balance_transactions
    assert (entry.amount, entry.fee, entry.type) == (-10_000, 1_500, "adjustment")
    bank.advance(days=2)
    assert people.available(client) == 9_680 - 11_500


@pytest.mark.parametrize(
    ("evidence", "status", "left"),
    [("winning_evidence", "won", 9_680 - 1_500), ("losing_evidence", "lost", 9_680 - 11_500)],
)
def test_evidence_decides_a_dispute(
    bank: Simulator, client: StripeClient, evidence: str, status: str, left: int
) -> None:
    people.pay(client, 10_000, "pm_card_createDispute")
    [dispute] = client.v1.disputes.list().data

    decided = client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})

    bank.advance(days=2)
    assert decided.status == status
    assert people.available(client) == left
    assert people.kinds(bank)[-1] == "charge.dispute.closed"


def test_other_evidence_is_under_review(bank: Simulator, client: StripeClient) -> None:
    people.pay(client, 10_000, "pm_card_createDispute")
    [dispute] = client.v1.disputes.list().data

    dispute = client.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Bob"}})
    assert dispute.status == "under_review"

    bank.command("dispute", charge=dispute.charge, outcome="won")
    assert client.v1.disputes.retrieve(dispute.id).status == "won"
    with pytest.raises(stripe.InvalidRequestError, match="status of won"):
        client.v1.disputes.close(dispute.id)


def test_a_dispute_is_opened_and_lost_on_command(bank: Simulator, client: StripeClient) -> None:
    intent = people.pay(client, 10_000)

    bank.command("dispute", charge=intent.latest_charge, reason="duplicate", amount=2_500)
    bank.command("dispute", charge=intent.latest_charge, outcome="lost")

    [dispute] = client.v1.disputes.list().data
    assert (dispute.status, dispute.reason, dispute.amount) == ("lost", "duplicate", 2_500)


def test_what_is_disputed_cannot_be_refunded(bank: Simulator, client: StripeClient) -> None:
    intent = people.pay(client)
    bank.command("dispute", charge=intent.latest_charge)

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent.id})

    assert caught.value.code == "charge_disputed"
