"""What batches remember: made again, compared, and asked for the reason of a pair."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import Currency, Money, NotFound, find
from matching.allocate import allocate
from matching.confirm import Dropped
from matching.criteria import Reason
from matching.frozen import thaw, thaw_plan
from matching.models import Batch, BatchRecord, Mandate
from matching.packed import unpack
from matching.reasons import Reasons


@dataclass(frozen=True, slots=True)
class Replay:
    """A batch that was made again from what it saw.

    Attributes:
        lines: how many lines the plan has.
        input_digest: of the stored input, computed now.
        plan_digest: of the plan that the allocator makes of it now.
        is_same_input: whether the input is what the batch said it saw.
        is_same_plan: whether the plan is what the batch said it planned.
    """

    batch_id: UUID
    at: datetime
    lines: int
    input_digest: str
    plan_digest: str
    is_same_input: bool
    is_same_plan: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a batch says of one mandate and one listing.

    `amount` is what was planned; `dropped` says why a planned line did not hold any more.
    """

    batch_id: UUID
    at: datetime
    reason: Reason
    amount: Money
    dropped: Dropped | None


def replay_batch(session: Session, *, batch_id: UUID) -> Replay:
    """Make a batch again from the input it stored, and hold it against what it recorded.

    Raises:
        NotFound: there is no such batch, or it is from before inputs were stored.
    """
    batch, record = _recorded(session, batch_id)
    market = thaw(record.market)
    plan = allocate(market, seed=batch.seed)
    input_digest, plan_digest = market.digest(), plan.digest(market)
    return Replay(
        batch_id=batch.id,
        at=batch.at,
        lines=int(plan.amount.size),
        input_digest=input_digest,
        plan_digest=plan_digest,
        is_same_input=input_digest == batch.input_digest,
        is_same_plan=plan_digest == batch.plan_digest == thaw_plan(record.plan).digest(market),
    )


def explain(
    session: Session, *, mandate_id: UUID, listing_id: UUID, batch_id: UUID | None = None
) -> Explanation:
    """Say what a batch made of a mandate and a listing; without a batch, the last one with both.

    Raises:
        NotFound: no batch had both of them.
    """
    wanted = [batch_id] if batch_id else _latest(session, mandate_id)
    for ident in wanted:
        batch, record = _recorded(session, ident)
        reasons = Reasons.decode(record.reasons)
        if mandate_id.bytes in reasons.mandates and listing_id.bytes in reasons.listings:
            reason = reasons.reason(mandate_id.bytes, listing_id.bytes)
            return _explained(batch, record, mandate_id, listing_id, reason)
    raise NotFound(what="Batch", id=f"with {mandate_id} and {listing_id}")


def reasons_of(session: Session, *, batch_id: UUID) -> Reasons:
    """Return the reasons of all pairs of a batch.

    Raises:
        NotFound: there is no such batch, or it is from before reasons were stored.
    """
    return Reasons.decode(_recorded(session, batch_id)[1].reasons)


def _recorded(session: Session, batch_id: UUID) -> tuple[Batch, BatchRecord]:
    return find(session, Batch, batch_id), find(session, BatchRecord, batch_id)


def _latest(session: Session, mandate_id: UUID, *, most: int = 50) -> list[UUID]:
    """Return the latest batches in the currency of a mandate."""
    currency = find(session, Mandate, mandate_id).currency
    rows = (
        select(Batch.id)
        .join(BatchRecord, BatchRecord.batch_id == Batch.id)
        .where(Batch.currency == currency)
        .order_by(Batch.at.desc(), Batch.id.desc())
        .limit(most)
    )
    return list(session.scalars(rows))


def _explained(
    batch: Batch, record: BatchRecord, mandate_id: UUID, listing_id: UUID, reason: Reason
) -> Explanation:
    currency = Currency(batch.currency)
    if reason is not Reason.SERVED:
        return Explanation(batch.id, batch.at, reason, Money.zero(currency), None)
    market, plan = thaw(record.market), thaw_plan(record.plan)
    mandate = market.mandates.keys.index(mandate_id.bytes)
    listing = market.listings.keys.index(listing_id.bytes)
    lines = np.flatnonzero((plan.mandate == mandate) & (plan.listing == listing))
    amount = Money(int(plan.amount[lines].sum()), currency)
    return Explanation(batch.id, batch.at, reason, amount, _dropped(record, lines[0]))


def _dropped(record: BatchRecord, line: np.int64) -> Dropped | None:
    lost = unpack(record.dropped)
    return next((Dropped(name) for name, lines in lost.items() if line in lines), None)
