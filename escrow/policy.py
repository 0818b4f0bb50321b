"""What is allowed and awaited when money comes in and goes out: a policy file, read once."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources

from kernel import Currency, Money


@dataclass(frozen=True, slots=True)
class PaymentPolicy:
    """The numbers of `policies/payments.toml`.

    Attributes:
        retry_within: how long a call may be repeated under its key without looking first.
        tolerance: how far a webhook's time may be from ours, before or after.
        holds: how long a deposit waits after its success, by how it was paid.
        cool_off: how long a changed destination waits before it is paid to.
        step_up: how long a password that was given again counts.
        approvals: how many people release a withdrawal above the review limit.
        daily_limits: the most that one lender withdraws in 24 hours.
        review_limits: above this a withdrawal waits for those people.
    """

    retry_within: timedelta
    tolerance: timedelta
    holds: dict[str, timedelta]
    cool_off: timedelta
    step_up: timedelta
    approvals: int
    daily_limits: dict[Currency, Money]
    review_limits: dict[Currency, Money]

    def hold(self, method: str) -> timedelta:
        """Return how long a deposit paid this way waits; as long as any, if it is unknown."""
        return self.holds.get(method, max(self.holds.values()))


@cache
def payment_policy() -> PaymentPolicy:
    """Read the policy that stands beside this module."""
    text = resources.files("escrow").joinpath("policies/payments.toml").read_text("utf-8")
    table = tomllib.loads(text)
    gateway, withdrawal = table["gateway"], table["withdrawal"]
    return PaymentPolicy(
        retry_within=timedelta(hours=gateway["retry_hours"]),
        tolerance=timedelta(seconds=gateway["tolerance_seconds"]),
        holds={name: timedelta(days=days) for name, days in table["hold_days"].items()},
        cool_off=timedelta(hours=withdrawal["cool_off_hours"]),
        step_up=timedelta(minutes=withdrawal["step_up_minutes"]),
        approvals=withdrawal["approvals"],
        daily_limits=_amounts(withdrawal["daily_limit"]),
        review_limits=_amounts(withdrawal["review_above"]),
    )


def _amounts(table: dict[str, str]) -> dict[Currency, Money]:
    return {Currency(code): Money.parse(text, Currency(code)) for code, text in table.items()}
