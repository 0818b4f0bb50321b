"""Bank debits: they work late, fail late, and are returned weeks later."""

import pytest
import stripe
from stripe import StripeClient

from simulator import Simulator
from tests.simulator import people

DEBIT = "pm_usBankAccount_success"


def test_a_bank_debit_works_after_four_days(bank: Simulator, client: StripeClient) -> None:
    intent = people.pay(client, 10_000, DEBIT)
    assert intent.status == "processing"
    assert people.charge_of(client, intent).status == "pending"

    bank.advance(days=3)
    assert client.v1.payment_intents.retrieve(intent.id).status == "processing"

    bank.advance(days=1)
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert people.available(client) == 9_920


def test_the_fee_of_a_debit_is_at_most_five_dollars(bank: Simulator, client: StripeClient) -> None:
    people.pay(client, 1_000_000, DEBIT)
    bank.advance(days=4)

    [entry] = client.v1.balance_transactions.list().data

    assert (entry.fee, entry.type, entry.reporting_category) == (500, "payment", "charge")


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("pm_usBankAccount_insufficientFunds", "insufficient_funds"),
        ("pm_usBankAccount_noAccount", "no_account"),
        ("pm_usBankAccount_accountClosed", "account_closed"),
        ("pm_usBankAccount_debitNotAuthorized", "debit_not_authorized"),
    ],
)
def test_a_bank_debit_fails_after_four_days(
    bank: Simulator, client: StripeClient, method: str, code: str
) -> None:
    intent = people.pay(client, 10_000, method)

    bank.advance(days=4)

    intent = client.v1.payment_intents.retrieve(intent.id)
    assert intent.status == "requires_payment_method"
    assert people.charge_of(client, intent).failure_code == code
    assert people.kinds(bank)[-2:] == ["charge.failed", "payment_intent.payment_failed"]
    assert client.v1.balance_transactions.list().data == []


def test_a_bank_debit_is_returned_weeks_after_it_worked(
    bank: Simulator, client: StripeClient
) -> None:
    intent = people.pay(client, 10_000, "pm_usBankAccount_dispute")
    bank.advance(days=4)
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"

    bank.advance(days=21)

    [dispute] = client.v1.disputes.list({"payment_intent": intent.id}).data
    assert (dispute.status, dispute.reason, dispute.amount) == (
        "lost",
        "debit_not_authorized",
        10_000,
    )
    assert people.available(client) == 9_920 - 10_000 - 1_500
    assert people.kinds(bank)[-3:] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.closed",
    ]


def test_a_bank_debit_is_returned_on_command(bank: Simulator, client: StripeClient) -> None:
    intent = people.pay(client, 10_000, DEBIT)
    bank.command("settle", charge=intent.latest_charge)
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"

    bank.command("return_debit", charge=intent.latest_charge, reason="insufficient_funds")

    assert client.v1.disputes.list().data[0].reason == "insufficient_funds"


def test_a_bank_debit_fails_on_command_and_only_once(bank: Simulator, client: StripeClient) -> None:
    intent = people.pay(client, 10_000, DEBIT)

    for _ in range(2):
        bank.command("settle", charge=intent.latest_charge, fails="account_closed")
    bank.advance(days=10)

    assert people.charge_of(client, intent).failure_code == "account_closed"
    assert people.kinds(bank).count("payment_intent.payment_failed") == 1


def test_some_debits_never_settle(bank: Simulator, client: StripeClient) -> None:
    intent = people.pay(client, 10_000, "pm_usBankAccount_processing")

    bank.advance(days=100)

    assert client.v1.payment_intents.retrieve(intent.id).status == "processing"


def test_a_debit_needs_its_owners_agreement_once(client: StripeClient) -> None:
    customer = people.bob(client)
    with pytest.raises(stripe.InvalidRequestError, match="mandate_data"):
        people.pay(client, method=DEBIT, mandate_data="")

    people.pay(client, method=DEBIT, customer=customer.id, setup_future_usage="off_session")
    [saved] = client.v1.payment_methods.list({"customer": customer.id}).data
    again = people.pay(client, method=saved.id, customer=customer.id, off_session=True)

    assert again.status == "processing"


def test_what_waits_for_its_money_cannot_be_refunded(client: StripeClient) -> None:
    intent = people.pay(client, 10_000, DEBIT)

    with pytest.raises(stripe.InvalidRequestError, match="has not succeeded"):
        client.v1.refunds.create({"payment_intent": intent.id})


def test_only_test_accounts_are_taken(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="routing number"):
        client.v1.payment_methods.create(
            {
                "type": "us_bank_account",
                "us_bank_account": {"routing_number": "021000021", "account_number": "1"},
            }
        )
