from typing import Any

import pytest
import stripe
from stripe import InvalidRequestError, StripeClient

from simulator import Simulator
from tests.simulator import people


def refused(client: StripeClient, path: str, **params: Any) -> InvalidRequestError:
    with pytest.raises(InvalidRequestError) as caught:
        client.raw_request("post", path, **params)
    return caught.value


def test_a_parameter_that_the_package_does_not_know_is_refused(client: StripeClient) -> None:
    error = refused(
        client, "/v1/payment_intents", amount=500, currency="usd", payment_method_types=["card"]
    )

    assert (error.code, error.param) == ("parameter_unknown", "payment_method_types")


def test_an_unknown_parameter_deep_inside_is_refused(client: StripeClient) -> None:
    error = refused(client, "/v1/customers", address={"line1": "1 Main St", "planet": "Mars"})

    assert (error.code, error.param) == ("parameter_unknown", "address[planet]")


def test_a_missing_parameter_is_refused(client: StripeClient) -> None:
    error = refused(client, "/v1/payment_intents", amount=500)

    assert (error.code, error.param) == ("parameter_missing", "currency")


def test_a_missing_parameter_deep_inside_is_refused(client: StripeClient) -> None:
    error = refused(
        client, "/v1/checkout/sessions", line_items=[{"price_data": {"unit_amount": 5}}]
    )

    assert (error.code, error.param) == (
        "parameter_missing",
        "line_items[0][price_data][currency]",
    )


@pytest.mark.parametrize(
    ("amount", "code"), [("ten", "parameter_invalid_integer"), ("", "parameter_invalid_integer")]
)
def test_what_is_no_number_is_refused(client: StripeClient, amount: str, code: str) -> None:
    error = refused(client, "/v1/payment_intents", amount=amount, currency="usd")

    assert error.code == code


def test_a_word_outside_an_enumeration_is_refused(client: StripeClient) -> None:
    error = refused(
        client, "/v1/payment_intents", amount=500, currency="usd", capture_method="later"
    )

    assert error.param == "capture_method"
    assert "automatic_async, manual" in str(error)


def test_a_word_where_a_hash_belongs_is_refused(client: StripeClient) -> None:
    assert refused(client, "/v1/customers", metadata="words").param == "metadata"


def test_what_is_not_simulated_is_said_so_rather_than_ignored(client: StripeClient) -> None:
    error = refused(client, "/v1/customers", tax_exempt="reverse")

    assert "does not simulate the parameter tax_exempt" in str(error)
    assert client.v1.customers.list().data == []


def test_values_arrive_as_what_they_are(client: StripeClient) -> None:
    customer = client.v1.customers.create(
        {"metadata": {"a": "1"}, "address": {"city": "Bern"}, "preferred_locales": ["de", "fr"]}
    )

    assert customer.preferred_locales == ["de", "fr"]
    assert customer.address is not None
    assert customer.address.city == "Bern"
    assert customer.to_dict()["metadata"] == {"a": "1"}


def test_an_answer_says_null_for_what_it_does_not_know(client: StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 500, "currency": "usd"})

    assert intent.last_payment_error is None
    assert intent.latest_charge is None


def test_what_the_bank_keeps_for_itself_is_not_told(bank: Simulator, client: StripeClient) -> None:
    people.pay(client, expand=["payment_method", "latest_charge"])

    told = [delivery.body for delivery in bank.deliveries]
    assert told
    assert not any(b"4242424242424242" in body or b'"_"' in body for body in told)


@pytest.mark.parametrize("key", ["sk_live_1", "", "pk_test_1"])
def test_only_test_keys_are_taken(bank: Simulator, key: str) -> None:
    stranger = stripe.StripeClient(key or "x", base_addresses={"api": bank.url})

    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.balance.retrieve()


def test_another_version_of_the_interface_is_refused(client: StripeClient) -> None:
    with pytest.raises(InvalidRequestError, match="speaks"):
        client.v1.balance.retrieve(None, {"stripe_version": "2020-08-27"})


def test_a_call_that_is_not_known_says_so(client: StripeClient) -> None:
    with pytest.raises(InvalidRequestError, match="does not know this call"):
        client.v1.invoices.list()
