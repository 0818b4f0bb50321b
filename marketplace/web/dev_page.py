"""Sample data for the page that shows every component."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from kernel import Currency, Money, Rate
from marketplace.fields import Choice, Day, Email, Key, MoneyField, RateField, Text, Tick, Whole
from marketplace.forms import Form, FormSchema

TERMS = {"12": "12", "24": "24", "36": "36"}
PURPOSES = {"car": _l("Car"), "home": _l("Home improvement"), "study": _l("Education")}
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Sample(FormSchema):
    """One field of every kind."""

    name = Text()
    email = Email()
    amount = MoneyField(Currency.USD, least=Money(100000, Currency.USD))
    rate = RateField(required=False)
    months = Whole(least=3, most=60)
    start = Day()
    purpose = Choice(PURPOSES)
    term = Choice(TERMS)
    why = Text(required=False)
    agree = Tick(must=True)
    key = Key()


@dataclass(frozen=True)
class Line:
    """A row of the sample table."""

    number: str
    grade: str
    state: str
    amount: Money
    rate: Rate
    due_on: date


@dataclass(frozen=True)
class Event:
    """A line of the sample timeline."""

    at: datetime
    text: Any
    by: str = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class GalleryPage:
    """What the gallery shows."""

    lines: list[Line]
    events: list[Event]
    total: Money
    bars: dict[str, Any]
    ring: dict[str, Any]
    trend: list[int]


def sample_form() -> Form:
    """Return a form that was filled in badly."""
    return Form(
        Sample(), initial={"name": "Alice", "amount": "12,000", "term": "24", "purpose": "car"}
    )


def gallery() -> GalleryPage:
    """Make up what the gallery shows."""
    states = ["current", "late_16_30", "charged_off", "settled", "in_grace_period"]
    lines = [
        Line(
            f"L-{1042 + place}",
            "ABCDEFG"[place],
            states[place % len(states)],
            Money(125000 * (place + 1) + 37, Currency.USD),
            Rate(Decimal("0.0619") + Decimal("0.0243") * place),
            date(2026, 12, 1 + place),
        )
        for place in range(7)
    ]
    return GalleryPage(
        lines=lines,
        events=[
            Event(NOON, _l("Paid out"), "oscar", "positive"),
            Event(NOON, _l("Approved"), "oscar", "info"),
            Event(NOON, _l("Submitted"), "alice"),
        ],
        total=Money(sum(line.amount.minor for line in lines), Currency.USD),
        bars={
            "kind": "bar",
            "stacked": True,
            "format": "money",
            "currency": "USD",
            "labels": [f"2026-{month:02}" for month in range(7, 13)],
            "series": [
                {"name": str(_l("Principal")), "data": [820, 932, 901, 934, 1290, 1330]},
                {"name": str(_l("Interest")), "data": [220, 182, 191, 234, 290, 230]},
            ],
        },
        ring={
            "kind": "donut",
            "format": "money",
            "currency": "USD",
            "grades": True,
            "labels": [line.grade for line in lines],
            "series": [
                {
                    "name": str(_l("Outstanding")),
                    "data": [str(line.amount.decimal) for line in lines],
                }
            ],
        },
        trend=[3, 5, 4, 6, 8, 7, 9, 12],
    )
