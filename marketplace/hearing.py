"""What a gateway tells is stored at once, and looked after by jobs."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

import escrow
from marketplace import jobs

HEAR, TEND = "escrow.hear", "escrow.tend"


def hear(session: Session, *, message: escrow.Message, at: datetime, again: str = "") -> None:
    """Store what a gateway posted to us, and let the worker ask what is the case."""
    if escrow.take_message(session, message=message, at=at).applied_at is not None:
        return
    payload = {"id": message.id, "kind": message.kind}
    payload |= {"object": message.object_id, "account": message.account}
    jobs.enqueue(
        session, kind=HEAR, payload=payload, at=at, dedupe_key=f"hear:{message.id}"[:180] + again
    )
    tend(session, at=at)


def tend(session: Session, *, at: datetime, now: bool = False) -> None:
    """Look after what is on its way once in the next hour; or at once, as well."""
    hour = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if now:
        jobs.enqueue(session, kind=TEND, payload={}, at=at, dedupe_key=f"tend:{at.isoformat()}")
    jobs.enqueue(
        session,
        kind=TEND,
        payload={},
        at=at,
        run_at=hour,
        dedupe_key=f"tend:{hour.isoformat()}",
    )
