"""Signing: what was accepted is kept as it was read."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Invalid, find
from origination.models import Application, Signature
from origination.operations.applications import borrower, require_owner


class NothingToSign(Invalid):
    """Type your full name under the agreement to sign it."""


def sign(
    session: Session,
    *,
    application_id: UUID,
    borrower_id: UUID,
    signer: str,
    document: str,
    language: str,
    at: datetime,
) -> Signature:
    """Keep a document with the name that was typed under it.

    Signing says nothing yet: call it in the transaction of what the signature is for (`accept`,
    `accept_partial`), so that there is neither without the other.

    Args:
        session: the writing session.
        application_id: what the document is about.
        borrower_id: who signs.
        signer: the name as it was typed.
        document: all that was shown and agreed to, as text.
        language: the document's, such as "en" or "zh".
        at: when.

    Raises:
        NotYours: somebody else's application.
        NothingToSign: no name, or no document.
    """
    application = find(session, Application, application_id)
    by = borrower(borrower_id)
    require_owner(application, by)
    if not signer.strip() or not document.strip():
        raise NothingToSign

    signature = Signature(
        application_id=application_id,
        signer=signer,
        by=by,
        at=at,
        language=language,
        document=document,
        sha256=sha256(document.encode()).hexdigest(),
    )
    session.add(signature)
    session.flush()
    return signature
