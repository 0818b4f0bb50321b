from typing import Any

import pytest
import stripe
from stripe import StripeClient

from simulator import Simulator
from simulator.faults import KINDS
from tests.simulator import people

KEY: Any = {"idempotency_key": "payout:1:1"}
MEETS = {
    "timeout": stripe.APIConnectionError,
    "reset": stripe.APIConnectionError,
    "conflict": stripe.APIError,
    "rate_limit": stripe.RateLimitError,
    "server_error": stripe.APIError,
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_before_the_effect_leaves_nothing_behind(bank: Simulator, kind: str) -> None:
    client = bank.client(patience=0.2)
    bank.fault(kind, moment="before", path="/v1/customers")

    with pytest.raises(MEETS[kind]):
        client.v1.customers.create({"name": "Bob"}, KEY)

    assert client.v1.customers.list().data == []
    assert client.v1.customers.create({"name": "Bob"}, KEY).name == "Bob"


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_after_the_effect_loses_only_the_answer(bank: Simulator, kind: str) -> None:
    client = bank.client(patience=0.2)
    bank.fault(kind, moment="after", path="/v1/customers")

    with pytest.raises(MEETS[kind]):
        client.v1.customers.create({"name": "Bob"}, KEY)

    assert [customer.name for customer in client.v1.customers.list().data] == ["Bob"]
    if kind == "server_error":
        with pytest.raises(stripe.APIError):
            client.v1.customers.create({"name": "Bob"}, KEY)
    else:
        client.v1.customers.create({"name": "Bob"}, KEY)
    assert len(client.v1.customers.list().data) == 1


@pytest.mark.parametrize("kind", ["conflict", "reset", "timeout"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_the_package_itself_tries_again(bank: Simulator, kind: str, moment: str) -> None:
    bank.fault(kind, moment=moment, path="/v1/customers")

    customer = bank.client(retries=1, patience=0.2).v1.customers.create({"name": "Bob"})

    assert [each.id for each in bank.client().v1.customers.list().data] == [customer.id]


def test_a_fault_meets_the_calls_that_it_names(bank: Simulator, client: StripeClient) -> None:
    people.fund(client)
    account = people.carol(bank)
    bank.fault("rate_limit", method="POST", path="/v1/transfers*", skip=1, times=2)
    given: Any = {"amount": 100, "currency": "usd", "destination": account.id}

    answers: list[str] = []
    for _ in range(4):
        try:
            answers.append(client.v1.transfers.create(given).object)
        except stripe.RateLimitError:
            answers.append("refused")

    assert answers == ["transfer", "refused", "refused", "transfer"]
    assert client.v1.customers.create().id


def test_faults_can_be_taken_back(bank: Simulator, client: StripeClient) -> None:
    bank.fault("server_error", times=100)

    bank.command("fault", clear=True)

    assert client.v1.customers.list().data == []


def test_there_are_no_other_faults(bank: Simulator) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        bank.fault("earthquake")
