"""The only clock: operations are told the time, and this is who tells them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return this moment, aware and in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return this moment as the application's `CLOCK` tells it."""
    clock: Clock = current_app.config["CLOCK"]
    return clock()


def today() -> date:
    """Return the business day it is in the marketplace's own time zone."""
    return now().astimezone(ZoneInfo(current_app.config["TIMEZONE"])).date()
