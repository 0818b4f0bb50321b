import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from simulator import SECRET, Simulator
from simulator.deliveries import send_due
from simulator.forgery import TRICKS
from simulator.store import Store
from tests.simulator import people


class Listener:
    """Somebody who hears of events, and answers as they like."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str]] = []
        self.answer = 200
        listener = self

        class Ear(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append((body, self.headers.get("Stripe-Signature", "")))
                self.send_response(listener.answer)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Ear)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def events(self) -> list[stripe.Event]:
        return [stripe.Webhook.construct_event(*each, SECRET) for each in self.heard]


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    thread = Thread(target=listener.server.serve_forever, args=(0.02,))
    thread.start()
    yield listener
    listener.server.shutdown()
    thread.join()
    listener.server.server_close()


@pytest.fixture
def told(listener: Listener) -> Iterator[Simulator]:
    with Simulator.start(webhook_url=listener.url) as simulator:
        yield simulator


def test_events_are_told_signed_and_in_order(told: Simulator, listener: Listener) -> None:
    intent = people.pay(told.client())

    told.deliver()

    events = listener.events()
    assert [event.type for event in events] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    assert events[2].data.object["id"] == intent.id
    assert told.deliveries == []


def test_an_event_says_which_call_caused_it(client: StripeClient) -> None:
    customer = client.v1.customers.create({}, {"idempotency_key": "mine"})

    [event] = client.v1.events.list().data

    assert event.request is not None
    assert event.request.idempotency_key == "mine"
    assert customer.last_response is not None
    assert event.request.id == customer.last_response.request_id
    assert event.api_version == stripe.api_version


def test_what_is_not_taken_is_tried_again(told: Simulator, listener: Listener) -> None:
    told.client().v1.customers.create()
    listener.answer = 500

    told.deliver()

    states = [delivery.state for delivery in told.deliveries_of()]
    assert len(listener.heard) == 4
    assert states == ["failed"]


def test_copies_are_delivered(told: Simulator, listener: Listener) -> None:
    told.command("webhooks", copies=3)
    people.pay(told.client())

    told.deliver()

    assert set(Counter(event.id for event in listener.events()).values()) == {3}


def test_the_order_is_changed(told: Simulator, listener: Listener) -> None:
    told.command("webhooks", shuffle=True)
    made = [told.client().v1.customers.create().id for _ in range(12)]

    told.deliver()

    heard = [event.data.object["id"] for event in listener.events()]
    assert sorted(heard) == sorted(made)
    assert heard != made


def test_events_are_dropped_and_can_be_listed_all_the_same(
    told: Simulator, listener: Listener
) -> None:
    client = told.client()
    told.command("webhooks", drop=2)
    people.pay(client)
    told.deliver()
    [heard] = listener.events()

    missed = list(client.v1.events.list({"limit": 1}).auto_paging_iter())

    assert [event.type for event in missed] == [
        heard.type,
        "charge.succeeded",
        "payment_intent.created",
    ]
    told.command("webhooks", again=missed[1].id)
    told.deliver()
    assert [event.id for event in listener.events()] == [heard.id, missed[1].id]


def test_new_events_are_listed_after_the_last_one_known(client: StripeClient) -> None:
    client.v1.customers.create()
    [last] = client.v1.events.list().data
    people.pay(client)

    newer = client.v1.events.list({"ending_before": last.id}).auto_paging_iter()

    assert [event.type for event in newer] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


def test_events_are_kept_for_thirty_days(bank: Simulator, client: StripeClient) -> None:
    client.v1.customers.create()
    bank.advance(days=31)

    assert client.v1.events.list().data == []


def test_held_and_delayed_events_wait(told: Simulator) -> None:
    told.command("webhooks", delay=3_600)
    told.client().v1.customers.create()
    told.command("webhooks", calm=True, hold=True)
    told.client().v1.customers.create()

    assert send_due(told.store) == []
    told.command("webhooks", calm=True)
    assert len(send_due(told.store)) == 1
    assert len(told.deliver()) == 1


def test_only_the_kinds_that_were_asked_for_are_told(bank: Simulator) -> None:
    client = bank.client()
    endpoint = client.v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/one", "enabled_events": ["payment_intent.succeeded"]}
    )
    people.pay(client)

    ours = [delivery for delivery in bank.deliveries if delivery.url == endpoint.url]

    assert [delivery.type for delivery in ours] == ["payment_intent.succeeded"]
    signature = ours[0].headers["Stripe-Signature"]
    assert stripe.Webhook.construct_event(ours[0].body, signature, endpoint.secret)
    assert client.v1.webhook_endpoints.retrieve(endpoint.id).secret is None


def test_events_of_a_connected_account_name_it(bank: Simulator) -> None:
    account = people.carol(bank)

    told = [stripe.Event.construct_from(json.loads(each.body), None) for each in bank.take()]

    assert {event.account for event in told if event.type == "account.updated"} == {account.id}


BELIEVED = {"from_the_future", "never_happened"}
BROKEN = {"not_utf8": UnicodeDecodeError, "not_json": ValueError, "a_list": AttributeError}


@pytest.mark.parametrize("trick", sorted(TRICKS))
def test_forged_deliveries_are_what_their_names_say(bank: Simulator, trick: str) -> None:
    bank.command("forge", trick=trick, type="payout.paid")

    [forged] = bank.take()

    signature = forged.headers.get("Stripe-Signature")
    if trick in BELIEVED:  # so the listener must know better: by the time, or by asking back
        event = stripe.Webhook.construct_event(forged.body, signature, SECRET)
        assert event.type == "payout.paid"
        with pytest.raises(stripe.InvalidRequestError):
            bank.client().v1.events.retrieve(event.id)
    elif trick == "huge_header":
        assert len(str(signature)) > 7_000
    else:
        expected = BROKEN.get(trick, (stripe.SignatureVerificationError, ValueError))
        with pytest.raises(expected):
            stripe.Webhook.construct_event(forged.body, signature, SECRET)


def test_there_are_no_other_tricks(bank: Simulator) -> None:
    with pytest.raises(ValueError, match="no trick"):
        bank.command("forge", trick="charm")
    with pytest.raises(ValueError, match="nobody listens"):
        bank.command("forge", trick="a_list", url="http://127.0.0.1:9/elsewhere")
    with pytest.raises(ValueError, match="no such disturbance"):
        bank.command("webhooks", noise=1)


def test_a_delivery_is_posted_by_one_postman_only(told: Simulator, listener: Listener) -> None:
    for _ in range(10):
        told.client().v1.customers.create()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send_due, [Store(told.store.path, durable=False) for _ in range(4)]))

    assert set(Counter(event.id for event in listener.events()).values()) == {1}
    assert len(listener.heard) == 10
