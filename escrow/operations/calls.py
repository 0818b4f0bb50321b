"""Calls to a gateway: prepared and committed, then made, then recorded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.policy import payment_policy
from escrow.transfers import GatewayCall
from kernel import lock


def prepare_call(session: Session, *, purpose: str, subject_id: UUID, at: datetime) -> GatewayCall:
    """Write down the key of a call that is about to be made, or find the call made before.

    The key follows from the intent, so that the same intent asked for again is the same call.
    """
    latest = session.scalar(
        select(GatewayCall)
        .where(GatewayCall.subject_id == subject_id, GatewayCall.purpose == purpose)
        .order_by(GatewayCall.attempt.desc())
        .limit(1)
    )
    return latest or _write(session, purpose, subject_id, 1, at)


def repeat_call(session: Session, *, key: str, at: datetime) -> GatewayCall:
    """Write down the next attempt of a call that, looked up, turned out not to have acted."""
    earlier = lock(session, GatewayCall, key)
    earlier.finished_at, earlier.error = at, earlier.error or "it did not act"
    number = earlier.attempt + 1
    fresh = f"{earlier.purpose}:{earlier.subject_id}:{number}"
    known = session.get(GatewayCall, fresh)
    return known or _write(session, earlier.purpose, earlier.subject_id, number, at)


def record_call(
    session: Session,
    *,
    key: str,
    at: datetime,
    reference: str | None = None,
    error: str | None = None,
    doubtful: bool = False,
) -> GatewayCall:
    """Write down how a call ended: what it made, why it was refused, or that nobody knows."""
    call = lock(session, GatewayCall, key)
    if call.reference is None:
        call.reference, call.error = reference, error and error[:200]
        call.doubtful = doubtful
        call.finished_at = None if doubtful else at
    return call


def must_look(call: GatewayCall, *, at: datetime) -> bool:
    """Say whether the gateway must be asked for what a call made before it is made again."""
    return call.doubtful or at - call.prepared_at > payment_policy().retry_within


def _write(
    session: Session, purpose: str, subject_id: UUID, attempt: int, at: datetime
) -> GatewayCall:
    call = GatewayCall(
        key=f"{purpose}:{subject_id}:{attempt}",
        purpose=purpose,
        subject_id=subject_id,
        attempt=attempt,
        prepared_at=at,
    )
    session.add(call)
    session.flush()
    return call
