"""What borrowers pay in, and how they may be debited."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.collecting import Collection, CollectionStatus
from escrow.transfers import SavedMethod

OPEN = (CollectionStatus.PREPARED, CollectionStatus.CALLED, CollectionStatus.PROCESSING)


def collections_of(session: Session, *, loan_id: UUID, limit: int = 20) -> Sequence[Collection]:
    """Return a loan's payments through the gateway, the newest first."""
    newest = select(Collection).where(Collection.loan_id == loan_id)
    return session.scalars(newest.order_by(Collection.id.desc()).limit(limit)).all()


def methods_of(session: Session, *, owner_id: UUID, gateway: str) -> Sequence[SavedMethod]:
    """Return the ways to pay that a borrower has saved at a gateway, the newest first."""
    saved = select(SavedMethod).where(
        SavedMethod.owner_id == owner_id,
        SavedMethod.gateway == gateway,
        SavedMethod.saved_at.is_not(None),
    )
    return session.scalars(saved.order_by(SavedMethod.id.desc())).all()


def waiting_collections(session: Session, *, gateway: str) -> Sequence[Collection]:
    """Return the debits that are prepared, called, or on their way, the oldest first."""
    found = select(Collection).where(
        Collection.status.in_(OPEN),
        Collection.gateway == gateway,
        Collection.method_id.is_not(None),
    )
    return session.scalars(found.order_by(Collection.id)).all()
