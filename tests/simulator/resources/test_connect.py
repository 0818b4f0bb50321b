"""Connected accounts: transfers to them, back from them, and payouts to their banks."""

from typing import Any

import pytest
import stripe
from stripe import StripeClient

from simulator import Simulator
from tests.simulator import people


def transfer(client: StripeClient, account: str, amount: int = 5_000, **more: Any) -> Any:
    given: Any = {"amount": amount, "currency": "usd", "destination": account, **more}
    return client.v1.transfers.create(given)


def test_who_has_told_nothing_can_receive_nothing(client: StripeClient) -> None:
    people.fund(client)
    account = client.v1.accounts.create({"type": "express"})

    assert account.requirements is not None
    assert "external_account" in (account.requirements.currently_due or [])
    with pytest.raises(stripe.InvalidRequestError) as caught:
        transfer(client, account.id)
    assert caught.value.code == "insufficient_capabilities_for_transfer"


def test_a_transfer_moves_what_is_available(bank: Simulator, client: StripeClient) -> None:
    account = people.carol(bank)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        transfer(client, account.id)
    assert caught.value.code == "balance_insufficient"

    people.fund(client)
    before = people.available(client)
    moved = transfer(client, account.id, transfer_group="loan-1")

    assert people.available(client) == before - 5_000
    assert people.available(bank.client(account=account.id)) == 5_000
    assert client.v1.transfers.list({"transfer_group": "loan-1"}).data[0].id == moved.id


def test_a_transfer_out_of_a_charge_waits_for_its_money(
    bank: Simulator, client: StripeClient
) -> None:
    account = people.carol(bank)
    charge = people.charge_of(client, people.pay(client, 10_000))

    transfer(client, account.id, 8_000, source_transaction=charge.id)

    theirs = bank.client(account=account.id)
    assert (people.available(theirs), people.pending(theirs)) == (0, 8_000)
    with pytest.raises(stripe.InvalidRequestError, match="left of the charge"):
        transfer(client, account.id, 2_001, source_transaction=charge.id)
    bank.advance(days=2)
    assert people.available(theirs) == 8_000


