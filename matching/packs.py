"""Rule packs: what the law of a lender's home asks before its money is placed. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from kernel import Currency, Invalid, Money, Rate, Rounding

PACKS = Path(__file__).parent / "policies" / "packs.toml"
NONE = "none"


class UnknownPack(Invalid):
    """There is no rule pack “{pack}”; choose one of: {known}."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One rule pack; whatever is none, zero or false is not asked for.

    Attributes:
        suitability_test: whether a knowledge test must be passed first.
        test_valid_days: after how many days it must be passed again; zero for never.
        share_of_assets: the most of the declared net assets that may be placed `within_days`.
        reflection_days: whole calendar days in which an order may be revoked.
        consent_above: the amount of one order above which the lender must say yes once more,
            or a larger one: `consent_share` of its net assets.
        least_criteria: how many criteria a mandate must name.
    """

    suitability_test: bool = False
    test_valid_days: int = 0
    share_of_assets: Rate | None = None
    within_days: int = 0
    reflection_days: int = 0
    consent_above: Money | None = None
    consent_share: Rate | None = None
    least_criteria: int = 0

    @property
    def asks_consent(self) -> bool:
        """Say whether large orders need the lender's explicit yes."""
        return self.consent_above is not None

    def revocable_until(self, at: datetime) -> datetime | None:
        """Return the end of the reflection period: that of its last whole calendar day, in UTC."""
        if not self.reflection_days:
            return None
        last = at.astimezone(UTC).date() + timedelta(days=self.reflection_days + 1)
        return datetime.combine(last, time(), tzinfo=UTC)

    def is_tested(self, tested_on: date | None, *, on: date) -> bool:
        """Say whether the knowledge test stands on a day, or none is asked for."""
        if not self.suitability_test:
            return True
        days = self.test_valid_days
        return tested_on is not None and (not days or on <= tested_on + timedelta(days=days))

    def headroom(self, net_assets: Money | None, placed: Money) -> Money | None:
        """Return what may still be placed, or none where nothing limits it.

        Whoever has not declared what it owns may place nothing.
        """
        if self.share_of_assets is None:
            return None
        nothing = Money.zero(placed.currency)
        if net_assets is None or net_assets.currency is not placed.currency:
            return nothing
        left = self.share_of_assets.of(net_assets, rounding=Rounding.DOWN) - placed
        return left if left.is_positive else nothing

    def consent_limit(self, net_assets: Money | None, currency: Currency) -> Money | None:
        """Return the most that one order may place without consent, or none for any amount.

        An amount in another currency than the pack's is held to the share of the assets alone.
        """
        if self.consent_above is None:
            return None
        fixed = self.consent_above
        limit = fixed if fixed.currency is currency else Money.zero(currency)
        if net_assets is not None and net_assets.currency is currency and self.consent_share:
            share = self.consent_share.of(net_assets, rounding=Rounding.DOWN)
            limit = max(limit, share)
        return limit


@cache
def packs() -> Mapping[str, Pack]:
    """Return all packs by code; `none` asks for nothing."""
    stored = tomllib.loads(PACKS.read_text(encoding="utf-8"))
    return {NONE: Pack()} | {code: _pack(values) for code, values in stored.items()}


def pack(code: str) -> Pack:
    """Return one pack.

    Raises:
        UnknownPack: there is none with this code.
    """
    if code not in packs():
        raise UnknownPack(field="pack", why="unknown", pack=code, known=", ".join(packs()))
    return packs()[code]


def _pack(values: Mapping[str, Any]) -> Pack:
    plain = dict(values)
    currency = plain.pop("consent_currency", None)
    if currency:
        plain["consent_above"] = Money.parse(plain["consent_above"], Currency(currency))
    for name in ("share_of_assets", "consent_share"):
        if name in plain:
            plain[name] = Rate.percent(plain[name])
    return Pack(**plain)
