"""What several families of objects do in the same way."""

import re
from typing import Any

from simulator.call import Call
from simulator.errors import Body, Refusal

CLAUSE = re.compile(
    r"""^\s*(?:metadata\[["'](?P<key>[^"']+)["']\]|(?P<field>\w+))\s*:\s*["'](?P<value>[^"']*)["']\s*$"""
)
MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500


def change(call: Call, body: Body, *names: str, **fields: Any) -> None:
    """Write the parameters of these names, the metadata and `fields` into an object."""
    body.update(call.params.some(*names), **fields)
    if "metadata" in call.params:
        body["metadata"] = merged(body["metadata"], call.params["metadata"])
    call.turn.save(body)


def merged(old: Body | None, new: Any) -> Body:
    """Return metadata as an update leaves it: an empty value takes its key away."""
    if new == "":
        return {}
    together = {**(old or {}), **new}
    kept = {key: value for key, value in together.items() if value != ""}
    check_metadata(kept)
    return kept


def check_metadata(metadata: Body) -> None:
    """See that metadata stays within Stripe's limits.

    Raises:
        Refusal: there are too many keys, or something is too long.
    """
    if len(metadata) > MOST_KEYS:
        raise Refusal(f"You can specify up to {MOST_KEYS} keys.", param="metadata")
    for key, value in metadata.items():
        if len(key) > LONGEST_KEY or len(value) > LONGEST_VALUE:
            raise Refusal(
                f"Metadata keys can be up to {LONGEST_KEY} characters long and values up to"
                f" {LONGEST_VALUE}: {key}",
                param=f"metadata[{key}]",
            )


def search(call: Call, kind: str, *, url: str) -> Body:
    """Answer a search for exact values, joined by AND."""
    asked = [_clause(part) for part in re.split(r"\s+AND\s+", call.params["query"])]
    found = [
        body
        for body in reversed(call.turn.select(kind, account=call.account))
        if all(_value(body, field, key) == value for field, key, value in asked)
    ]
    limit = call.params.get("limit", 10)
    return {
        "object": "search_result",
        "data": found[:limit],
        "has_more": len(found) > limit,
        "next_page": None,
        "url": url,
    }


def _clause(text: str) -> tuple[str, str, str]:
    match = CLAUSE.match(text)
    if match is None:
        raise Refusal(f"The demo bank searches by `field:'value'` only, not: {text}", param="query")
    return match["field"] or "metadata", match["key"] or "", match["value"]


def _value(body: Body, field: str, key: str) -> str:
    found = body.get(field)
    return str((found or {}).get(key) if key else found)


def positive(call: Call, name: str = "amount") -> int:
    """Return an amount of the call.

    Raises:
        Refusal: it is nothing, or less.
    """
    amount: int = call.params[name]
    if amount < 1:
        raise Refusal(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=name,
        )
    return amount
