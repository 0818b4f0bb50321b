"""A market and a plan as bytes, so that a batch can be made again from what it saw."""

import json
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.columns import Holdings, Lenders, Limits, Listings, Mandates, Vocabulary
from matching.criteria import Criteria, Profiles
from matching.market import Market, Plan
from matching.packed import Columns, pack, pack_keys, unpack, unpack_keys

TABLES = {
    "listings": Listings,
    "lenders": Lenders,
    "mandates": Mandates,
    "holdings": Holdings,
    "limits": Limits,
}


def freeze(market: Market) -> bytes:
    """Return a market as bytes; those of two equal markets are equal."""
    columns: dict[str, NDArray[Any]] = {"words": _text(_words(market))}
    for name in TABLES:
        columns |= _laid_out(name, getattr(market, name))
    return pack(columns)


def _words(market: Market) -> dict[str, Any]:
    """Return what is not a number: the vocabulary and the criteria."""
    words = market.listings.words
    return {
        "vocabulary": {field.name: getattr(words, field.name) for field in fields(words)},
        "criteria": [each.to_json() for each in market.profiles.criteria],
    }


def _text(value: Any) -> NDArray[Any]:
    text = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return np.frombuffer(text, dtype=np.uint8)


def _laid_out(name: str, table: Any) -> dict[str, NDArray[Any]]:
    """Return the columns of a table under its name; its keys as two columns."""
    columns: dict[str, NDArray[Any]] = {}
    for field in fields(table):
        value = getattr(table, field.name)
        if field.name == "keys":
            columns |= pack_keys(f"{name}.keys", value)
        elif isinstance(value, np.ndarray):
            columns[f"{name}.{field.name}"] = value
    return columns


def thaw(data: bytes) -> Market:
    """Return the market that was frozen."""
    columns = unpack(data)
    words = json.loads(columns["words"].tobytes())
    vocabulary = Vocabulary(**{name: tuple(each) for name, each in words["vocabulary"].items()})
    criteria = [Criteria.from_json(each) for each in words["criteria"]]
    tables = {name: _read(name, table, columns, vocabulary) for name, table in TABLES.items()}
    return Market(profiles=Profiles.of(criteria, vocabulary), **tables)


def _read(name: str, table: type[Any], columns: Columns, words: Vocabulary) -> Any:
    prefix = f"{name}."
    found: dict[str, Any] = {
        key.removeprefix(prefix): column
        for key, column in columns.items()
        if key.startswith(prefix) and not key.startswith(f"{prefix}keys.")
    }
    names = {field.name for field in fields(table)}
    if "keys" in names:
        found["keys"] = unpack_keys(f"{prefix}keys", columns)
    if "words" in names:
        found["words"] = words
    return table(**found)


def freeze_plan(plan: Plan) -> bytes:
    """Return a plan as bytes; those of two equal plans are equal."""
    return pack({field.name: getattr(plan, field.name) for field in fields(plan)})


def thaw_plan(data: bytes) -> Plan:
    """Return the plan that was frozen."""
    return Plan(**unpack(data))
