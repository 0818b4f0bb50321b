"""Decisions on an application."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import NotFound
from origination.models import Application, Decision, DecisionKind

REVIEWS = (DecisionKind.RECOMMEND_APPROVAL, DecisionKind.RECOMMEND_DECLINE)
FINAL = (DecisionKind.APPROVE, DecisionKind.DECLINE)


def decisions(session: Session, *, application_id: UUID) -> list[Decision]:
    """Return every decision on an application, the first one first."""
    made = select(Decision).where(Decision.application_id == application_id).order_by(Decision.id)
    return list(session.scalars(made))


def last_decision(
    session: Session, *, application: Application, kinds: tuple[DecisionKind, ...]
) -> Decision:
    """Return the latest decision of these kinds.

    Raises:
        NotFound: there is none yet.
    """
    latest = (
        select(Decision)
        .where(Decision.application_id == application.id, Decision.kind.in_(kinds))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    decision = session.scalar(latest)
    if decision is None:
        raise NotFound(what="Decision", id=application.id)
    return decision
