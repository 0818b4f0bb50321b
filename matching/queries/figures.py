"""How fair batches were, for operators."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import Currency, find
from matching.frozen import thaw, thaw_plan
from matching.measures import Fairness
from matching.models import Batch, BatchRecord
from matching.waits import Waits


@dataclass(frozen=True, slots=True)
class FairBatch:
    """One batch with its figures; `waits` is none for batches from before they were measured."""

    batch_id: UUID
    at: datetime
    currency: Currency
    orders: int
    dropped: int
    figures: Fairness
    waits: Waits | None


def fairness(session: Session, *, batch_id: UUID) -> FairBatch:
    """Return the figures of one batch.

    Raises:
        NotFound: there is no such batch, or it kept neither figures nor record.
    """
    return _figures(session, find(session, Batch, batch_id))


def fairness_lately(session: Session, *, currency: Currency, limit: int = 30) -> list[FairBatch]:
    """Return the figures of the latest batches in a currency that kept them, the newest first."""
    latest = (
        select(Batch)
        .join(BatchRecord, BatchRecord.batch_id == Batch.id)
        .where(Batch.currency == currency)
        .order_by(Batch.at.desc(), Batch.id.desc())
        .limit(limit)
    )
    return [_figures(session, batch) for batch in session.scalars(latest)]


def _figures(session: Session, batch: Batch) -> FairBatch:
    stored, waits = batch.summary.get("fairness"), batch.summary.get("waits")
    figures = Fairness.from_json(stored) if stored else _measured(session, batch.id)
    return FairBatch(
        batch_id=batch.id,
        at=batch.at,
        currency=Currency(batch.currency),
        orders=batch.orders,
        dropped=batch.dropped,
        figures=figures,
        waits=Waits.from_json(waits) if waits else None,
    )


def _measured(session: Session, batch_id: UUID) -> Fairness:
    record = find(session, BatchRecord, batch_id)
    return Fairness.of(thaw(record.market), thaw_plan(record.plan))
