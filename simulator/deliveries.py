"""Events on their way to those who listen: signed, tried again, and disturbed on command."""

import hashlib
import hmac
import json
import random
import sqlite3
import time
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from simulator.errors import PLATFORM, Body
from simulator.store import Store, Turn

# Stripe tries for days; a demo has no days.
RETRIES = (2, 10, 60)
PATIENCE = 10
ALL = "*"
CALM: Body = {"copies": 1, "drop": 0, "delay": 0, "shuffle": False, "hold": False}


@dataclass(frozen=True)
class Delivery:
    """An event as it goes to one address, ready to be posted by whoever likes to.

    Attributes:
        state: pending, delivered, failed, or dropped.
        status: what the listener answered last.
    """

    seq: int
    event: str
    type: str
    url: str
    secret: str
    body: bytes
    state: str
    status: int | None
    given_headers: str | None

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers to send it with, signed at this moment."""
        if self.given_headers is not None:
            return dict(json.loads(self.given_headers))
        return headers(sign(self.body, self.secret))


def headers(signature: str) -> dict[str, str]:
    """Return the headers of a delivery with this signature."""
    return {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}


def sign(body: bytes, secret: str, *, at: int | None = None) -> str:
    """Return the signature that `stripe.Webhook` verifies; it reads the machine's clock."""
    moment = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={digest.hexdigest()}"


def enqueue(turn: Turn, event: Body) -> None:
    """Put an event on its way to every address that asked for its kind."""
    connected = turn.owner(event["id"]) != PLATFORM
    for endpoint in turn.select("webhook_endpoint", account=PLATFORM):
        asked = endpoint["enabled_events"]
        hidden = endpoint["_"]
        fits = bool(hidden["connect"]) == connected and (ALL in asked or event["type"] in asked)
        if fits and endpoint["status"] == "enabled":
            _disturbed(turn, event, endpoint["url"], hidden["secret"])


def _disturbed(turn: Turn, event: Body, url: str, secret: str) -> None:
    """Put an event in the queue as often, as late and as surely as was commanded."""
    trouble = turn.setting("webhooks", CALM)
    state = "pending"
    if trouble["drop"] > 0:
        state = "dropped"
        turn.put_setting("webhooks", {**trouble, "drop": trouble["drop"] - 1})
    body = json.dumps({**event, "pending_webhooks": 1}, indent=2).encode()
    for _ in range(trouble["copies"]):
        put(turn, event, url, secret, body, state=state, delay=trouble["delay"])


def put(
    turn: Turn,
    event: Body,
    url: str,
    secret: str,
    body: bytes,
    *,
    given: dict[str, str] | None = None,
    state: str = "pending",
    delay: float = 0,
) -> None:
    """Put one delivery in the queue."""
    turn.database.execute(
        "INSERT INTO delivery (event, type, url, secret, body, headers, state, due)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            event["id"],
            event["type"],
            url,
            secret,
            body,
            None if given is None else json.dumps(given),
            state,
            time.time() + delay,
        ],
    )


def deliveries(turn: Turn, *, state: str | None = None) -> list[Delivery]:
    """Return all deliveries, or those of one state, oldest first."""
    rows = turn.database.execute(
        "SELECT * FROM delivery WHERE state = ? OR ? IS NULL ORDER BY seq", [state, state]
    )
    return [_delivery(row) for row in rows]


def send_again(turn: Turn, event: str, *, copies: int = 1) -> int:
    """Put deliveries of an event back in the queue, also dropped ones; return how many."""
    found = [each for each in deliveries(turn) if each.event == event]
    addresses = {each.url: each for each in found}
    for each in addresses.values():
        for _ in range(copies):
            put(turn, {"id": event, "type": each.type}, each.url, each.secret, each.body)
    return len(addresses) * copies


def send_due(store: Store, *, everything: bool = False) -> list[Delivery]:
    """Post what is due, or all that waits; return what was posted, with the answers.

    A shuffled queue leaves in another order; a held one leaves only when `everything` must.
    """
    sent = []
    while (delivery := _claim(store, everything=everything)) is not None:
        status = _post(delivery)
        sent.append(delivery)
        _note(store, delivery, status)
    return sent


def _claim(store: Store, *, everything: bool) -> Delivery | None:
    """Take one delivery out of the queue, so that nobody else posts it as well."""
    with store.turn() as turn:
        trouble = turn.setting("webhooks", CALM)
        if trouble["hold"] and not everything:
            return None
        due = time.time() if not everything else float("inf")
        rows = turn.database.execute(
            "SELECT * FROM delivery WHERE state = 'pending' AND due <= ? ORDER BY due, seq", [due]
        ).fetchall()
        if not rows:
            return None
        row = random.choice(rows) if trouble["shuffle"] else rows[0]  # noqa: S311 - no secret
        turn.database.execute(
            "UPDATE delivery SET state = 'sending', attempts = attempts + 1 WHERE seq = ?",
            [row["seq"]],
        )
        return _delivery(row)


def _post(delivery: Delivery) -> int | None:
    """Return what the listener answers; nothing when nobody listens."""
    request = Request(  # noqa: S310 - an address that the owner of the demo gave
        delivery.url, data=delivery.body, headers=delivery.headers, method="POST"
    )
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - likewise
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code
    except (URLError, OSError, ValueError):
        return None


def _note(store: Store, delivery: Delivery, status: int | None) -> None:
    """Keep what the listener answered, and try again later when it did not take the event."""
    with store.turn() as turn:
        row = turn.database.execute(
            "SELECT attempts FROM delivery WHERE seq = ?", [delivery.seq]
        ).fetchone()
        tried = row["attempts"] - 1
        state, due = "delivered", time.time()
        if status is None or not 200 <= status < 300:  # noqa: PLR2004 - HTTP's own numbers
            again = tried < len(RETRIES)
            state = "pending" if again else "failed"
            due += RETRIES[tried] if again else 0
        turn.database.execute(
            "UPDATE delivery SET state = ?, due = ?, status = ? WHERE seq = ?",
            [state, due, status, delivery.seq],
        )


def _delivery(row: sqlite3.Row) -> Delivery:
    names = ("seq", "event", "type", "url", "secret", "body", "state", "status")
    return Delivery(**{name: row[name] for name in names}, given_headers=row["headers"])
