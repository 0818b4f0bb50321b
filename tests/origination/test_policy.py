from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest

from kernel import Currency, Money, Rate
from origination import UnusablePolicy
from origination.policy import Table


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def test_values_are_read_by_kind() -> None:
    table = Table(
        {"a": "words", "b": 7, "c": "red", "d": "12.61", "e": "25.00", "f": [1, 2]}, "file"
    )

    assert table.text("a") == "words"
    assert table.whole("b") == 7
    assert table.word("c", Colour) is Colour.RED
    assert table.share("d") == Rate.percent("12.61")
    assert table.money("e", Currency.USD) == Money(2500, Currency.USD)
    assert table.list_of("f", int, "[1]") == (1, 2)
    table.finish()


Reading = Callable[[Table], Any]


@pytest.mark.parametrize(
    ("values", "reading", "message"),
    [
        ({}, lambda t: t.text("a"), 'In file.a: it is missing. Add `a = "words"`.'),
        ({"a": 1}, lambda t: t.text("a"), "In file.a: 1 does not fit. Write it like"),
        ({"a": True}, lambda t: t.whole("a"), "True does not fit"),
        ({"a": 0}, lambda t: t.whole("a", least=1), "0 is too small. Write at least 1."),
        ({"a": "green"}, lambda t: t.word("a", Colour), "Choose one of: red, blue."),
        ({"a": "much"}, lambda t: t.share("a"), "'much' is no rate. “much” is not a rate"),
        ({"a": "-1"}, lambda t: t.share("a"), "-1 is below zero. Write zero or more."),
        ({"a": "1.005"}, lambda t: t.money("a", Currency.USD), "'1.005' is no amount."),
        ({"a": "-1"}, lambda t: t.money("a", Currency.USD), "-1 is below zero."),
        ({"a": [1, "b"]}, lambda t: t.list_of("a", int, "[1]"), "an item does not fit"),
        ({"a": [1, 1]}, lambda t: t.list_of("a", int, "[1]"), "Name each item once."),
        ({"a": 1}, lambda t: t.table("a"), "1 does not fit"),
        ({"a": [1]}, lambda t: list(t.tables("a")), "In file.a[1]: this is no table."),
    ],
)
def test_an_error_says_where_it_is_and_how_to_mend_it(
    values: dict[str, Any], reading: Reading, message: str
) -> None:
    with pytest.raises(UnusablePolicy) as refusal:
        reading(Table(values, "file"))

    assert message in str(refusal.value)


def test_a_misspelt_name_is_found() -> None:
    table = Table({"days": 14, "dais": 15}, "file")
    table.whole("days")

    with pytest.raises(UnusablePolicy, match=r"file\.dais: nobody reads this name.*days"):
        table.finish()
