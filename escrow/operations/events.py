"""What a gateway tells: stored once by its id, applied when its time has come."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from escrow.collecting import Collection
from escrow.gateway import Event, EventKind, Message
from escrow.operations.collecting import apply_to_collection
from escrow.operations.deposits import apply_to_deposit
from escrow.operations.destinations import apply_to_destination, save_method
from escrow.operations.payouts import apply_to_payout
from escrow.operations.returns import apply_return
from escrow.transfers import Deposit, Destination, GatewayEvent, Payout, SavedMethod

# Who follows what is told, by the noun before the point.
FOLLOWERS: dict[str, tuple[type[Any], Callable[..., bool]]] = {
    "collection": (Collection, apply_to_collection),
    "deposit": (Deposit, apply_to_deposit),
    "destination": (Destination, apply_to_destination),
    "method": (SavedMethod, save_method),
    "payout": (Payout, apply_to_payout),
}

TAKEN_BACK = {
    EventKind.DEPOSIT_RETURNED,
    EventKind.DEPOSIT_DISPUTED,
    EventKind.DEPOSIT_REINSTATED,
}


def receive(session: Session, *, event: Event, at: datetime) -> GatewayEvent:
    """Store what a gateway told us, once, and apply it.

    Events may come twice and in any order. One that contradicts what was applied before, or
    whose subject or kind is unknown, is kept with `applied_at` empty, for a person to look at;
    received again it is tried again.
    """
    stored = _stored(session, event.id, event.kind, {"subject": event.subject, **event.payload}, at)
    if stored.applied_at is None and _apply(session, event, at):
        stored.applied_at = at
    return stored


def take_message(session: Session, *, message: Message, at: datetime) -> GatewayEvent:
    """Store that something happened at the gateway; a job asks there what is the case now."""
    payload = {"object": message.object_id, "account": message.account}
    return _stored(session, message.id, f"message:{message.kind}"[:64], payload, at)


def finish_message(session: Session, *, message_id: str, at: datetime) -> None:
    """Note that what a message led to has been applied."""
    row = session.get_one(GatewayEvent, message_id, with_for_update=True)
    row.applied_at = row.applied_at or at


def _stored(
    session: Session, event_id: str, kind: str, payload: Mapping[str, object], at: datetime
) -> GatewayEvent:
    known = session.get(GatewayEvent, event_id, with_for_update=True)
    if known is not None:
        return known
    fresh = GatewayEvent(id=event_id, kind=kind, payload=dict(payload), received_at=at)
    try:
        with session.begin_nested():
            session.add(fresh)
    except IntegrityError:
        # It came twice at once; the other one has been committed.
        return session.get_one(GatewayEvent, event_id, with_for_update=True)
    return fresh


def _apply(session: Session, event: Event, at: datetime) -> bool:
    """Let the subject follow the event, and say whether the event has its place."""
    if event.kind not in set(EventKind):
        return False
    model, follow = FOLLOWERS[event.kind.partition(".")[0]]
    subject = _subject(session, model, event.subject)
    if event.kind in TAKEN_BACK:
        follow = apply_return
    return subject is not None and follow(session, subject, event, at)


def _subject(session: Session, model: type[Any], subject: str) -> Any:
    """Lock what has this id or reference."""
    named = model.reference == subject
    with suppress(ValueError):
        named = or_(named, model.id == UUID(subject))
    return session.scalar(
        select(model).where(named).with_for_update().execution_options(populate_existing=True)
    )
