from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel import NotFound
from origination import Application, NothingToSign, NotYours, Signature, last_signature, sign
from tests.origination.stories import ALICE, BOB, NOON, an_approved

AGREEMENT = "<p>Alice 借款</p>"


def signed(session: Session, application: Application, **wishes: Any) -> Signature:
    """Sign as alice would, but for what a test wishes otherwise."""
    usual: dict[str, Any] = {
        "borrower_id": ALICE,
        "signer": "Alice",
        "document": AGREEMENT,
        "language": "zh",
    }
    return sign(session, application_id=application.id, at=NOON, **(usual | wishes))


def test_a_signature_keeps_the_document_word_for_word(session: Session) -> None:
    application = an_approved(session)

    signature = signed(session, application)

    assert last_signature(session, application_id=application.id) is signature
    assert signature.document == AGREEMENT
    assert signature.sha256 == sha256(AGREEMENT.encode()).hexdigest()


def test_nobody_signs_for_somebody_else(session: Session) -> None:
    application = an_approved(session)

    with pytest.raises(NotYours):
        signed(session, application, borrower_id=BOB)


@pytest.mark.parametrize(("signer", "document"), [(" ", AGREEMENT), ("Alice", " ")])
def test_a_signature_needs_a_name_and_a_document(
    session: Session, signer: str, document: str
) -> None:
    application = an_approved(session)

    with pytest.raises(NothingToSign):
        signed(session, application, signer=signer, document=document)


def test_without_a_signature_there_is_no_agreement(session: Session) -> None:
    application = an_approved(session)

    with pytest.raises(NotFound):
        last_signature(session, application_id=application.id)


@pytest.mark.parametrize("attack", ["UPDATE signature SET document = ''", "DELETE FROM signature"])
def test_what_is_signed_cannot_be_changed_afterwards(session: Session, attack: str) -> None:
    application = an_approved(session)
    signed(session, application)

    with pytest.raises(DBAPIError, match="what is written stays"), session.begin_nested():
        session.execute(text(attack))
