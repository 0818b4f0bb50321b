"""Trouble on command: what a network and a busy server do to a call, before or after its effect."""

import select
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from simulator.errors import Body
from simulator.store import Turn

BEFORE, DURING, AFTER = MOMENTS = ("before", "during", "after")
KINDS = ("timeout", "conflict", "rate_limit", "server_error", "reset")
STATUS = {"conflict": 409, "rate_limit": 429, "server_error": 500}
ANSWERS: dict[str, Body] = {
    "conflict": {
        "code": "lock_timeout",
        "message": "This object cannot be accessed right now because another API request or"
        " Stripe process is currently accessing it.",
        "type": "invalid_request_error",
    },
    "rate_limit": {
        "code": "rate_limit",
        "message": "Request rate limit exceeded.",
        "type": "invalid_request_error",
    },
    "server_error": {"message": "An unknown error occurred.", "type": "api_error"},
}


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a call.

    Attributes:
        moment: before the effect, which then does not happen; after it; or during the call, whose
            key is then in use for as long as it is held.
        seconds: how long a call that times out is held.
    """

    kind: str
    moment: str
    seconds: float


def order(turn: Turn, given: Body) -> None:
    """Note what is to go wrong: `kind`, `moment`, `method`, `path`, `times`, `skip`, `seconds`."""
    kind, moment = given["kind"], given.get("moment", BEFORE)
    if kind not in KINDS or moment not in MOMENTS:
        raise ValueError(f"no such fault: {kind} {moment}")
    values = [
        given.get("method", "*").upper(),
        given.get("path", "*"),
        kind,
        moment,
        float(given.get("seconds", 5)),
        int(given.get("skip", 0)),
        int(given.get("times", 1)),
    ]
    turn.database.execute(
        "INSERT INTO fault (method, path, kind, moment, seconds, skip, remaining)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        values,
    )


def clear(turn: Turn) -> None:
    """Let everything go well again."""
    turn.database.execute("DELETE FROM fault")


def take(turn: Turn, method: str, path: str) -> Fault | None:
    """Return what is to go wrong with this call, if anything; the path may hold `*`."""
    row = turn.database.execute(
        "SELECT * FROM fault WHERE remaining > 0 AND method IN (?, '*') AND ? GLOB path"
        " ORDER BY seq LIMIT 1",
        [method, path],
    ).fetchone()
    if row is None:
        return None
    column = "skip" if row["skip"] > 0 else "remaining"
    turn.database.execute(f"UPDATE fault SET {column} = {column} - 1 WHERE seq = ?", [row["seq"]])  # noqa: S608 - one of two names
    if column == "skip":
        return None
    return Fault(row["kind"], row["moment"], row["seconds"])


def hang_up(environ: dict[str, Any], fault: Fault) -> None:
    """End the connection without an answer: at once, or when the client has waited enough."""
    line = environ.get("werkzeug.socket") or environ.get("gunicorn.socket")
    if fault.kind == "timeout" and fault.moment != DURING:
        _hold(line, fault.seconds)
    if line is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with suppress(OSError):  # the client was quicker
            line.shutdown(socket.SHUT_RDWR)


def _hold(line: Any, seconds: float) -> None:
    """Wait until the client gives up, or the time is over."""
    if line is None:
        time.sleep(seconds)
        return
    select.select([line], [], [], seconds)
