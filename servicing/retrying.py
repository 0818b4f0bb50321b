"""What follows from a debit that failed: a policy file, read once, and arithmetic on days."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

POLICY = Path(__file__).parent / "policies" / "autopay.toml"


@dataclass(frozen=True, slots=True)
class AutopayPolicy:
    """The numbers and codes of `policies/autopay.toml`.

    Attributes:
        days: how long to wait before the second try, the third, and so on.
        soft: codes after which another try may work.
        final: codes after which no debit will work any more.
    """

    days: tuple[int, ...]
    soft: frozenset[str]
    final: frozenset[str]

    def again_on(self, code: str | None, *, attempt: int, failed_on: date) -> date | None:
        """Return the day of the next try of a debit that failed; none where there is no next."""
        if code not in self.soft or attempt > len(self.days):
            return None
        return failed_on + timedelta(days=self.days[attempt - 1])

    def ends(self, code: str | None) -> bool:
        """Say whether a failure ends autopay."""
        return code in self.final


@cache
def autopay_policy() -> AutopayPolicy:
    """Read the policy that stands beside this module."""
    table = tomllib.loads(POLICY.read_text(encoding="utf-8"))
    return AutopayPolicy(
        days=tuple(table["retries"]["days"]),
        soft=frozenset(table["codes"]["soft"]),
        final=frozenset(table["codes"]["final"]),
    )
