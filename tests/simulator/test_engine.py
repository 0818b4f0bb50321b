"""Idempotency: what a key remembers, and for how long."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from simulator import Simulator
from tests.simulator import people

KEY: Any = {"idempotency_key": "deposit:1:1"}


def test_the_same_key_gives_the_same_answer_once_more(
    bank: Simulator, client: StripeClient
) -> None:
    first = client.v1.customers.create({"email": "bob@example.com"}, KEY)

    again = client.v1.customers.create({"email": "bob@example.com"}, KEY)

    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(client.v1.customers.list().data) == 1
    assert people.kinds(bank) == ["customer.created"]


def test_the_same_key_for_something_else_is_refused(client: StripeClient) -> None:
    client.v1.payment_intents.create({"amount": 500, "currency": "usd"}, KEY)

    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        client.v1.payment_intents.create({"amount": 501, "currency": "usd"}, KEY)
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        client.v1.customers.create({}, KEY)


def test_a_key_is_known_to_its_account_only(bank: Simulator, client: StripeClient) -> None:
    ours = client.v1.customers.create({}, KEY)

    theirs = bank.client(account=people.carol(bank).id).v1.customers.create({}, KEY)

    assert theirs.id != ours.id


def test_a_decline_is_remembered(client: StripeClient) -> None:
    given: Any = {"amount": 500, "currency": "usd", "confirm": True}
    given["payment_method"] = "pm_card_chargeDeclined"

    for _ in range(2):
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.create(given, KEY)

    assert len(client.v1.payment_intents.list().data) == 1


def test_what_was_never_begun_is_not_remembered(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create({"amount": "x", "currency": "usd"}, KEY)  # type: ignore[typeddict-item]

    assert client.v1.payment_intents.create({"amount": 500, "currency": "usd"}, KEY).id


def test_a_key_in_use_is_a_conflict(bank: Simulator) -> None:
    bank.fault("timeout", moment="during", path="/v1/customers", seconds=1)

    def create(patience: float) -> str:
        try:
            return bank.client(patience=patience).v1.customers.create({}, KEY).id
        except stripe.StripeError as error:
            return f"{type(error).__name__} {error.http_status}"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(create, [0.2, 0.5]))
    assert answers == ["APIConnectionError None", "APIError 409"]
    later = bank.client(retries=5).v1.customers.create({}, KEY)
    assert [each.id for each in bank.client().v1.customers.list().data] == [later.id]


def test_one_key_at_once_from_many_hands_has_one_effect(bank: Simulator) -> None:
    def create(_: int) -> str | None:
        try:
            return bank.client(retries=2).v1.customers.create({"name": "Bob"}, KEY).id
        except stripe.StripeError:
            return None

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(create, range(16))) - {None}

    assert len(ids) == 1
    assert len(bank.client().v1.customers.list().data) == 1


def test_a_key_is_forgotten_after_a_day(bank: Simulator, client: StripeClient) -> None:
    first = client.v1.customers.create({}, KEY)
    bank.advance(days=2)

    assert client.v1.customers.create({}, KEY).id != first.id


def test_a_key_has_at_most_255_characters(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="255"):
        client.v1.customers.create({}, {"idempotency_key": "k" * 256})


def test_a_fault_of_our_own_undoes_what_was_begun(bank: Simulator, client: StripeClient) -> None:
    with bank.store.turn() as turn:
        turn.put_setting("webhooks", {"copies": "many"})

    with pytest.raises(stripe.APIError):
        client.v1.customers.create({"name": "Bob"})

    assert client.v1.customers.list().data == []


def test_a_field_that_the_package_does_not_know_is_never_answered(
    bank: Simulator, client: StripeClient, caplog: pytest.LogCaptureFixture
) -> None:
    customer = client.v1.customers.create()
    with bank.store.turn() as turn:
        turn.save({**(turn.find(customer.id) or {}), "loyalty": "gold"})

    with pytest.raises(stripe.APIError):
        client.v1.customers.retrieve(customer.id)

    assert "customer.loyalty is not known of Customer" in caplog.text
