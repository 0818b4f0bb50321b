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
import origination
from kernel import Currency, Money, find
from marketplace import formats
from marketplace.web.idle_page import STEPS
from matching import Batch, FairBatch, Reason, Replay, Waits

MILLION = Decimal(10**6)
LATELY, MINUTE, HOUR = timedelta(days=90), timedelta(minutes=1), 3_600


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
class Drawn:
    """A chart with what it is called."""

    name: str
    title: Any
    data: dict[str, Any]


@dataclass(frozen=True)
class Record:
    """How listings of the last 90 days were funded: shares, and times in words."""

    ended: int
    filled: Decimal
    time_p50: str | None
    time_p95: str | None


@dataclass(frozen=True)
class IndexPage:
    """The latest batches, how fair those of one currency were, and how its listings fared."""

    batches: tuple[BatchLine, ...]
    currency: Currency | None
    charts: tuple[Drawn, ...]
    record: Record | None


@dataclass(frozen=True)
class Outcome:
    """How many standing orders came as far as this step and no further."""

    text: Any
    count: int


@dataclass(frozen=True)
class Waited:
    """How long money waited: that of those who were served, and of those who still wait."""

    served: int
    p50: str
    p90: str
    waiting: int
    waiting_p50: str
    waiting_p90: str


@dataclass(frozen=True)
class BatchPage:
    """One batch.

    Attributes:
        gini, idle, gap, filled: shares; `filled` is none where no listing took orders.
        waits: how long money waited, in words; none for batches from before that was measured.
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
    waits: Waited | None
    filled: Decimal | None
    funded_p50: str
    bound: Money
    gap: Decimal
    deciles: dict[str, Any]
    outcomes: tuple[Outcome, ...]
    again: Replay | None


def index_page(session: Session, *, at: datetime) -> IndexPage:
    """Return the latest batches, and how fair the latest ones in their currency were."""
    batches = tuple(map(_line, matching.batches(session)))
    placing = [each for each in batches if each.orders]
    currency = next((each.currency for each in (*placing, *batches)), None)
    lately = matching.fairness_lately(session, currency=currency) if currency else []
    charts = _charts(lately[::-1]) if len(lately) > 1 else ()
    return IndexPage(batches, currency, charts, _record(session, currency, at=at))


def _record(session: Session, currency: Currency | None, *, at: datetime) -> Record | None:
    if currency is None:
        return None
    found = origination.funding_record(session, currency=currency, since=at - LATELY, until=at)
    if not found.ended:
        return None
    return Record(
        ended=found.ended,
        filled=Decimal(found.filled) / found.ended,
        time_p50=_spoken(found.time_p50) if found.time_p50 is not None else None,
        time_p95=_spoken(found.time_p95) if found.time_p95 is not None else None,
    )


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
        waits=_waited(fair.waits) if fair.waits else None,
        filled=Decimal(figures.filled) / figures.listings if figures.listings else None,
        funded_p50=_spoken(figures.funded_p50),
        bound=Money(figures.bound, fair.currency),
        gap=_share(figures.gap),
        deciles=_deciles(fair),
        outcomes=_outcomes(batch),
        again=matching.replay_batch(session, batch_id=batch_id) if again else None,
    )


def _waited(waits: Waits) -> Waited:
    return Waited(
        served=waits.served,
        p50=_spoken(waits.p50),
        p90=_spoken(waits.p90),
        waiting=waits.waiting,
        waiting_p50=_spoken(waits.waiting_p50),
        waiting_p90=_spoken(waits.waiting_p90),
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


def _charts(oldest_first: Sequence[FairBatch]) -> tuple[Drawn, ...]:
    """Draw batch by batch how unequal and idle money was, how much was filled, and the waits."""
    shares = [
        (_("Gini of the invested shares"), [each.figures.gini for each in oldest_first]),
        (_("Idle money (cash drag)"), [each.figures.idle for each in oldest_first]),
    ]
    drawn = [Drawn("fairness", _("Lower is better"), _trend(oldest_first, shares))]
    filling = [each for each in oldest_first if each.figures.listings]
    if len(filling) > 1:
        rates = [each.figures.filled * 10**6 // each.figures.listings for each in filling]
        line = [(_("Loans filled"), rates)]
        drawn.append(Drawn("filled", _("Fill rate"), _trend(filling, line) | {"kind": "bar"}))
    waited = [each for each in oldest_first if each.waits]
    if len(waited) > 1:
        drawn.append(
            Drawn("waits", _("Hours from arrival to the first order"), _wait_trend(waited))
        )
    return tuple(drawn)


def _trend(
    batches: Sequence[FairBatch], lines: Sequence[tuple[str, Sequence[int]]]
) -> dict[str, Any]:
    """Return shares, written in millionths, batch by batch."""
    return {
        "kind": "line",
        "format": "percent",
        "labels": [formats.moment(each.at) for each in batches],
        "series": [
            {"name": str(name), "data": [float(_share(value)) for value in values]}
            for name, values in lines
        ],
    }


def _wait_trend(batches: Sequence[FairBatch]) -> dict[str, Any]:
    waits = [each.waits for each in batches if each.waits]
    lines = (
        (_("Half of those served, at most"), [each.p50 for each in waits]),
        (_("Nine of ten, at most"), [each.p90 for each in waits]),
        (_("Still waiting: half of them, at least"), [each.waiting_p50 for each in waits]),
    )
    return {
        "kind": "line",
        "format": "number",
        "labels": [formats.moment(each.at) for each in batches],
        "series": [
            {"name": str(name), "data": [round(seconds / HOUR, 1) for seconds in values]}
            for name, values in lines
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


def _spoken(time: int | timedelta) -> str:
    """Say a length of time roughly; a number is of seconds."""
    span = time if isinstance(time, timedelta) else timedelta(seconds=time)
    return str(format_timedelta(max(span, MINUTE), granularity="minute"))
