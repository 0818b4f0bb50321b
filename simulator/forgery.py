"""Deliveries that must not be believed, or not be believed twice: each trick by its name."""

import json
import time
from collections.abc import Callable

from simulator.call import VERSION
from simulator.deliveries import headers, put, sign
from simulator.errors import PLATFORM, Body
from simulator.store import Turn, new_id

HOUR = 3_600
Made = tuple[bytes, dict[str, str]]


def send(turn: Turn, trick: str, *, url: str, fields: Body) -> Body:
    """Put one forged delivery in the queue, for one address or for all.

    Raises:
        ValueError: there is no such trick, or nobody listens.
    """
    if trick not in TRICKS:
        raise ValueError(f"no trick {trick}: there are {', '.join(TRICKS)}")
    endpoints = turn.select("webhook_endpoint", account=PLATFORM)
    chosen = {each["url"]: each["_"]["secret"] for each in endpoints if url in ("", each["url"])}
    if not chosen:
        raise ValueError("nobody listens there")
    event = _event(turn, fields)
    for address, secret in chosen.items():
        body, given = TRICKS[trick](json.dumps(event, indent=2).encode(), secret)
        put(turn, event, address, secret, body, given=given)
    return {"event": event["id"], "sent": len(chosen)}


def _event(turn: Turn, fields: Body) -> Body:
    """Return an event that never was, with the given type and object."""
    return {
        "id": fields.get("id", new_id("evt")),
        "object": "event",
        "account": None,
        "api_version": VERSION,
        "created": turn.now,
        "data": {"object": fields.get("object", {"id": "pi_forged", "object": "payment_intent"})},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": fields.get("type", "payment_intent.succeeded"),
    }


def _signed(change: Callable[[bytes], bytes], seconds: int = 0) -> Callable[[bytes, str], Made]:
    """Make a trick that signs rightly what it changed."""

    def trick(body: bytes, secret: str) -> Made:
        body = change(body)
        at = int(time.time()) + seconds
        return body, headers(sign(body, secret, at=at))

    return trick


def _same(body: bytes) -> bytes:
    return body


def _wrong_secret(body: bytes, _secret: str) -> Made:
    return body, headers(sign(body, "whsec_of_somebody_else"))


def _changed_body(body: bytes, secret: str) -> Made:
    return body.replace(b"pi_forged", b"pi_f0rged"), headers(sign(body, secret))


def _no_signature(body: bytes, _secret: str) -> Made:
    return body, {"Content-Type": "application/json"}


def _old_scheme(body: bytes, secret: str) -> Made:
    return body, headers(sign(body, secret).replace("v1=", "v0="))


def _malformed(body: bytes, _secret: str) -> Made:
    return body, headers("t=,v1=,;;=")


def _huge_header(body: bytes, secret: str) -> Made:
    return body, headers(sign(body, secret) + ",v1=" + "0" * 7_000)


TRICKS: dict[str, Callable[[bytes, str], Made]] = {
    "wrong_secret": _wrong_secret,
    "changed_body": _changed_body,
    "no_signature": _no_signature,
    "old_scheme": _old_scheme,
    "malformed": _malformed,
    "huge_header": _huge_header,
    "too_old": _signed(_same, -HOUR),
    "from_the_future": _signed(_same, 24 * HOUR),
    "never_happened": _signed(_same),
    "not_utf8": _signed(lambda body: body.replace(b"pi_forged", b"\xff\xfe")),
    "not_json": _signed(lambda _: b"<html>"),
    "a_list": _signed(lambda _: b"[1, 2, 3]"),
    "empty": _signed(lambda _: b""),
}
