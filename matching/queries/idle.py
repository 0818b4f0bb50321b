"""Why a lender's money is idle: its place, its wait, what stood in the way, what would help."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import Currency, Money
from matching.columns import Ints
from matching.criteria import CRITERIA, Criteria, Reason
from matching.frozen import thaw, thaw_plan
from matching.market import Market, Plan
from matching.models import Batch, BatchRecord
from matching.queries.mandates import MandateLine, mandates_of, matching_listings
from matching.queries.waits import waits_lately
from matching.reasons import Reasons
from matching.waits import usual

LATELY = timedelta(days=14)
BANDS = 20


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What one criterion keeps away: how many more open listings match without it."""

    criterion: Reason
    more: int


@dataclass(frozen=True, slots=True)
class Idle:
    """Why one mandate's money is idle.

    Attributes:
        batch_id, batch_at: the batch that this is read off, none before there was one.
        place: of its lender in the queue after that batch, 1 is first; none where it has no idle
            money that the mandate may use.
        queue: how many lenders with idle money stand in it.
        ahead: the idle money of those in front.
        wait: how long batches would take to place that, at the pace of the last 14 days; none
            where nothing was placed.
        waits_since: since when the idle money waits: when it arrived, or when the last order left
            it over; none where it is too little for an order, or no batch has seen it.
        usual: how long half of those had waited whom batches of the last 14 days served.
        spendable: what the mandate may use after that batch.
        funnel: the listings of that batch by how far the mandate came, in the order of the steps.
        matching: how many open listings match now.
        relaxations: what to take off to match more, the most helpful first.
    """

    mandate: MandateLine
    batch_id: UUID | None
    batch_at: datetime | None
    place: int | None
    queue: int
    ahead: Money
    wait: timedelta | None
    waits_since: datetime | None
    usual: timedelta | None
    spendable: Money
    funnel: tuple[tuple[Reason, int], ...]
    matching: int
    relaxations: tuple[Relaxation, ...]


def why_idle(
    session: Session, *, lender_id: UUID, at: datetime, mandate_id: UUID | None = None
) -> list[Idle]:
    """Say for each mandate of a lender that has not ended why its money is idle."""
    lines = [
        line
        for line in mandates_of(session, lender_id=lender_id)
        if line.status != "ended" and mandate_id in {None, line.id}
    ]
    views = {
        currency: _view(session, currency, at=at) for currency in {each.currency for each in lines}
    }
    return [_idle(session, line, views[line.currency], at=at) for line in lines]


@dataclass(frozen=True, slots=True)
class _View:
    """The last batch in a currency, and the pace of the batches before it."""

    batch: Batch
    reasons: Reasons
    market: Market
    cash: Ints  # per lender, after the plan
    queue: Ints  # lenders with idle money, in their order
    idle: Ints  # per lender, what no mandate of it has to keep
    a_day: int  # what was placed in a day, lately
    usual: timedelta | None


def _view(session: Session, currency: Currency, *, at: datetime) -> _View | None:
    found = session.execute(
        select(Batch, BatchRecord)
        .join(BatchRecord, BatchRecord.batch_id == Batch.id)
        .where(Batch.currency == currency, Batch.at <= at)
        .order_by(Batch.at.desc(), Batch.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    batch, record = found
    market, plan = thaw(record.market), thaw_plan(record.plan)
    cash, idle, queue = _queue(market, plan)
    return _View(
        batch=batch,
        reasons=Reasons.decode(record.reasons),
        market=market,
        cash=cash,
        queue=queue,
        idle=idle,
        a_day=_pace(session, currency, at=at),
        usual=usual(waits_lately(session, currency=currency, at=at)),
    )


def _queue(market: Market, plan: Plan) -> tuple[Ints, Ints, Ints]:
    """Return each lender's cash and idle money after a plan, and the queue for the next one."""
    lenders, mandates = market.lenders, market.mandates
    got = np.zeros_like(lenders.cash)
    np.add.at(got, mandates.lender[plan.mandate], plan.amount)
    cash = lenders.cash - got
    keep = cash.copy()
    np.minimum.at(keep, mandates.lender, mandates.keep)
    idle = np.maximum(cash - keep, 0)
    account = lenders.cash + lenders.invested
    band = -(-idle * BANDS // np.maximum(account - keep, 1))
    waited = lenders.idle_for.copy()
    waited[mandates.lender[plan.mandate[plan.contested[plan.listing]]]] = 0
    order = np.lexsort((-waited, -band))
    return cash, idle, order[idle[order] > 0]


def _pace(session: Session, currency: Currency, *, at: datetime) -> int:
    """Return what batches placed in a day, over the last 14 days or since the first one."""
    since = at - LATELY
    placed, first = session.execute(
        select(func.coalesce(func.sum(Batch.reserved_minor), 0), func.min(Batch.at)).where(
            Batch.currency == currency, Batch.at > since, Batch.at <= at
        )
    ).one()
    days = max((at - first) / timedelta(days=1), 1) if first else 1
    return int(int(placed) / days)


def _idle(session: Session, line: MandateLine, view: _View | None, *, at: datetime) -> Idle:
    counts = matching_listings(
        session,
        criteria=[line.criteria, *(_without(line.criteria, each) for each in CRITERIA)],
        currency=line.currency,
        at=at,
    )
    more = [Relaxation(each, n - counts[0]) for each, n in zip(CRITERIA, counts[1:], strict=True)]
    useful = sorted((each for each in more if each.more > 0), key=lambda each: -each.more)
    none = Money.zero(line.currency)
    bare = Idle(
        mandate=line,
        batch_id=None,
        batch_at=None,
        place=None,
        queue=0,
        ahead=none,
        wait=None,
        waits_since=line.waits_since,
        usual=view.usual if view else None,
        spendable=none,
        funnel=(),
        matching=counts[0],
        relaxations=tuple(useful),
    )
    return bare if view is None else _in_view(bare, view)


def _without(criteria: Criteria, reason: Reason) -> Criteria:
    """Return criteria without one of them."""
    empty = Criteria()
    return replace(criteria, **{name: getattr(empty, name) for name in CRITERIA[reason]})


def _in_view(bare: Idle, view: _View) -> Idle:
    """Add what the last batch says."""
    told = replace(bare, batch_id=view.batch.id, batch_at=view.batch.at, queue=int(view.queue.size))
    key, currency = bare.mandate.id.bytes, bare.mandate.currency
    if key not in view.reasons.mandates:
        return told
    row = view.market.mandates.keys.index(key)
    lender = int(view.market.mandates.lender[row])
    spendable = max(int(view.cash[lender] - view.market.mandates.keep[row]), 0)
    funnel: Counter[Reason] = view.reasons.funnel(key)
    told = replace(told, spendable=Money(spendable, currency), funnel=tuple(sorted(funnel.items())))
    places = np.flatnonzero(view.queue == lender)
    if not places.size:
        return told
    ahead = int(view.idle[view.queue[: places[0]]].sum())
    wait = timedelta(days=ahead / view.a_day) if view.a_day else None
    return replace(told, place=int(places[0]) + 1, ahead=Money(ahead, currency), wait=wait)
