"""Where client money rests: one person proposes, another agrees, and the history stays."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.errors import CustodyUnchanged, SameHands
from escrow.outside import CustodyChoice, CustodyKind, CustodyStatus
from kernel import lock, new_id


def propose_custody(
    session: Session, *, kind: CustodyKind, why: str, by: str, at: datetime
) -> CustodyChoice:
    """Propose where client money is to rest from now on.

    Raises:
        CustodyUnchanged: it is so already, or another proposal waits.
    """
    waiting = session.scalar(
        select(CustodyChoice).where(CustodyChoice.status == CustodyStatus.PROPOSED)
    )
    now = custody(session)
    if waiting is not None or (now is not None and now.kind == kind):
        raise CustodyUnchanged(kind=kind.value)
    row = CustodyChoice(
        id=new_id(),
        kind=kind.value,
        why=why[:500],
        status=CustodyStatus.PROPOSED,
        proposed_by=by,
        proposed_at=at,
    )
    session.add(row)
    row.begin(session, by=by, at=at, why=why[:500])
    session.flush()
    return row


def decide_custody(
    session: Session, *, choice_id: UUID, agreed: bool, by: str, at: datetime
) -> CustodyChoice:
    """Agree to a proposal of another person, or refuse it; it counts for what begins later.

    Raises:
        SameHands: the same person proposed it.
        MoveNotAllowed: it was decided before.
    """
    row = lock(session, CustodyChoice, choice_id)
    if row.proposed_by == by:
        raise SameHands(by=by)
    now = custody(session)
    row.move(session, CustodyStatus.IN_FORCE if agreed else CustodyStatus.REFUSED, by=by, at=at)
    row.decided_by, row.decided_at = by, at
    if agreed and now is not None:
        now.move(session, CustodyStatus.REPLACED, by=by, at=at)
    session.flush()
    return row


def custody(session: Session) -> CustodyChoice | None:
    """Return the choice that is in force, if there ever was one."""
    return session.scalar(
        select(CustodyChoice).where(CustodyChoice.status == CustodyStatus.IN_FORCE)
    )
