from typing import Any

import pytest
import stripe
from stripe import InvalidRequestError, StripeClient

from simulator import Simulator
from tests.simulator import people


def test_a_list_is_read_page_by_page(client: StripeClient) -> None:
    made = [client.v1.customers.create().id for _ in range(5)]

    page = client.v1.customers.list({"limit": 2})

    assert [customer.id for customer in page.data] == [made[4], made[3]]
    assert page.has_more
    assert [customer.id for customer in page.auto_paging_iter()] == made[::-1]


def test_a_list_is_read_towards_what_is_newer(client: StripeClient) -> None:
    made = [client.v1.customers.create().id for _ in range(5)]

    page = client.v1.customers.list({"limit": 2, "ending_before": made[1]})

    assert [customer.id for customer in page.data] == [made[3], made[2]]
    assert page.has_more
    newer = client.v1.customers.list({"limit": 2, "ending_before": made[3]})
    assert [customer.id for customer in newer.data] == [made[4]]
    assert not newer.has_more


def test_a_list_is_filtered_by_age(bank: Simulator, client: StripeClient) -> None:
    old = client.v1.customers.create()
    bank.advance(days=1)
    new = client.v1.customers.create()

    since = client.v1.customers.list({"created": {"gt": old.created}})

    assert [customer.id for customer in since.data] == [new.id]
    assert client.v1.customers.list({"created": old.created}).data[0].id == old.id


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_one_to_a_hundred_rows(client: StripeClient, limit: int) -> None:
    with pytest.raises(InvalidRequestError, match="limit"):
        client.v1.customers.list({"limit": limit})


def test_a_cursor_must_exist(client: StripeClient) -> None:
    with pytest.raises(InvalidRequestError, match="No such"):
        client.v1.customers.list({"starting_after": "cus_nobody"})


def test_ids_give_way_to_what_they_name(client: StripeClient) -> None:
    customer = people.bob(client)

    intent: Any = people.pay(
        client,
        customer=customer.id,
        expand=["customer", "payment_method", "latest_charge.balance_transaction"],
    )

    assert intent.customer.email == "bob@example.com"
    assert intent.payment_method.card.last4 == "4242"
    assert intent.latest_charge.balance_transaction.status == "pending"


def test_a_list_expands_each_of_its_rows(client: StripeClient) -> None:
    people.pay(client)

    found: Any = client.v1.payment_intents.list({"expand": ["data.latest_charge"]})

    assert found.data[0].latest_charge.paid


def test_refunds_are_shown_where_they_are_asked_for(client: StripeClient) -> None:
    intent = people.pay(client)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})

    charge = client.v1.charges.retrieve(str(intent.latest_charge), {"expand": ["refunds"]})

    assert charge.refunds is not None
    assert [refund.amount for refund in charge.refunds.data] == [100]
    assert "refunds" not in people.charge_of(client, intent)


@pytest.mark.parametrize("wish", ["amount", "nothing", "customer.a.b.c.d"])
def test_what_is_no_id_cannot_be_expanded(client: StripeClient, wish: str) -> None:
    with pytest.raises(InvalidRequestError, match="expand"):
        client.v1.payment_intents.create({"amount": 500, "currency": "usd", "expand": [wish]})


def test_a_search_finds_what_carries_our_own_mark(client: StripeClient) -> None:
    ours = people.pay(client, metadata={"deposit": "d-1"})
    people.pay(client, metadata={"deposit": "d-2"})

    found = client.v1.payment_intents.search(
        {"query": "metadata['deposit']:'d-1' AND status:'succeeded'"}
    )

    assert [intent.id for intent in found.data] == [ours.id]


def test_a_search_that_is_not_simulated_says_so(client: StripeClient) -> None:
    with pytest.raises(InvalidRequestError, match="searches by"):
        client.v1.payment_intents.search({"query": "amount>100"})


def test_an_account_sees_nothing_of_another(bank: Simulator, client: StripeClient) -> None:
    intent = people.pay(client)
    theirs = bank.client(account=people.carol(bank).id)

    with pytest.raises(InvalidRequestError, match="No such"):
        theirs.v1.payment_intents.retrieve(intent.id)
    assert theirs.v1.events.list({"type": "payment_intent.succeeded"}).data == []


def test_an_account_that_is_not_ours_cannot_be_spoken_for(bank: Simulator) -> None:
    with pytest.raises(stripe.PermissionError):
        bank.client(account="acct_stranger").v1.balance.retrieve()
