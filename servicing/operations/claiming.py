"""Which run of a close works on which loan: claims that expire with whoever holds them."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from servicing.close_models import CloseItem
from servicing.models import Loan
from servicing.queries import is_due

EXPIRES = timedelta(minutes=1)  # a loan takes some milliseconds to close
_COLUMNS = ("day", "loan_id", "holder", "claimed_at", "expires_at")


def claim_loans(
    session: Session, *, day: date, holder: UUID, since: datetime, at: datetime, most: int = 50
) -> list[UUID]:
    """Claim loans that are due for one run of the close; no other run gets them meanwhile.

    Two runs at once share the loans between them. What a dead run has left is taken over when its
    claims expire, and what failed before this run began is tried again, once.

    Args:
        session: the writing session.
        day: the day that is closed.
        holder: the run.
        since: when the run began.
        at: now; the claims hold for EXPIRES.
        most: how many loans at most.

    Returns:
        The loans that this run closes now, none where nothing is left to claim.
    """
    free = _is_free(since=since, at=at)
    mine = and_(CloseItem.loan_id == Loan.id, CloseItem.day == day)
    due = (
        select(
            literal(day, CloseItem.day.type),
            Loan.id,
            literal(holder, CloseItem.holder.type),
            literal(at, CloseItem.claimed_at.type),
            literal(at + EXPIRES, CloseItem.expires_at.type),
        )
        .outerjoin(CloseItem, mine)
        .where(*is_due(day), or_(CloseItem.loan_id.is_(None), free))
        .order_by(Loan.id)
        .limit(most)
    )
    # Whoever comes second waits here for the first, finds its claim, and leaves the loan out.
    values = {"holder": holder, "claimed_at": at, "expires_at": at + EXPIRES, "failure": None}
    keys = [CloseItem.day, CloseItem.loan_id]
    if session.get_bind().dialect.name == "sqlite":
        taken = sqlite.insert(CloseItem).from_select(_COLUMNS, due)
        taken = taken.on_conflict_do_update(index_elements=keys, set_=values, where=free)
        return sorted(session.scalars(taken.returning(CloseItem.loan_id)))
    claimed = postgresql.insert(CloseItem).from_select(_COLUMNS, due)
    claimed = claimed.on_conflict_do_update(index_elements=keys, set_=values, where=free)
    return sorted(session.scalars(claimed.returning(CloseItem.loan_id)))


def release_claims(session: Session, *, day: date, holder: UUID) -> None:
    """Give back what a run has claimed and not closed, because it is interrupted."""
    session.execute(
        delete(CloseItem).where(
            CloseItem.day == day,
            CloseItem.holder == holder,
            CloseItem.closed_at.is_(None),
            CloseItem.failure.is_(None),
        )
    )


def _is_free(*, since: datetime, at: datetime) -> ColumnElement[bool]:
    """Say which loans with a part in the close may be claimed again.

    One that was closed and is due again has had a payment taken back since.
    """
    return or_(
        CloseItem.closed_at.is_not(None),
        and_(CloseItem.failure.is_(None), CloseItem.expires_at <= at),
        and_(CloseItem.failure.is_not(None), CloseItem.claimed_at < since),
    )
