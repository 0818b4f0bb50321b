"""Borrowers' payments: prepared, called, told of by the gateway."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from escrow.collecting import Collection, CollectionStatus
from escrow.gateway import Event, EventKind, PaymentGateway
from escrow.operations.begun import begun, begun_meanwhile
from escrow.operations.deposits import reason
from kernel import Money, new_id

TOLD = {
    EventKind.COLLECTION_PROCESSING: CollectionStatus.PROCESSING,
    EventKind.COLLECTION_RECEIVED: CollectionStatus.RECEIVED,
    EventKind.COLLECTION_REINSTATED: CollectionStatus.RECEIVED,
    EventKind.COLLECTION_FAILED: CollectionStatus.FAILED,
    EventKind.COLLECTION_RETURNED: CollectionStatus.RETURNED,
}
# What a message means in a state where it has nothing to say any more.
LATE = {
    EventKind.COLLECTION_PROCESSING: {
        CollectionStatus.RECEIVED,
        CollectionStatus.FAILED,
        CollectionStatus.RETURNED,
    },
    EventKind.COLLECTION_RECEIVED: {CollectionStatus.RETURNED},
}


def begin_collection(
    session: Session,
    *,
    owner_id: UUID,
    loan_id: UUID,
    amount: Money,
    kind: str,
    key: str,
    gateway: PaymentGateway,
    counts_on: date,
    at: datetime,
    method_id: UUID | None = None,
    attempt: int = 1,
) -> Collection:
    """Write down that a borrower's payment is to be called for.

    Raises:
        KeyConflict: the key stands for another payment.
    """
    wanted: dict[str, Any] = {
        "owner_id": owner_id,
        "loan_id": loan_id,
        "amount": amount,
        "kind": kind,
        "gateway": gateway.name,
        "method_id": method_id,
    }
    known = begun(session, Collection, key, wanted)
    if known is not None:
        return known
    fresh = Collection(
        id=new_id(),
        key=key,
        status=CollectionStatus.PREPARED,
        created_at=at,
        counts_on=counts_on,
        attempt=attempt,
        **wanted,
    )
    try:
        with session.begin_nested():
            session.add(fresh)
            fresh.begin(session, by=f"borrower:{owner_id}", at=at)
    except IntegrityError as error:
        return begun_meanwhile(session, Collection, key, wanted, error)
    return fresh


def cancel_prepared(
    session: Session, *, loan_id: UUID, by: str, why: str, at: datetime
) -> Sequence[Collection]:
    """Cancel the debits of a loan that are prepared and were not called, and return them."""
    waiting = session.scalars(
        select(Collection)
        .where(
            Collection.loan_id == loan_id,
            Collection.method_id.is_not(None),
            Collection.status == CollectionStatus.PREPARED,
        )
        .order_by(Collection.id)
        .with_for_update()
    ).all()
    for row in waiting:
        row.failure, row.finished_at = why, at
        row.move(session, CollectionStatus.CANCELLED, by=by, at=at, why=why)
    return waiting


def apply_to_collection(
    session: Session, collection: Collection, event: Event, at: datetime
) -> bool:
    """Let a payment follow what is told of it, and say whether that has its place."""
    kind, status = EventKind(event.kind), CollectionStatus(collection.status)
    to = TOLD[kind]
    if status == to or status in LATE.get(kind, ()):
        return True
    if to not in collection.machine.moves[status]:
        return False
    if int(event.payload.get("amount_minor", collection.amount_minor)) != collection.amount_minor:
        return False
    collection.failure = collection.code = None
    if to in {CollectionStatus.FAILED, CollectionStatus.RETURNED}:
        collection.failure = reason(event)
        collection.code = str(event.payload.get("code") or "")[:64] or None
    if to == CollectionStatus.RECEIVED:
        collection.round += 1
    if to != CollectionStatus.PROCESSING:
        collection.finished_at = at
    collection.move(session, to, by="system", at=at, why=collection.failure or "")
    return True
