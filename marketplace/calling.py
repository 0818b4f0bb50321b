"""Calls to Stripe: a key is committed, the call is made outside any transaction, then recorded.

What was called before is not called again: its record answers. A call that failed in the middle,
or that is older than Stripe keeps keys for, is looked up before it is made under its next key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

import escrow
from escrow import GatewayDoubtful, GatewayRefused
from marketplace.db import in_transaction


@dataclass(frozen=True)
class Intent:
    """One thing to ask of the gateway, once."""

    purpose: str
    subject: UUID
    make: Callable[[str], str]
    look_up: Callable[[datetime], str | None]


def once(intent: Intent, *, at: datetime) -> str:
    """Ask for something once, and return the gateway's name of what came of it.

    Raises:
        GatewayRefused: now or before; it did nothing.
        GatewayUnavailable, GatewayDoubtful: ask again later.
    """
    call = in_transaction(
        partial(escrow.prepare_call, purpose=intent.purpose, subject_id=intent.subject, at=at)
    )
    if call.reference is not None:
        return call.reference
    if call.finished_at is not None:
        raise GatewayRefused(why=call.error)
    if escrow.must_look(call, at=at):
        found = intent.look_up(call.prepared_at)
        if found is not None:
            return _record(call.key, at, reference=found)
        call = in_transaction(partial(escrow.repeat_call, key=call.key, at=at))
    try:
        reference = intent.make(call.key)
    except GatewayRefused as refusal:
        _record(call.key, at, error=str(refusal.why))
        raise
    except GatewayDoubtful as doubt:
        _record(call.key, at, error=str(doubt.why), doubtful=True)
        raise
    return _record(call.key, at, reference=reference)


def _record(
    key: str,
    at: datetime,
    *,
    reference: str | None = None,
    error: str | None = None,
    doubtful: bool = False,
) -> str:
    def work(session: Session) -> str:
        call = escrow.record_call(
            session, key=key, at=at, reference=reference, error=error, doubtful=doubtful
        )
        return call.reference or ""

    return in_transaction(work)
