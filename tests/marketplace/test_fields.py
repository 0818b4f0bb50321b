from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from kernel import Currency, Money, Rate
from marketplace.fields import (
    Choice,
    Day,
    Email,
    Field,
    Ident,
    Key,
    MoneyField,
    RateField,
    Text,
    Tick,
    Whole,
    narrowed,
)
from marketplace.forms import FormSchema

USD, CNY, JPY = Currency.USD, Currency.CNY, Currency.JPY


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def english(app: Flask) -> Any:
    with app.test_request_context():
        yield


def read(field: Field, **sent: str) -> Any:
    return FormSchema.from_dict({"it": field})().load(sent)["it"]


def refusal(field: Field, **sent: str) -> str:
    with pytest.raises(ValidationError) as error:
        read(field, **sent)
    return str(error.value.messages_dict["it"][0])


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("12000", USD, 1200000),
        ("12,000", USD, 1200000),
        ("1,234,567.89", USD, 123456789),
        ("$12,000.5", USD, 1200050),
        ("US$ 12 000", USD, 1200000),
        ("12000 USD", USD, 1200000),
        ("¥12000", CNY, 1200000),
        ("￥１２，０００．５０", CNY, 1200050),
        ("12000元", CNY, 1200000),
        ("１２０００", CNY, 1200000),
        ("\u00a012\u202f000\u00a0", USD, 1200000),
        ("¥12000", JPY, 12000),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: str, currency: Currency, minor: int) -> None:
    assert read(MoneyField(currency), it=typed) == Money(minor, currency)


@pytest.mark.parametrize(
    ("typed", "currency", "words"),
    [
        ("12.345", USD, "at most 2 digits after the point, such as 1,234.50"),
        ("12.5", JPY, "at most 0 digits"),
        ("12,00", USD, "such as 1,234.50"),
        ("1,2345", USD, "such as 1,234.50"),
        ("ten", USD, "such as 1,234.50"),
        ("1e3", USD, "in USD"),
        ("€100", USD, "in USD"),
        ("$100", CNY, "in CNY"),
        ("0", USD, "above zero"),
        ("0.00", USD, "above zero"),
        ("9" * 30, USD, "or less"),
        ("-5", USD, "such as 1,234.50"),
        ("−5", USD, "in USD"),
        ("NaN", USD, "such as"),
        ("1_000", USD, "in USD"),
    ],
)
def test_what_is_no_amount_is_refused_with_words_that_mend_it(
    typed: str, currency: Currency, words: str
) -> None:
    assert words in refusal(MoneyField(currency), it=typed)


def test_an_amount_stays_within_its_bounds() -> None:
    field = MoneyField(USD, least=Money(2500, USD), most=Money(100000, USD), step=Money(2500, USD))

    assert refusal(field, it="24.99") == "Enter $25.00 or more."
    assert refusal(field, it="1,000.01") == "Enter $1,000.00 or less."
    assert refusal(field, it="30") == "Enter a multiple of $25.00."
    assert read(field, it="50") == Money(5000, USD)


def test_the_currency_may_depend_on_the_request() -> None:
    assert read(MoneyField(lambda: CNY), it="5") == Money(500, CNY)


@given(st.integers(1, 10**15), st.sampled_from([USD, CNY, JPY]))
def test_what_the_site_writes_it_reads_back(minor: int, currency: Currency) -> None:
    amount = Money(minor, currency)

    assert read(MoneyField(currency), it=str(amount)) == amount


@given(st.text())
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    for field in (MoneyField(USD), RateField(), Day(), Whole()):
        with suppress(ValidationError):
            read(field, it=typed)


@pytest.mark.parametrize("typed", ["12.61", "12.61%", " 12.61 % ", "１２．６１％"])
def test_a_rate_is_a_percentage(typed: str) -> None:
    assert read(RateField(), it=typed) == Rate(Decimal("0.1261"))


def test_a_rate_stays_within_its_bounds() -> None:
    field = RateField(least=Rate.percent("5"), most=Rate.percent("36"))

    assert refusal(field, it="4.99") == "Enter 5% or more."
    assert refusal(field, it="36.01") == "Enter 36% or less."
    assert refusal(field, it="12.6100001") == "Enter a percentage, such as 12.61."


@pytest.mark.parametrize(
    "typed", ["2026-11-23", "2026/11/23", "2026年11月23日", "２０２６－１１－２３"]
)
def test_a_day_is_read_in_both_ways_of_writing(typed: str) -> None:
    assert read(Day(), it=typed) == date(2026, 11, 23)


@pytest.mark.parametrize("typed", ["2026-02-30", "tomorrow", "23.11.2026", "0000-01-01"])
def test_a_day_that_does_not_exist_is_refused(typed: str) -> None:
    assert "2026-11-23" in refusal(Day(), it=typed)


def test_a_whole_number_stays_within_its_bounds() -> None:
    field = Whole(least=3, most=1000)

    assert read(field, it="１，０００") == 1000
    assert refusal(field, it="2") == "Enter 3 or more."
    assert refusal(field, it="1001") == "Enter 1,000 or less."
    assert refusal(field, it="3.5") == "Enter a whole number, such as 12."


def test_one_of_a_set_is_one_of_the_set() -> None:
    field = Choice({"car": "Car"})

    assert read(field, it="car") == "car"
    assert refusal(field, it="yacht") == "Choose one of the options."


def test_an_address_is_kept_in_lower_case() -> None:
    assert read(Email(), it=" Bob@Tessera.Example ") == "bob@tessera.example"
    assert "name@example.com" in refusal(Email(), it="bob@")


def test_a_tick_that_must_be_set_says_why() -> None:
    assert read(Tick(), it="1") is True
    assert FormSchema.from_dict({"it": Tick()})().load({}) == {"it": False}
    assert refusal(Tick(must=True, missing="Agree.")) == "Agree."


def test_keys_and_ids_are_uuids() -> None:
    known = "01931f9e-0000-7000-8000-000000000000"

    assert read(Key(), it=known) == known
    assert read(Ident(), it=known) == UUID(known)
    assert "reload" in refusal(Key(), it="again")
    assert refusal(Ident(), it="again")


def test_what_may_be_left_out_is_nothing() -> None:
    assert FormSchema.from_dict({"it": Text(required=False)})().load({}) == {"it": None}


def test_a_text_has_a_length() -> None:
    assert refusal(Text(longest=3), it="four") == "Write at most 3 characters."
    assert read(Text(), it="  Bob ") == "Bob"


def test_full_width_signs_become_plain_ones() -> None:
    assert narrowed(" １２，３４．５ ") == "12,34.5"