def test_a_transfer_is_reversed_in_parts_and_never_too_much(
    bank: Simulator, client: StripeClient
) -> None:
    people.fund(client)
    account = people.carol(bank)
    moved = transfer(client, account.id, 5_000)
    before = people.available(client)

    client.v1.transfers.reversals.create(moved.id, {"amount": 1_000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unreversed"):
        client.v1.transfers.reversals.create(moved.id, {"amount": 4_001})
    client.v1.transfers.reversals.create(moved.id)

    moved = client.v1.transfers.retrieve(moved.id)
    assert (moved.amount_reversed, moved.reversed) == (5_000, True)
    assert people.available(client) == before + 5_000
    assert people.available(bank.client(account=account.id)) == 0


def test_money_that_was_paid_out_cannot_be_taken_back(
    bank: Simulator, client: StripeClient
) -> None:
    people.fund(client)
    account = people.carol(bank)
    moved = transfer(client, account.id, 5_000)
    bank.client(account=account.id).v1.payouts.create({"amount": 5_000, "currency": "usd"})

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.transfers.reversals.create(moved.id)

    assert caught.value.code == "balance_insufficient"


def test_a_payout_arrives_after_two_days(bank: Simulator, client: StripeClient) -> None:
    people.fund(client)
    account = people.carol(bank)
    transfer(client, account.id)
    theirs = bank.client(account=account.id)

    payout = theirs.v1.payouts.create({"amount": 5_000, "currency": "usd"})

    states = [payout.status]
    for _ in range(2):
        bank.advance(days=1)
        states.append(theirs.v1.payouts.retrieve(payout.id).status)
    assert states == ["pending", "in_transit", "paid"]
    assert people.available(theirs) == 0


@pytest.mark.parametrize(
    ("number", "code"), [("000111111116", "no_account"), ("000111111113", "account_closed")]
)
def test_a_payout_to_a_wrong_bank_comes_back(
    bank: Simulator, client: StripeClient, number: str, code: str
) -> None:
    people.fund(client)
    account = people.carol(bank, number)
    transfer(client, account.id)
    theirs = bank.client(account=account.id)
    payout = theirs.v1.payouts.create({"amount": 5_000, "currency": "usd"})

    bank.advance(days=2)

    payout = theirs.v1.payouts.retrieve(payout.id)
    assert (payout.status, payout.failure_code) == ("failed", code)
    assert people.available(theirs) == 5_000
    assert people.kinds(bank)[-1] == "payout.failed"


def test_a_payout_may_fail_after_it_was_said_to_be_paid(
    bank: Simulator, client: StripeClient
) -> None:
    people.fund(client)
    payout = client.v1.payouts.create({"amount": 5_000, "currency": "usd"})
    before = people.available(client)
    bank.advance(days=2)

    bank.command("payout", payout=payout.id, fails="account_closed")

    assert client.v1.payouts.retrieve(payout.id).status == "failed"
    assert people.available(client) == before + 5_000


def test_a_payout_is_kept_back_before_it_leaves(bank: Simulator, client: StripeClient) -> None:
    people.fund(client)
    payout = client.v1.payouts.create({"amount": 5_000, "currency": "usd"})

    assert client.v1.payouts.cancel(payout.id).status == "canceled"
    bank.advance(days=5)
    assert client.v1.payouts.retrieve(payout.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        client.v1.payouts.cancel(payout.id)


def test_nobody_is_paid_what_they_do_not_have(bank: Simulator) -> None:
    theirs = bank.client(account=people.carol(bank).id)

    with pytest.raises(stripe.InvalidRequestError) as caught:
        theirs.v1.payouts.create({"amount": 1, "currency": "usd"})

    assert caught.value.code == "balance_insufficient"


def test_who_is_restricted_is_not_paid(bank: Simulator, client: StripeClient) -> None:
    people.fund(client)
    account = people.carol(bank)
    transfer(client, account.id)

    bank.command("account", account=account.id, restricted="rejected.other")

    with pytest.raises(stripe.InvalidRequestError, match="not enabled"):
        bank.client(account=account.id).v1.payouts.create({"amount": 1, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError):
        transfer(client, account.id)


def test_another_bank_becomes_the_usual_one(bank: Simulator, client: StripeClient) -> None:
    people.fund(client)
    account = people.carol(bank)
    transfer(client, account.id)
    number: Any = {"object": "bank_account", "country": "US", "currency": "usd"}
    number |= {"account_number": "000111111116", "routing_number": "110000000"}

    other = client.v1.accounts.external_accounts.create(
        account.id, {"external_account": number, "default_for_currency": True}
    )

    first, second = client.v1.accounts.external_accounts.list(account.id).data
    assert (first.default_for_currency, second.default_for_currency) == (False, True)
    payout = bank.client(account=account.id).v1.payouts.create({"amount": 1, "currency": "usd"})
    assert payout.destination == other.id
    with pytest.raises(stripe.InvalidRequestError, match="default"):
        client.v1.accounts.external_accounts.delete(account.id, other.id)


def test_an_account_with_money_is_not_deleted(bank: Simulator, client: StripeClient) -> None:
    people.fund(client)
    account = people.carol(bank)
    transfer(client, account.id)

    with pytest.raises(stripe.InvalidRequestError, match="balance"):
        client.v1.accounts.delete(account.id)


def test_the_balance_is_the_sum_of_its_transactions(bank: Simulator, client: StripeClient) -> None:
    people.fund(client)
    account = people.carol(bank)
    transfer(client, account.id)
    intent = people.pay(client)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 1_000})
    client.v1.payouts.create({"amount": 2_000, "currency": "usd"})
    people.pay(client, method="pm_card_createDispute")

    entries = list(client.v1.balance_transactions.list({"limit": 2}).auto_paging_iter())

    total = people.available(client) + people.pending(client)
    assert sum(entry.net for entry in entries) == total
    assert all(entry.net == entry.amount - entry.fee for entry in entries)
    bank.advance(days=30)
    statuses = {entry.status for entry in client.v1.balance_transactions.list().data}
    assert statuses == {"available"}
