"""What Stripe says of our balance with it: its changes, page by page, and what it holds."""

from datetime import UTC, datetime
from typing import Any

from escrow.gateway import BalanceLine, BalancePage
from escrow.stripe_wire import about, asking, ident
from kernel import Currency, Money

PAGE = 100
# What the objects that cause a change belong to themselves.
PARENTS = ("charge", "transfer", "payout")
# A balance that was there before the book began with it.
OPENING = "Opening balance"


class StripeBalance:
    """The part of the gateway that reads."""

    _reader: Any

    def balance_page(self, *, since: datetime, until: datetime, after: str = "") -> BalancePage:
        """Return up to a hundred changes of our balance, the newest first.

        Args:
            since: the earliest moment.
            until: the first moment that does not count any more.
            after: the last id of the page before.
        """
        span = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        asked: Any = {"created": span, "limit": PAGE, "expand": ["data.source"]}
        if after:
            asked["starting_after"] = after
        with asking():
            found = self._reader.balance_transactions.list(asked)
        lines = tuple(line for each in found.data if (line := _line(each)) is not None)
        return BalancePage(lines, found.data[-1].id if found.has_more else "")

    def held(self) -> dict[Currency, Money]:
        """Return what Stripe holds for us, available and pending, by currency."""
        with asking():
            balance = self._reader.balance.retrieve()
        sums: dict[Currency, Money] = {}
        for part in (*balance.available, *balance.pending):
            currency = _currency(part.currency)
            if currency is not None:
                known = sums.get(currency, Money.zero(currency))
                sums[currency] = known + Money(part.amount, currency)
        return sums

    def bundled(self, payout: str) -> list[str]:
        """Return the changes that an automatic payout to our bank is made of, by their ids."""
        with asking():
            found = self._reader.balance_transactions.list({"payout": payout, "limit": PAGE})
            return [each.id for each in found.auto_paging_iter() if each.type != "payout"]


def _line(found: Any) -> BalanceLine | None:
    """Return a change; none in a currency that the book does not hold."""
    currency = _currency(found.currency)
    if currency is None:
        return None
    source = found.source
    return BalanceLine(
        id=found.id,
        kind=found.type,
        amount=Money(found.amount, currency),
        fee=Money(found.fee, currency),
        source=ident(source) if source else "",
        about=_about(found, source),
        at=datetime.fromtimestamp(found.created, UTC),
    )


def _about(found: Any, source: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if found.type == "topup" and (found.description or "").startswith(OPENING):
        told["opening"] = True
    if source is None or isinstance(source, str):
        return told
    told |= about(source) if getattr(source, "metadata", None) else {}
    if found.type == "payout" and source.automatic:
        told["automatic"] = True
    for name in PARENTS:
        parent = getattr(source, name, None)
        if parent:
            told["parent"] = ident(parent)
            break
    return told


def _currency(code: str) -> Currency | None:
    return next((each for each in Currency if each.value == code.upper()), None)
