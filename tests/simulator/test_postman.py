import time
from threading import Thread

from stripe import StripeClient

from simulator import Simulator
from simulator.postman import Postman
from tests.simulator import people
from tests.simulator.test_deliveries import Listener, listener, told

__all__ = ["listener", "told"]


def test_the_postman_carries_events_and_lets_time_pass(told: Simulator, listener: Listener) -> None:
    client: StripeClient = told.client()
    people.pay(client, method="pm_card_createDispute")
    postman = Postman(told.store)
    thread = Thread(target=postman.run)
    thread.start()

    until = time.monotonic() + 20
    while len(listener.heard) < 5 and time.monotonic() < until:
        thread.join(0.05)
    postman.stop()
    thread.join()

    assert [event.type for event in listener.events()] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]
