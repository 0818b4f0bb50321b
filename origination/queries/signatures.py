"""What borrowers have signed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import NotFound
from origination.models import Signature


def last_signature(
    session: Session, *, application_id: UUID, until: datetime | None = None
) -> Signature:
    """Return what was signed last for an application, or last until a moment.

    What is signed after the loan was paid out are changes of it, not the agreement.

    Raises:
        NotFound: nothing was signed.
    """
    latest = (
        select(Signature)
        .where(Signature.application_id == application_id)
        .order_by(Signature.id.desc())
        .limit(1)
    )
    if until is not None:
        latest = latest.where(Signature.at <= until)
    signature = session.scalar(latest)
    if signature is None:
        raise NotFound(what="Signature", id=application_id)
    return signature
