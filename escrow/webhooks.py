"""Reading what a gateway posts to us: signed bytes in, a message or a refusal out.

The signature is Stripe's scheme v1 (docs.stripe.com/webhooks/signature): HMAC-SHA256 of the time, a
point and the raw body. Its package accepts times in the future and stumbles over bodies that are
not UTF-8, not JSON or not an object, so that the little there is to do is done here.
"""

import hmac
import json
import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from escrow.gateway import ForgedMessage, Message

LONGEST_HEADER = 4096
LONGEST_ID = 200


def read_message(
    body: bytes, header: str, *, secret: str, at: datetime, tolerance: timedelta
) -> Message:
    """Return what a signed body says.

    Raises:
        ForgedMessage: its signature or its time is wrong, or it is no event.
    """
    stamp, signatures = _parts(header)
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()
    if not any(hmac.compare_digest(expected.encode(), each.encode()) for each in signatures):
        raise ForgedMessage(why="the signature is wrong")
    if abs(at.timestamp() - stamp) > tolerance.total_seconds():
        raise ForgedMessage(why="its time is too far from ours")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise ForgedMessage(why="it is not JSON") from None
    return message_of(said)


def message_of(said: Any) -> Message:
    """Return the message that an event makes; of its object only the id is believed.

    Raises:
        ForgedMessage: it is no event.
    """
    try:
        found = Message(
            id=said["id"],
            kind=said["type"],
            object_id=said["data"]["object"]["id"],
            account=said.get("account") or "",
        )
    except (TypeError, KeyError, AttributeError):
        raise ForgedMessage(why="it is no event") from None
    words = (found.id, found.kind, found.object_id, found.account)
    if not all(isinstance(word, str) and len(word) <= LONGEST_ID for word in words):
        raise ForgedMessage(why="it is no event")
    return found


def _parts(header: str) -> tuple[int, list[str]]:
    """Split `t=…,v1=…,v1=…`; other schemes are not believed."""
    pairs = [part.partition("=") for part in header[:LONGEST_HEADER].split(",")]
    times = [value for name, _, value in pairs if name.strip() == "t"]
    if len(times) != 1 or not re.fullmatch("[0-9]{1,11}", times[0]):
        raise ForgedMessage(why="it is not signed")
    return int(times[0]), [value for name, _, value in pairs if name.strip() == "v1"]
