"""Numbers, amounts and dates in the reader's language; templates use them as filters.

Both languages put the symbol first, a comma between thousands and a point before the cents. A page
writes hundreds of figures, so they are put together here; the tests hold them against Babel.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeAlias

from babel.dates import format_date, format_timedelta, get_timezone
from babel.numbers import format_decimal, get_currency_symbol
from flask import Flask, current_app

from kernel import Currency, Money, Rate
from marketplace import clock
from marketplace.i18n import language

Unit: TypeAlias = Literal["year", "month", "day", "hour", "minute", "second"]

EN_DASH = "–"
MINUS = "\N{MINUS SIGN}"

# From which distance on a unit is counted; weeks are too coarse for a deadline.
UNITS: tuple[tuple[timedelta, Unit], ...] = (
    (timedelta(days=730), "year"),
    (timedelta(days=60), "month"),
    (timedelta(hours=36), "day"),
    (timedelta(minutes=90), "hour"),
    (timedelta(seconds=90), "minute"),
    (timedelta(0), "second"),
)
NEVER = 10**9


def init_formats(app: Flask) -> None:
    """Offer the formats to every template."""
    app.jinja_env.filters |= {
        "money": money,
        "money_short": money_short,
        "number": number,
        "pct": pct,
        "day": day,
        "day_short": day_short,
        "month": month,
        "moment": moment,
        "ago": ago,
        "chart_value": chart_value,
    }


def money(amount: Money | None, *, sign: bool = False) -> str:
    """Write an amount with its currency: `$1,234.50`, or `US$1,234.50` for a Chinese reader.

    Args:
        amount: what to write; nothing becomes a dash.
        sign: put a plus before a positive amount, as in a list of movements.
    """
    if amount is None:
        return EN_DASH
    text = _amount(abs(amount.minor), amount.currency)
    if amount.minor < 0:
        return MINUS + text
    return f"+{text}" if sign and amount.is_positive else text


def money_short(amount: Money | None) -> str:
    """Write an amount without its minor units, for headlines: `$1,234`."""
    if amount is None:
        return EN_DASH
    whole = int(amount.decimal.to_integral_value())
    return f"{MINUS if whole < 0 else ''}{_symbol(amount.currency, language())}{abs(whole):,}"


def _amount(minor: int, currency: Currency) -> str:
    """Write an amount that is not negative."""
    decimals = currency.exponent
    whole, part = divmod(minor, 10**decimals)
    cents = f".{part:0{decimals}}" if decimals else ""
    return f"{_symbol(currency, language())}{whole:,}{cents}"


@lru_cache
def _symbol(currency: str, tongue: str) -> str:
    return str(get_currency_symbol(currency, locale=tongue))


def number(value: float | Decimal | None) -> str:
    """Write a plain number with thousands separated."""
    if value is None:
        return EN_DASH
    text = f"{value:,}" if isinstance(value, int) else format_decimal(value, locale=language())
    return text.replace("-", MINUS)


def pct(value: Rate | Decimal | None, *, digits: int = 2, sign: bool = False) -> str:
    """Write a rate or a fraction as a percentage with a fixed number of decimals: `12.61%`."""
    if value is None:
        return EN_DASH
    fraction = value.value if isinstance(value, Rate) else value
    text = f"{abs(fraction) * 100:,.{digits}f}%"
    if fraction < 0:
        return MINUS + text
    return f"+{text}" if sign and fraction > 0 else text


def written(value: object) -> str:
    """Write any fact of a message the way the pages do."""
    match value:
        case Money():
            return money(value)
        case Rate():
            return pct(value)
        case date():
            return moment(value) if isinstance(value, datetime) else day(value)
        case int() | Decimal():
            return number(value)
        case _:
            return str(value)


def day(value: date | datetime | None) -> str:
    """Write a calendar day: `26 Nov 2026`, or `2026年11月26日`."""
    if value is None:
        return EN_DASH
    return _date(value, "d MMM y", "y年M月d日")


def day_short(value: date | datetime | None) -> str:
    """Write a day without its year, where the year is plain: `26 Nov`."""
    if value is None:
        return EN_DASH
    return _date(value, "d MMM", "M月d日")


def month(value: date | None) -> str:
    """Write a month: `Nov 2026`, or `2026年11月`."""
    if value is None:
        return EN_DASH
    return _date(value, "MMM y", "y年M月")


def moment(value: datetime | None) -> str:
    """Write an instant to the minute, in the marketplace's time zone."""
    if value is None:
        return EN_DASH
    here = value.astimezone(get_timezone(current_app.config["TIMEZONE"]))
    return f"{_date(here, 'd MMM y,', 'y年M月d日')} {here:%H:%M}"


def ago(value: datetime | None) -> str:
    """Write how far an instant is from now: `3 days ago`, `in 2 hours`."""
    if value is None:
        return EN_DASH
    distance = value.astimezone(UTC) - clock.now()
    unit = next(unit for least, unit in UNITS if abs(distance) >= least)
    return format_timedelta(
        distance, granularity=unit, threshold=NEVER, add_direction=True, locale=language()
    )


def _date(value: date, english: str, chinese: str) -> str:
    day = value.date() if isinstance(value, datetime) else value
    tongue = language()
    return _dated(day, chinese if tongue == "zh" else english, tongue)


@lru_cache(maxsize=4096)
def _dated(day: date, pattern: str, tongue: str) -> str:
    return format_date(day, pattern, locale=tongue)


def chart_value(value: Decimal | float | str | None, kind: str, currency: str | None = None) -> str:
    """Write a figure of a chart's data in the table that stands below it."""
    if value is None:
        return EN_DASH
    figure = Decimal(str(value))
    if kind == "percent":
        return pct(figure)
    if kind == "money" and currency:
        return money(_of(figure, Currency(currency)))
    return number(figure)


def _of(figure: Decimal, currency: Currency) -> Money:
    return Money(round(figure.scaleb(currency.exponent)), currency)
