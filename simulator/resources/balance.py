"""The balance, the balance transactions it is the sum of, and the events."""

from stripe.params import (
    BalanceRetrieveParams,
    BalanceTransactionListParams,
    BalanceTransactionRetrieveParams,
    EventListParams,
    EventRetrieveParams,
)

from simulator import funds
from simulator.call import Call, Route
from simulator.errors import Body, Refusal

EVENT_DAYS = 30


def retrieve(call: Call) -> Body:
    """Return the balance of an account."""
    sums = funds.balance(call) or {"usd": (0, 0)}

    def side(number: int) -> list[Body]:
        return [
            {"amount": pair[number], "currency": name, "source_types": {"card": pair[number]}}
            for name, pair in sums.items()
        ]

    return {
        "object": "balance",
        "available": side(0),
        "connect_reserved": [],
        "livemode": False,
        "pending": side(1),
    }


def transaction(call: Call) -> Body:
    """Return a balance transaction."""
    return call.find("balance_transaction", call.path["id"])


def transactions(call: Call) -> Body:
    """List balance transactions."""
    where = {name: call.params.get(name) for name in ("currency", "source", "type")}
    if (payout := call.params.get("payout")) is not None:
        where["source"] = call.find("payout", payout, param="payout")["id"]
    return call.page("balance_transaction", where, url="/v1/balance_transactions")


def event(call: Call) -> Body:
    """Return an event."""
    return call.find("event", call.path["id"])


def events(call: Call) -> Body:
    """List the events of the last thirty days."""
    kinds = call.params.get("types")
    kind = call.params.get("type")
    if kind is not None and kinds is not None:
        raise Refusal("You may only specify one of these parameters: type, types.")
    more = f" AND created >= {call.now - EVENT_DAYS * funds.DAY}"
    if kinds:
        quoted = ", ".join("'" + each.replace("'", "''") + "'" for each in kinds)
        more += f" AND json_extract(body, '$.type') IN ({quoted})"
    return call.page("event", {"type": kind}, url="/v1/events", more=more)


ROUTES = (
    Route("GET", "/v1/balance", BalanceRetrieveParams, retrieve),
    Route("GET", "/v1/balance_transactions", BalanceTransactionListParams, transactions),
    Route("GET", "/v1/balance_transactions/{id}", BalanceTransactionRetrieveParams, transaction),
    Route("GET", "/v1/events", EventListParams, events),
    Route("GET", "/v1/events/{id}", EventRetrieveParams, event),
)
