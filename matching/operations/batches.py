"""A batch: look at the whole market at one instant, plan, and apply what still holds."""

import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

import escrow
from escrow import InsufficientFunds, Movement, Pairs
from kernel import Base, Currency, bulk_insert, bulk_update, new_id, new_ids
from matching import queries
from matching.allocate import allocate
from matching.atwork import AtWork, Manual
from matching.columns import Ints
from matching.confirm import Confirmed, confirm
from matching.criteria import Reason
from matching.errors import BatchOvertaken
from matching.frozen import freeze, freeze_plan
from matching.market import Plan
from matching.measures import Fairness
from matching.models import Batch, BatchRecord, Mandate, Order, OrderStatus
from matching.operations.orders import listing_account
from matching.packed import pack
from matching.queries import Snapshot
from matching.reasons import Reasons
from matching.waits import Waits, waits_from
from origination import Listing, ListingStatus

# How often lenders may take their cash away between the look at it and the posting.
TRIES = 8


def run_batch(
    session: Session,
    *,
    at: datetime,
    seed: str | None = None,
    currency: Currency = Currency.USD,
    invested: Mapping[UUID, int] | None = None,
    key: str | None = None,
    at_work: AtWork | None = None,
    manual: Manual | None = None,
) -> Batch:
    """Share the money of all mandates in one currency among its open listings.

    The plan is made without holding a lock; what others did meanwhile is seen under the locks of
    those rows that it changes, and lines that no longer hold are dropped and counted. A batch that
    runs again places only what has become possible since.

    Args:
        session: the writing session.
        at: the instant of the batch.
        seed: decides ties; one is drawn if none is given, and kept with the batch.
        currency: of both sides.
        invested: what every lender has at work, in minor units; without it, what its mandates
            have placed.
        at_work: what is outstanding and came back, for mandates that ask.
        manual: what is kept of every listing for orders by hand.
        key: names the batch; one that was run under this key before is returned as it is.

    Raises:
        BatchOvertaken: lenders kept taking cash out while it was applied.
    """
    known = None if key is None else session.scalar(select(Batch).where(Batch.key == key))
    if known is not None:
        return known
    seed = secrets.token_hex(16) if seed is None else seed
    look = partial(
        queries.snapshot,
        session,
        currency=currency,
        at=at,
        invested=invested,
        at_work=at_work,
        manual=manual,
    )
    seen = look()
    plan = allocate(seen.market, seed=seed)

    since = queries.waiting_since(session, seen=seen, at=at)
    _lock(session, seen, plan)
    batch_id = new_id()
    for _ in range(TRIES):
        now = look()
        held = confirm(plan, planned=seen.market, now=now.market)
        # Where somebody took cash out after this look, it shows in the next one.
        if _post(session, batch_id, now, held, at=at, currency=currency):
            break
    else:
        raise BatchOvertaken

    batch = Batch(
        id=batch_id,
        key=key,
        at=at,
        seed=seed,
        input_digest=seen.market.digest(),
        plan_digest=plan.digest(seen.market),
        listings=len(seen.listings),
        mandates=len(seen.mandates),
        orders=len(held.amount),
        currency=currency,
        reserved_minor=int(held.amount.sum()),
        dropped=sum(held.dropped.values()),
        summary=_summary(seen, plan, now, held, since, at=at),
    )
    session.add(batch)
    _write_record(session, batch, seen, plan, held)
    _write_orders(session, batch, now, held)
    _write_listings(session, now, held, at=at)
    _write_mandates(session, seen, plan, now, held, since=since, at=at)
    return batch


def _lock(session: Session, seen: Snapshot, plan: Plan) -> None:
    """Hold the listings of the plan, then all mandates, each in the order of their ids."""
    listings = [seen.listings[row].id for row in np.unique(plan.listing).tolist()]
    mandates = [row.id for row in seen.mandates]
    for model, ids in ((Listing, listings), (Mandate, mandates)):
        for start in range(0, len(ids), 10_000):
            some = model.id.in_(ids[start : start + 10_000])
            session.execute(select(model.id).where(some).order_by(model.id).with_for_update())


