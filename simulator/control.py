"""Commands to the demo bank, beside the API: what a test or a demo wants to happen.

Everything is posted as JSON and answered as JSON; nothing here exists at Stripe.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from simulator import commands
from simulator.errors import Refusal
from simulator.store import Store

control = Blueprint("control", __name__, url_prefix="/_control")
Command = Callable[..., Any]
COMMANDS: dict[str, Command] = {
    "account": commands.account,
    "clock": commands.clock,
    "deliver": commands.deliver,
    "dispute": commands.dispute,
    "faults": commands.fault,
    "forge": commands.forge,
    "fund": commands.fund,
    "payout": commands.payout,
    "refund": commands.refund,
    "return": commands.return_debit,
    "settle": commands.settle,
    "webhooks": commands.webhooks,
}


@control.post("/<name>")
def command(name: str) -> tuple[Response, int]:
    """Do what is commanded."""
    store: Store = current_app.extensions["store"]
    if name not in COMMANDS:
        return jsonify(error=f"no command {name}: there are {', '.join(COMMANDS)}"), 404
    try:
        return jsonify(COMMANDS[name](store, **(request.get_json(silent=True) or {}))), 200
    except (Refusal, TypeError, ValueError, KeyError) as error:
        return jsonify(error=str(error)), 400


@control.get("/deliveries")
def deliveries() -> Response:
    """List the deliveries of events, oldest first."""
    return jsonify(commands.list_deliveries(current_app.extensions["store"]))
