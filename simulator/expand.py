"""Expanding: an id in an answer gives way to the object that it names."""

from typing import Any

from simulator import funds, shapes
from simulator.call import Call, listed
from simulator.errors import Body, Refusal

DEEPEST = 4
# Lists that an object shows only to those who ask.
LISTS = {"checkout.session": "line_items", "charge": "refunds"}


def expand(call: Call, body: Body, wishes: list[str]) -> Body:
    """Return an answer in which each wish is fulfilled.

    Raises:
        Refusal: something cannot be expanded.
    """
    for wish in wishes:
        path = wish.split(".")
        if len(path) > DEEPEST:
            raise Refusal(f"You cannot expand more than {DEEPEST} levels.", param="expand")
        body = _expanded(call, body, path, wish)
    answer: Body = _without_lists(_settled(call, body), wishes)
    return answer


def _expanded(call: Call, value: Any, path: list[str], wish: str) -> Any:
    if not path or value is None:
        return value
    if isinstance(value, list):
        return [_expanded(call, item, path, wish) for item in value]
    name, *rest = path
    if not isinstance(value, dict) or isinstance(value.get(name, 0), int):
        raise _refused(wish, name)
    inner = value[name]
    if isinstance(inner, str):
        inner = _find(call, value, name, inner, wish)
    return {**value, name: _expanded(call, inner, rest, wish)}


def _find(call: Call, value: Body, name: str, identifier: str, wish: str) -> Any:
    kind = value.get("object")
    if kind is None or not shapes.may_expand(kind, name):
        raise _refused(wish, name)
    found = call.turn.find(identifier)
    return _settled(call, found) if found is not None else identifier


def _refused(wish: str, name: str) -> Refusal:
    return Refusal(
        f"This property cannot be expanded ({name}): {wish}",
        code="property_cannot_be_expanded",
        param="expand",
    )


def _settled(call: Call, body: Any) -> Any:
    """Bring what depends on the moment up to date."""
    if isinstance(body, list):
        return [_settled(call, item) for item in body]
    if not isinstance(body, dict):
        return body
    if body.get("object") == "balance_transaction":
        return funds.as_of_now(call, body)
    if body.get("object") == "charge" and "refunds" in body:
        found = call.turn.select("refund", account=None, where={"charge": body["id"]})
        place = f"/v1/charges/{body['id']}/refunds"
        body = {**body, "refunds": listed(reversed(found), url=place)}
    return {name: _settled(call, inner) for name, inner in body.items()} if _holds(body) else body


def _holds(body: Body) -> bool:
    return body.get("object") in ("list", "search_result", "dispute")


def _without_lists(body: Any, wishes: list[str]) -> Any:
    """Leave out the lists inside an object that nobody asked for."""
    if isinstance(body, list):
        return [_without_lists(item, wishes) for item in body]
    if not isinstance(body, dict):
        return body
    hidden = LISTS.get(str(body.get("object")))
    if hidden is not None and not any(hidden in wish.split(".") for wish in wishes):
        body = {name: inner for name, inner in body.items() if name != hidden}
    if body.get("object") == "event":
        return body
    return {name: _without_lists(inner, wishes) for name, inner in body.items()}
