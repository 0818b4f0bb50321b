"""Batches of standing orders as operators see them: what was placed, and how fairly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import format_timedelta
from flask_babel import gettext as _
from sqlalchemy.orm import Session

import matching
from kernel import Currency, Money, find
from marketplace import formats
from marketplace.web.idle_page import STEPS
from matching import Batch, FairBatch, Reason, Replay

MILLION = Decimal(10**6)


@dataclass(frozen=True)
class BatchLine:
    """One batch in the list."""

    id: UUID
    at: datetime
    currency: Currency
    listings: int
    mandates: int
    orders: int
    placed: Money


@dataclass(frozen=True)
class IndexPage:
    """The latest batches, and how fair those of one currency were."""

    batches: tuple[BatchLine, ...]
    currency: Currency | None
    chart: dict[str, Any] | None


@dataclass(frozen=True)
class Outcome:
    """How many standing orders came as far as this step and no further."""

    text: Any
    count: int


@dataclass(frozen=True)
class BatchPage:
    """One batch.

    Attributes:
        gini, idle, gap, filled: shares; `filled` is none where no listing took orders.
        outcomes: how far the standing orders came.
        again: the batch made again, where that was asked for.
    """

    line: BatchLine
    seed: str
    input_digest: str
    plan_digest: str
    dropped: int
    lenders: int
    gini: Decimal
    idle: Decimal
    never: int
    wait_p50: str
    wait_p90: str
    filled: Decimal | None
    funded_p50: str
    bound: Money
    gap: Decimal
    deciles: dict[str, Any]
    outcomes: tuple[Outcome, ...]
    again: Replay | None


def index_page(session: Session) -> IndexPage:
    """Return the latest batches, and how fair the latest ones in their currency were."""
    batches = tuple(map(_line, matching.batches(session)))
    placing = [each for each in batches if each.orders]
    currency = placing[0].currency if placing else None
    lately = matching.fairness_lately(session, currency=currency) if currency else []
    return IndexPage(batches, currency, _trend(lately) if len(lately) > 1 else None)


def batch_page(session: Session, batch_id: UUID, *, again: bool) -> BatchPage:
    """Return one batch, made again if that is asked for.

    Raises:
        NotFound: there is no such batch, or it is from before inputs were stored.
    """
    batch = find(session, Batch, batch_id)
    fair = matching.fairness(session, batch_id=batch_id)
    figures = fair.figures
    return BatchPage(
        line=_line(batch),
        seed=batch.seed,
        input_digest=batch.input_digest,
        plan_digest=batch.plan_digest,
        dropped=batch.dropped,
        lenders=figures.lenders,
        gini=_share(figures.gini),
        idle=_share(figures.idle),
        never=figures.never,
        wait_p50=_spoken(figures.wait_p50),
        wait_p90=_spoken(figures.wait_p90),
        filled=Decimal(figures.filled) / figures.listings if figures.listings else None,
        funded_p50=_spoken(figures.funded_p50),
        bound=Money(figures.bound, fair.currency),
        gap=_share(figures.gap),
        deciles=_deciles(fair),
        outcomes=_outcomes(batch),
        again=matching.replay_batch(session, batch_id=batch_id) if again else None,
    )


def _line(batch: Batch) -> BatchLine:
    currency = Currency(batch.currency)
    return BatchLine(
        id=batch.id,
        at=batch.at,
        currency=currency,
        listings=batch.listings,
        mandates=batch.mandates,
        orders=batch.orders,
        placed=Money(batch.reserved_minor, currency),
    )


def _trend(lately: Sequence[FairBatch]) -> dict[str, Any]:
    """Return how unequal and how idle money was, batch by batch, the oldest first."""
    oldest_first = lately[::-1]
    return {
        "kind": "line",
        "format": "percent",
        "labels": [formats.moment(each.at) for each in oldest_first],
        "series": [
            {
                "name": str(_("Gini of the invested shares")),
                "data": [float(_share(each.figures.gini)) for each in oldest_first],
            },
            {
                "name": str(_("Idle money")),
                "data": [float(_share(each.figures.idle)) for each in oldest_first],
            },
        ],
    }


def _deciles(fair: FairBatch) -> dict[str, Any]:
    # Of three investors there are three tenths, not ten.
    tenths = fair.figures.deciles[: fair.figures.lenders]
    shares = [float(_share(each)) for each in tenths]
    return {
        "kind": "bar",
        "format": "percent",
        "labels": [str(place) for place in range(1, len(shares) + 1)],
        "series": [{"name": str(_("Invested share")), "data": shares}],
    }


def _outcomes(batch: Batch) -> tuple[Outcome, ...]:
    reached = {Reason[name.upper()]: count for name, count in batch.summary["reached"].items()}
    known = {**STEPS, Reason.NOTHING_OPEN: _("No loan was open")}
    return tuple(Outcome(known[each], reached[each]) for each in sorted(reached))


def _share(millionths: int) -> Decimal:
    return millionths / MILLION


def _spoken(seconds: int) -> str:
    """Say a length of time roughly."""
    return str(format_timedelta(timedelta(seconds=seconds), granularity="minute"))
