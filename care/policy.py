"""The policies of after-loan care: monitoring, alerts and contact, as their files state them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from care.errors import UnknownRule
from kernel import Currency, Money

POLICIES = Path(__file__).parent / "policies"


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """When one loan is looked at, in days, and what is asked each time."""

    first_days: int
    every_days: int
    first: tuple[str, ...]
    periodic: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the alerts: what it looks at, from where on, and how urgent it is."""

    code: str
    kind: str
    at: int
    severity: int
    deadline_days: int


@dataclass(frozen=True, slots=True)
class ContactRules:
    """When a borrower may be contacted: hours at their place, and how often."""

    from_hour: int
    until_hour: int
    per_day: int
    per_week: int


@cache
def monitoring() -> Mapping[str, Any]:
    """Return what the policy file says of monitoring."""
    return _read("monitoring.toml")


def owner_rule() -> str:
    """Return by which rule a new loan gets its owner."""
    return str(monitoring()["owners"]["rule"])


def large_from(currency: Currency) -> Money | None:
    """Return from which total on a borrower is a large exposure; None where none is named."""
    text = monitoring()["large"].get(currency.value)
    return None if text is None else Money.parse(text, currency)


def check_plan(product: str, *, large: bool) -> CheckPlan:
    """Return the plan for a product, closer for a large exposure."""
    plans = monitoring()["plan"]
    stated = plans.get(product, plans["default"])
    size = "large_" * large
    return CheckPlan(
        first_days=stated[f"{size}first_days"],
        every_days=stated[f"{size}every_days"],
        first=tuple(stated["first"]),
        periodic=tuple(stated["periodic"]),
    )


def ahead() -> timedelta:
    """Return how long before its due day a check lies in its owner's queue."""
    return timedelta(days=monitoring()["tasks"]["ahead_days"])


def security_checks(kind: str) -> tuple[str, ...]:
    """Return what a check asks for where there is a guarantor or collateral."""
    return tuple(monitoring()["security"][kind])


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules of the alerts in the order of the file."""
    return tuple(Rule(**stated) for stated in _read("alerts.toml")["rule"])


def rules_of(kind: str) -> tuple[Rule, ...]:
    """Return the rules that look at one kind of fact."""
    return tuple(rule for rule in rules() if rule.kind == kind)


def rule(code: str) -> Rule:
    """Return one rule.

    Raises:
        UnknownRule: the file has none of this code.
    """
    found = next((each for each in rules() if each.code == code), None)
    if found is None:
        raise UnknownRule(rule=code)
    return found


@cache
def escalates_from() -> int:
    """Return from which severity on a case goes to risk management at once."""
    return int(_read("alerts.toml")["escalation"]["from_severity"])


@cache
def contact() -> Mapping[str, Any]:
    """Return what the policy file says of contact."""
    return _read("contact.toml")


def reminder_days() -> tuple[int, ...]:
    """Return on which days a borrower is reminded, counted from the due day."""
    return tuple(contact()["reminders"]["days"])


def contact_rules(currency: str) -> ContactRules:
    """Return the contact rules of the home of a currency."""
    return ContactRules(**contact()["rules"][contact()["home"][currency]["rules"]])


def zone_of(currency: str, region: str) -> str:
    """Return the time zone of a region; the one of the currency's home where it is unknown."""
    if contact()["home"][currency]["rules"] == "US":
        for zone, regions in contact()["zones"].items():
            if region in regions:
                return str(zone)
    return str(contact()["home"][currency]["zone"])


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((POLICIES / name).read_text(encoding="utf-8"))
