"""What a lender sends to take part in several listings at once."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kernel import Currency, Money
from marketplace.fields import Key, MoneyField, Tick
from marketplace.forms import FormSchema

FIELD = re.compile(r"amount_(\d{1,15})")


class Basket(FormSchema):
    """The part of a basket that does not depend on its listings."""

    take_less = Tick()
    consents = Tick()
    key = Key()


def basket(currencies: Mapping[int, Currency]) -> FormSchema:
    """Return a schema with an optional amount for each of these listings, by number."""
    amounts: dict[str, Any] = {
        field(number): MoneyField(currency, required=False)
        for number, currency in currencies.items()
    }
    made: FormSchema = Basket.from_dict(amounts)()  # type: ignore[assignment,unused-ignore]
    return made


def field(number: int) -> str:
    """Return the name of the field for the amount in a listing."""
    return f"amount_{number}"


def numbers(sent: Iterable[str]) -> list[int]:
    """Return the numbers of the listings that a sent basket names."""
    return [int(found[1]) for name in sent if (found := FIELD.fullmatch(name))]


def amounts(values: Mapping[str, Any]) -> dict[int, Money]:
    """Return the amounts that were filled in, by the number of their listing."""
    return {
        int(found[1]): value
        for name, value in values.items()
        if (found := FIELD.fullmatch(name)) and value is not None
    }
