"""How a request is written on the wire: `a[b][0]=c` becomes nested dictionaries of words."""

import re
from collections.abc import Iterable
from typing import Any

from simulator.errors import InvalidParams

KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
PART = re.compile(r"\[([^\[\]]*)\]")


def read_form(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the tree that the pairs of a form or a query describe; lists keep their numbers."""
    tree: dict[str, Any] = {}
    for key, value in pairs:
        _put(tree, _path(key), value, key)
    return tree


def _path(key: str) -> list[str]:
    found = KEY.match(key)
    if found is None:
        raise InvalidParams(f"Invalid parameter name: {key}", param=key)
    return [found[1], *PART.findall(found[2])]


def _put(tree: dict[str, Any], path: list[str], value: str, key: str) -> None:
    *folders, last = path
    for name in folders:
        inner = tree.setdefault(name or str(len(tree)), {})
        if not isinstance(inner, dict):
            raise InvalidParams(f"Invalid parameter: {key}", param=key)
        tree = inner
    tree[last or str(len(tree))] = value
