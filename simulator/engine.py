"""How a call is answered: known key first, then one turn of the store, then what is remembered."""

import hashlib
import json
import logging
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator import faults, shapes
from simulator.call import Call, Params, Route, visible
from simulator.clock import catch_up
from simulator.errors import PLATFORM, Body, InvalidParams, Refusal
from simulator.expand import expand
from simulator.funds import DAY
from simulator.routes import find_route
from simulator.store import Store, Turn, new_id

log = logging.getLogger(__name__)
LONGEST_KEY = 255
# Whoever died in the middle of a call is not waited for any longer.
ABANDONED = 60
OK = 200
BROKEN = 500


@dataclass
class Asked:
    """A call as it came over the wire."""

    method: str
    path: str
    tree: Body
    account: str = PLATFORM
    key: str | None = None
    base: str = ""
    request_id: str = field(default_factory=lambda: new_id("req"))

    @property
    def fingerprint(self) -> str:
        """Return what two calls with one key must share."""
        told = json.dumps([self.method, self.path, self.tree], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class Reply:
    """What is answered: a status, a body, and whether it was remembered from before."""

    status: int
    body: Body
    replayed: bool = False


def answer(store: Store, asked: Asked) -> tuple[Reply, faults.Fault | None]:
    """Answer a call, and say what is to go wrong with it."""
    with store.turn() as turn:
        fault = faults.take(turn, asked.method, asked.path)
    if fault is not None and fault.moment == faults.BEFORE:
        return _spoilt(fault), fault
    reply = _answer(store, asked, fault)
    return (_spoilt(fault) if fault else reply), fault


def _spoilt(fault: faults.Fault) -> Reply:
    status = faults.STATUS.get(fault.kind, 0)
    return Reply(status, {"error": faults.ANSWERS.get(fault.kind, {})})


def _answer(store: Store, asked: Asked, fault: faults.Fault | None) -> Reply:
    try:
        _check_key(asked)
        route, path = find_route(asked.method, asked.path)
        params = Params(shapes.read_params(route.params, asked.tree))
    except Refusal as refusal:
        return Reply(refusal.status, refusal.body)
    if asked.key is None or asked.method != "POST":
        return _perform(store, asked, route, path, params)
    with store.turn() as turn:
        known = _claim(turn, asked)
    if fault is not None and fault.moment == faults.DURING:
        time.sleep(fault.seconds)
    return known or _perform(store, asked, route, path, params, fault=fault)


def _check_key(asked: Asked) -> None:
    if asked.key is not None and len(asked.key) > LONGEST_KEY:
        raise Refusal(f"Idempotency keys can be up to {LONGEST_KEY} characters long.")


def _claim(turn: Turn, asked: Asked) -> Reply | None:
    """Take a key for this call; return what is answered instead where somebody had it before."""
    whose = [asked.account, asked.key]
    row = turn.database.execute("SELECT * FROM answer WHERE account = ? AND key = ?", whose)
    known = row.fetchone()
    if known is not None and _is_over(turn, known):
        _release(turn, asked)
        known = None
    if known is None:
        turn.database.execute(
            "INSERT INTO answer (account, key, request, at, began) VALUES (?, ?, ?, ?, ?)",
            [*whose, asked.fingerprint, turn.now, time.time()],
        )
        return None
    if known["request"] != asked.fingerprint:
        refusal = Refusal(
            "Keys for idempotent requests can only be used with the same parameters they were"
            f" first used with. Try using a key other than '{asked.key}' if you meant to execute"
            " a different request.",
            kind="idempotency_error",
        )
        return Reply(refusal.status, refusal.body)
    if known["status"] is None:
        message = "There is currently another in-progress request using this Idempotency Key."
        refusal = Refusal(
            message, status=409, code="idempotency_key_in_use", kind="idempotency_error"
        )
        return Reply(refusal.status, refusal.body)
    return Reply(known["status"], json.loads(known["body"]), replayed=True)


def _is_over(turn: Turn, known: sqlite3.Row) -> bool:
    """Say whether a key is forgotten: after a day, or when its call died before it was answered."""
    if known["at"] <= turn.now - DAY:
        return True
    return known["status"] is None and known["began"] < time.time() - ABANDONED


def _release(turn: Turn, asked: Asked) -> None:
    turn.database.execute(
        "DELETE FROM answer WHERE account = ? AND key = ?", [asked.account, asked.key]
    )


def _perform(
    store: Store,
    asked: Asked,
    route: Route,
    path: dict[str, str],
    params: Params,
    *,
    fault: faults.Fault | None = None,
) -> Reply:
    """Do what a call asks in one turn, and remember the answer with its effect."""
    with store.turn() as turn:
        catch_up(turn, base=asked.base)
        call = Call(turn, params, path, asked.account, asked.base, asked.request_id, asked.key)
        reply = guarded(turn, lambda: _body(call, route))
        if asked.key is not None and asked.method == "POST":
            _remember(turn, asked, _spoilt(fault) if _is_broken(fault) and fault else reply)
    return reply


def _is_broken(fault: faults.Fault | None) -> bool:
    """Say whether a fault is a result that is remembered; others lose the answer on its way."""
    return fault is not None and fault.kind == "server_error"


def guarded(turn: Turn, act: Callable[[], Body]) -> Reply:
    """Return what comes of an act; a refusal undoes it, unless it keeps what was noted."""
    try:
        with turn.part():
            return Reply(OK, act())
    except Refusal as refusal:
        return Reply(refusal.status, refusal.body)
    except Exception:
        log.exception("the demo bank failed")
        return Reply(BROKEN, {"error": faults.ANSWERS["server_error"]})


def _body(call: Call, route: Route) -> Body:
    if call.account != PLATFORM and call.turn.find(call.account, account=PLATFORM) is None:
        raise Refusal(
            f"The provided key does not have access to account '{call.account}'.",
            status=403,
            code="account_invalid",
        )
    body = route.handler(call)
    if call.params.unread:
        name = min(call.params.unread)
        raise InvalidParams(f"The demo bank does not simulate the parameter {name}.", param=name)
    expanded: Body = visible(expand(call, body, call.params.get("expand") or []))
    if faulty := list(shapes.problems(expanded)):
        raise AssertionError("; ".join(faulty))
    return expanded


def _remember(turn: Turn, asked: Asked, reply: Reply) -> None:
    turn.database.execute(
        "UPDATE answer SET status = ?, body = ? WHERE account = ? AND key = ?",
        [reply.status, json.dumps(reply.body), asked.account, asked.key],
    )