def _post(
    session: Session,
    batch_id: UUID,
    now: Snapshot,
    held: Confirmed,
    *,
    at: datetime,
    currency: Currency,
) -> bool:
    """Move all the money of a batch in one entry; say whether it was all there."""
    if not held.amount.size:
        return True
    accounts = _listing_accounts(session, now, held)[held.listing]
    lenders = np.array(now.accounts, dtype=np.int64)[now.market.mandates.lender[held.mandate]]
    moves = Pairs(Movement.RESERVE, lenders, accounts, held.amount, currency)
    try:
        escrow.post(session, key=f"batch:{batch_id}", postings=[moves], at=at, memo="Mandates")
    except InsufficientFunds:
        return False
    return True


def _listing_accounts(session: Session, now: Snapshot, held: Confirmed) -> Ints:
    """Return the account of every listing of the plan, opening those that have none yet."""
    accounts = np.array([row.account_id or 0 for row in now.listings], dtype=np.int64)
    new = [row for row in np.unique(held.listing).tolist() if not accounts[row]]
    listings = _loaded(session, [now.listings[row].id for row in new])
    for row in new:
        accounts[row] = listing_account(session, listings[now.listings[row].id])
    return accounts


def _loaded(session: Session, ids: list[UUID]) -> dict[UUID, Listing]:
    """Load listings afresh, as objects."""
    found: dict[UUID, Listing] = {}
    for start in range(0, len(ids), 10_000):
        some = select(Listing).where(Listing.id.in_(ids[start : start + 10_000]))
        fresh = some.execution_options(populate_existing=True)
        found.update((listing.id, listing) for listing in session.scalars(fresh))
    return found


def _summary(
    seen: Snapshot,
    plan: Plan,
    now: Snapshot,
    held: Confirmed,
    since: Mapping[UUID, datetime],
    *,
    at: datetime,
) -> dict[str, Any]:
    """Say how many mandates came how far, why lines were dropped, and how fair the plan was."""
    reached = Counter(Reason(code).name.lower() for code in plan.why.tolist())
    return {
        "reached": dict(sorted(reached.items())),
        "dropped": {reason.value: count for reason, count in held.dropped.items()},
        "contested": int(plan.contested.sum()),
        "fairness": Fairness.of(seen.market, plan).to_json(),
        "waits": _waits(seen, now, held, since, at=at),
    }


def _waits(
    seen: Snapshot,
    now: Snapshot,
    held: Confirmed,
    since: Mapping[UUID, datetime],
    *,
    at: datetime,
) -> dict[str, Any]:
    """Say how long the money of those had waited who were served, and of those who wait on."""
    first: dict[UUID, datetime] = {}
    for mandate in seen.mandates:
        if mandate.id in since:
            known = first.get(mandate.lender_id, at)
            first[mandate.lender_id] = min(known, since[mandate.id])
    served = {now.mandates[row].lender_id for row in np.unique(held.mandate).tolist()}
    return Waits.of(
        (at - when for lender, when in first.items() if lender in served),
        (at - when for lender, when in first.items() if lender not in served),
    ).to_json()


def _write_record(
    session: Session, batch: Batch, seen: Snapshot, plan: Plan, held: Confirmed
) -> None:
    """Keep what the batch saw and planned, and the reasons of all pairs."""
    session.flush()
    record = {
        "batch_id": batch.id,
        "market": freeze(seen.market),
        "plan": freeze_plan(plan),
        "reasons": Reasons.of(seen.market, plan).encode(),
        "dropped": pack({reason.value: lines for reason, lines in held.lost.items()}),
    }
    session.execute(insert(_table(BatchRecord)).values(record))


def _write_orders(session: Session, batch: Batch, now: Snapshot, held: Confirmed) -> None:
    listings = [now.listings[row].id for row in held.listing.tolist()]
    mandates = [now.mandates[row] for row in held.mandate.tolist()]
    bulk_insert(
        session,
        _table(Order),
        {
            "id": new_ids(len(held.amount)) if held.amount.size else [],
            "listing_id": listings,
            "lender_id": [mandate.lender_id for mandate in mandates],
            "account_id": [mandate.account_id for mandate in mandates],
            "mandate_id": [mandate.id for mandate in mandates],
            "batch_id": batch.id,
            "amount_minor": held.amount,
            "requested_minor": held.amount,
            "currency": batch.currency,
            "status": OrderStatus.RESERVED.value,
            "key": [f"batch:{batch.id.hex}:{listing.hex}" for listing in listings],
            "placed_at": batch.at,
        },
        count=len(held.amount),
    )


