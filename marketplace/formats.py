"""Numbers, amounts and dates in the reader's language; templates use them as filters."""

from datetime import UTC, date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta, get_timezone
from babel.numbers import format_currency, format_decimal
from flask import Flask, current_app
from flask_babel import get_locale

from kernel import Money, Rate
from marketplace import clock

EN_DASH = "–"
MINUS = "\N{MINUS SIGN}"


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
    text = format_currency(abs(amount.decimal), amount.currency.value, locale=_locale())
    if amount.minor < 0:
        return MINUS + text
    return f"+{text}" if sign and amount.is_positive else text


def money_short(amount: Money | None) -> str:
    """Write an amount without its minor units, for headlines: `$1,234`."""
    if amount is None:
        return EN_DASH
    whole = amount.decimal.to_integral_value()
    return format_currency(
        whole,
        amount.currency.value,
        locale=_locale(),
        format="¤#,##0",
        currency_digits=False,
    ).replace("-", MINUS)


def number(value: float | Decimal | None) -> str:
    """Write a plain number with thousands separated."""
    return EN_DASH if value is None else format_decimal(value, locale=_locale()).replace("-", MINUS)


def pct(value: Rate | Decimal | None, *, digits: int = 2, sign: bool = False) -> str:
    """Write a rate or a fraction as a percentage with a fixed number of decimals: `12.61%`."""
    if value is None:
        return EN_DASH
    fraction = value.value if isinstance(value, Rate) else value
    pattern = f"#,##0.{'0' * digits}".rstrip(".")
    text = format_decimal(abs(fraction) * 100, format=pattern, locale=_locale()) + "%"
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
    return format_date(value, _pattern("d MMM y", "y年M月d日"), locale=_locale())


def day_short(value: date | datetime | None) -> str:
    """Write a day without its year, where the year is plain: `26 Nov`."""
    if value is None:
        return EN_DASH
    return format_date(value, _pattern("d MMM", "M月d日"), locale=_locale())


def month(value: date | None) -> str:
    """Write a month: `Nov 2026`, or `2026年11月`."""
    if value is None:
        return EN_DASH
    return format_date(value, _pattern("MMM y", "y年M月"), locale=_locale())


def moment(value: datetime | None) -> str:
    """Write an instant to the minute, in the marketplace's time zone."""
    if value is None:
        return EN_DASH
    zone = get_timezone(current_app.config["TIMEZONE"])
    pattern = _pattern("d MMM y, HH:mm", "y年M月d日 HH:mm")
    return format_datetime(value, pattern, tzinfo=zone, locale=_locale())


def ago(value: datetime | None) -> str:
    """Write how far an instant is from now: `3 days ago`, `in 2 hours`."""
    if value is None:
        return EN_DASH
    distance = value.astimezone(UTC) - clock.now()
    return format_timedelta(distance, add_direction=True, locale=_locale())


def _pattern(english: str, chinese: str) -> str:
    return chinese if _locale().language == "zh" else english


def _locale() -> Locale:
    """Return the reader's locale, or English where nobody reads, as in a command."""
    return get_locale() or Locale("en")


def chart_value(value: Decimal | float | str | None, kind: str, currency: str | None = None) -> str:
    """Write a figure of a chart's data in the table that stands below it."""
    if value is None:
        return EN_DASH
    figure = Decimal(str(value))
    if kind == "percent":
        return pct(figure)
    if kind == "money" and currency:
        return format_currency(figure, currency, locale=_locale())
    return number(figure)
