from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from flask import Flask
from flask_babel import force_locale

from kernel import Currency, Money, Rate
from marketplace import formats
from tests.support.web import NOON

USD, CNY, JPY = Currency.USD, Currency.CNY, Currency.JPY


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(params=["en", "zh"])
def language(app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    with app.test_request_context(), force_locale(request.param):
        yield request.param


def test_amounts_are_written_with_their_currency(language: str) -> None:
    written = [formats.money(Money(123450, USD)), formats.money(Money(123450, CNY))]

    assert (
        written
        == {
            "en": ["$1,234.50", "CN¥1,234.50"],
            "zh": ["US$1,234.50", "¥1,234.50"],
        }[language]
    )


@pytest.mark.parametrize("currency", Currency)
@pytest.mark.parametrize("minor", [0, 5, 99, 100, 99_999, 100_000, 123_456_789_012])
def test_amounts_are_written_as_babel_writes_them(
    language: str, minor: int, currency: Currency
) -> None:
    amount = Money(minor, currency)

    assert formats.money(amount) == format_currency(amount.decimal, currency, locale=language)


@pytest.mark.parametrize("fraction", ["0", "0.00005", "0.12345", "0.99995", "12.3456"])
def test_shares_are_written_as_babel_writes_them(language: str, fraction: str) -> None:
    hundredfold = Decimal(fraction) * 100

    assert formats.pct(Decimal(fraction)) == (
        format_decimal(hundredfold, format="#,##0.00", locale=language) + "%"
    )


def test_a_yen_has_no_smaller_part(language: str) -> None:
    assert formats.money(Money(1234, JPY)).endswith("1,234"), language


def test_signs_stand_before_the_amount(language: str) -> None:
    loss, gain = Money(-500, USD), Money(500, USD)

    assert formats.money(loss)[0] == "−", language
    assert formats.money(gain, sign=True)[0] == "+"
    assert formats.money(Money(0, USD), sign=True)[0] not in "+−"


def test_headlines_leave_the_cents_away(language: str) -> None:
    assert formats.money_short(Money(123450, USD)).endswith("$1,234"), language


def test_rates_keep_two_decimals(language: str) -> None:
    assert formats.pct(Rate.percent("12.6")) == "12.60%", language
    assert formats.pct(Decimal("-0.0125"), digits=1, sign=True) == "−1.2%"
    assert formats.pct(Decimal("0.5"), digits=0, sign=True) == "+50%"


def test_days_are_written_out(language: str) -> None:
    day = date(2026, 11, 6)

    assert (formats.day(day), formats.day_short(day)) == {
        "en": ("6 Nov 2026", "6 Nov"),
        "zh": ("2026年11月6日", "11月6日"),
    }[language]


def test_moments_are_written_to_the_minute_in_the_markets_time_zone(
    app: Flask, language: str
) -> None:
    app.config["TIMEZONE"] = "Asia/Shanghai"

    written = formats.moment(datetime(2026, 11, 6, 20, 30, tzinfo=UTC))

    assert written == {"en": "7 Nov 2026, 04:30", "zh": "2026年11月7日 04:30"}[language]


def test_distances_are_told_in_words(language: str) -> None:
    assert (formats.ago(NOON - timedelta(days=3)), formats.ago(NOON + timedelta(hours=2))) == {
        "en": ("3 days ago", "in 2 hours"),
        "zh": ("3天前", "2小时后"),
    }[language]


@pytest.mark.parametrize(
    ("distance", "told"),
    [
        (timedelta(days=8), "in 8 days"),
        (timedelta(days=20), "in 20 days"),
        (timedelta(hours=30), "in 30 hours"),
        (timedelta(minutes=80), "in 80 minutes"),
        (timedelta(days=-90), "3 months ago"),
        (timedelta(days=-800), "2 years ago"),
        (timedelta(0), "in 0 seconds"),
    ],
)
def test_a_deadline_is_told_in_days_never_in_weeks(
    app: Flask, distance: timedelta, told: str
) -> None:
    with app.test_request_context(), force_locale("en"):
        assert formats.ago(NOON + distance) == told


def test_nothing_is_a_dash(language: str) -> None:
    nothing = [
        formats.money(None),
        formats.money_short(None),
        formats.number(None),
        formats.pct(None),
        formats.day(None),
        formats.day_short(None),
        formats.moment(None),
        formats.ago(None),
        formats.chart_value(None, "money", "USD"),
    ]

    assert set(nothing) == {"–"}, language


def test_the_table_below_a_chart_is_written_like_the_rest(language: str) -> None:
    assert formats.chart_value("1234.5", "money", "USD").endswith("$1,234.50"), language
    assert formats.chart_value(Decimal("0.0871"), "percent") == "8.71%"
    assert formats.chart_value(1234, "number") == "1,234"
