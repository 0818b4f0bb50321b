from typing import Any

import pytest
import stripe
from stripe import StripeClient

from simulator import Simulator
from tests.simulator import people


def test_a_card_pays_at_once_and_its_money_is_available_later(
    bank: Simulator, client: StripeClient
) -> None:
    intent = people.pay(client, 10_000)

    assert (intent.status, intent.amount_received) == ("succeeded", 10_000)
    assert (people.available(client), people.pending(client)) == (0, 9_680)
    bank.advance(days=2)
    assert (people.available(client), people.pending(client)) == (9_680, 0)


def test_the_fee_of_a_card_is_rounded_half_up(client: StripeClient) -> None:
    intent: Any = people.pay(client, 1_050, expand=["latest_charge.balance_transaction"])

    entry = intent.latest_charge.balance_transaction
    assert (entry.amount, entry.fee, entry.net) == (1_050, 60, 990)
    assert entry.fee_details[0].type == "stripe_fee"


@pytest.mark.parametrize(
    ("method", "code", "decline"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ],
)
def test_a_declined_card_leaves_an_intent_that_waits_for_another(
    client: StripeClient, method: str, code: str, decline: str | None
) -> None:
    with pytest.raises(stripe.CardError) as caught:
        people.pay(client, method=method)

    assert (caught.value.code, caught.value.http_status) == (code, 402)
    [intent] = client.v1.payment_intents.list().data
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.decline_code == decline
    assert people.charge_of(client, intent).status == "failed"
    paid = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


def test_a_wrong_number_is_refused_before_anything_is_tried(client: StripeClient) -> None:
    card: Any = {"number": "4242424242424241", "exp_month": 1, "exp_year": 2050}

    with pytest.raises(stripe.CardError, match="incorrect"):
        client.v1.payment_methods.create({"type": "card", "card": card})


def test_a_card_that_is_no_test_card_is_refused(client: StripeClient) -> None:
    card: Any = {"number": "4539578763621486", "exp_month": 1, "exp_year": 2050}

    with pytest.raises(stripe.CardError, match="test mode"):
        client.v1.payment_methods.create({"type": "card", "card": card})


def test_an_expired_card_is_refused(client: StripeClient) -> None:
    card: Any = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2020}

    with pytest.raises(stripe.CardError, match="expiration year"):
        client.v1.payment_methods.create({"type": "card", "card": card})


def test_an_intent_goes_through_its_states(bank: Simulator, client: StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    assert intent.status == "requires_payment_method"

    intent = client.v1.payment_intents.update(intent.id, {"payment_method": "pm_card_visa"})
    assert intent.status == "requires_confirmation"

    intent = client.v1.payment_intents.confirm(intent.id)
    assert intent.status == "succeeded"
    for move in (client.v1.payment_intents.confirm, client.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
            move(intent.id)
    assert people.kinds(bank)[-1] == "payment_intent.succeeded"


def test_an_intent_without_a_way_of_paying_cannot_be_confirmed(client: StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 500, "currency": "usd"})

    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        client.v1.payment_intents.confirm(intent.id)


def test_money_that_is_set_aside_is_captured_in_part(client: StripeClient) -> None:
    intent = people.pay(client, 5_000, capture_method="manual")
    assert (intent.status, intent.amount_capturable) == ("requires_capture", 5_000)
    assert people.pending(client) == 0

    intent = client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 3_000})

    assert (intent.status, intent.amount_received) == ("succeeded", 3_000)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.capture(intent.id)


def test_more_than_was_set_aside_cannot_be_captured(client: StripeClient) -> None:
    intent = people.pay(client, 5_000, capture_method="manual")

    with pytest.raises(stripe.InvalidRequestError, match="capture"):
        client.v1.payment_intents.capture(intent.id, {"amount_to_capture": 5_001})


def test_a_payment_below_half_a_dollar_is_refused(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="50 cents"):
        people.pay(client, 49)


def test_a_type_that_is_not_allowed_is_refused(client: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="not allowed"):
        people.pay(client, allowed_payment_method_types=["us_bank_account"])


def test_a_saved_card_pays_while_its_owner_is_away(client: StripeClient) -> None:
    customer = people.bob(client)
    people.pay(client, customer=customer.id, setup_future_usage="off_session")
    [saved] = client.v1.payment_methods.list({"customer": customer.id}).data

    later = people.pay(client, method=saved.id, customer=customer.id, off_session=True)

    assert later.status == "succeeded"


def test_a_card_that_asks_its_owner_fails_while_they_are_away(client: StripeClient) -> None:
    with pytest.raises(stripe.CardError) as caught:
        people.pay(client, method="pm_card_authenticationRequired", off_session=True)

    assert caught.value.code == "authentication_required"
    assert client.v1.payment_intents.list().data[0].status == "requires_payment_method"


def test_a_card_that_can_be_saved_may_fail_to_pay(client: StripeClient) -> None:
    customer = people.bob(client)
    saved = client.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": customer.id}
    )

    with pytest.raises(stripe.CardError):
        people.pay(client, method=saved.id, customer=customer.id)


def test_a_declined_card_cannot_be_saved(client: StripeClient) -> None:
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.attach(
            "pm_card_chargeDeclined", {"customer": people.bob(client).id}
        )


def test_a_card_of_somebody_else_is_refused(client: StripeClient) -> None:
    saved = client.v1.payment_methods.attach("pm_card_visa", {"customer": people.bob(client).id})

    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        people.pay(client, method=saved.id)
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        client.v1.payment_methods.attach(saved.id, {"customer": people.bob(client).id})


def test_metadata_is_merged_emptied_and_limited(client: StripeClient) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 500, "currency": "usd", "metadata": {"a": "1", "b": "2"}}
    )
    update = client.v1.payment_intents.update

    assert update(intent.id, {"metadata": {"a": "", "c": "3"}}).to_dict()["metadata"] == {
        "b": "2",
        "c": "3",
    }
    assert update(intent.id, {"metadata": ""}).to_dict()["metadata"] == {}
    with pytest.raises(stripe.InvalidRequestError, match="up to 50 keys"):
        update(intent.id, {"metadata": {f"k{n}": "v" for n in range(51)}})
    with pytest.raises(stripe.InvalidRequestError, match="500"):
        update(intent.id, {"metadata": {"a": "v" * 501}})