def _write_listings(session: Session, now: Snapshot, held: Confirmed, *, at: datetime) -> None:
    """Book the room that is taken, and fund the listings that are full."""
    rows, orders = np.unique(held.listing, return_counts=True)
    taken = _sums(held.listing, held.amount, len(now.listings))[rows]
    found = [now.listings[row] for row in rows.tolist()]
    full = [row.id for row, got in zip(found, taken.tolist(), strict=True) if _room(row) == got]
    bulk_update(
        session,
        _table(Listing),
        "id",
        {
            "id": [row.id for row in found],
            "reserved_minor": np.array([row.reserved_minor for row in found], np.int64) + taken,
            "orders": np.array([row.orders for row in found], np.int64) + orders,
        },
        count=len(found),
    )
    forget(session, Listing)
    for listing in _loaded(session, full).values():
        listing.move(session, ListingStatus.FUNDED, by="system", at=at, why="full")
        listing.closed_at = at


def _room(row: Any) -> int:
    return int(row.amount_minor - row.reserved_minor)


def _write_mandates(
    session: Session,
    seen: Snapshot,
    plan: Plan,
    now: Snapshot,
    held: Confirmed,
    *,
    since: Mapping[UUID, datetime],
    at: datetime,
) -> None:
    """Book what each mandate placed, when it was served, why not, and since when it waits."""
    placed = _sums(held.mandate, held.amount, len(now.mandates))
    waits = _waits_from(now, held, since, at=at)
    contested = {seen.listings[row].id for row in np.flatnonzero(plan.contested).tolist()}
    served = {
        mandate
        for mandate, listing in zip(held.mandate.tolist(), held.listing.tolist(), strict=True)
        if now.listings[listing].id in contested
    }
    reached = dict(zip((row.id for row in seen.mandates), plan.why.tolist(), strict=True))
    fresh = [
        (
            mandate.id,
            mandate.invested_minor + int(placed[row]),
            at if row in served else mandate.served_at,
            waits[row],
            _idle_why(reached.get(mandate.id), placed=int(placed[row])),
        )
        for row, mandate in enumerate(now.mandates)
    ]
    changed = [
        values
        for values, mandate in zip(fresh, now.mandates, strict=True)
        if values[1:]
        != (mandate.invested_minor, mandate.served_at, mandate.waits_since, mandate.idle_why)
    ]
    names = ("id", "invested_minor", "served_at", "waits_since", "idle_why")
    columns = zip(*changed, strict=True) if changed else ((),) * len(names)
    bulk_update(
        session,
        _table(Mandate),
        "id",
        dict(zip(names, map(list, columns), strict=True)),
        count=len(changed),
    )
    forget(session, Mandate)


def _waits_from(
    now: Snapshot, held: Confirmed, since: Mapping[UUID, datetime], *, at: datetime
) -> list[datetime | None]:
    """Return for every mandate since when the money waits that it may use after the batch."""
    market, least = now.market, queries.smallest_order(now)
    lender = market.mandates.lender
    got = _sums(lender[held.mandate], held.amount, len(market.lenders.keys))
    free = (market.lenders.cash - got)[lender] - market.mandates.keep
    return [
        waits_from(
            since.get(mandate.id), free=left, least=least, served=got[lender[row]] > 0, at=at
        )
        for row, (mandate, left) in enumerate(zip(now.mandates, free.tolist(), strict=True))
    ]


def _idle_why(code: int | None, *, placed: int) -> str | None:
    """Name what stood in the way; a line that was planned and dropped came too late."""
    if placed or code is None:
        return None
    reason = Reason(code)
    return (Reason.QUEUE if reason is Reason.SERVED else reason).name.lower()


def _sums(rows: Ints, amounts: Ints, count: int) -> Ints:
    sums = np.zeros(count, dtype=np.int64)
    np.add.at(sums, rows, amounts)
    return sums


def forget(session: Session, model: type[Base]) -> None:
    """Make the session read again what a bulk statement has changed."""
    for row in list(session.identity_map.values()):
        if isinstance(row, model):
            session.expire(row)


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
