"""What borrowers have signed."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import NotFound
from origination.models import Signature


def last_signature(session: Session, *, application_id: UUID) -> Signature:
    """Return what was signed last for an application: the agreement that holds.

    Raises:
        NotFound: nothing was signed.
    """
    latest = (
        select(Signature)
        .where(Signature.application_id == application_id)
        .order_by(Signature.id.desc())
        .limit(1)
    )
    signature = session.scalar(latest)
    if signature is None:
        raise NotFound(what="Signature", id=application_id)
    return signature
