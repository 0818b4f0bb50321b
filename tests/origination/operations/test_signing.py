from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel import NotFound
from origination import NothingToSign, NotYours, last_signature, sign
from tests.origination.stories import ALICE, BOB, NOON, an_approved

AGREEMENT = "<p>Alice 借款</p>"


def test_a_signature_keeps_the_document_word_for_word(session: Session) -> None:
    application = an_approved(session)

    signature = sign(
        session,
        application_id=application.id,
        borrower_id=ALICE,
        signer="Alice",
        document=AGREEMENT,
        language="zh",
        at=NOON,
    )

    assert last_signature(session, application_id=application.id) is signature
    assert signature.document == AGREEMENT
    assert signature.sha256 == sha256(AGREEMENT.encode()).hexdigest()


def test_nobody_signs_for_somebody_else(session: Session) -> None:
    application = an_approved(session)

    with pytest.raises(NotYours):
        sign(
            session,
            application_id=application.id,
            borrower_id=BOB,
            signer="Alice",
            document=AGREEMENT,
            language="zh",
            at=NOON,
        )


@pytest.mark.parametrize(("signer", "document"), [(" ", AGREEMENT), ("Alice", " ")])
def test_a_signature_needs_a_name_and_a_document(
    session: Session, signer: str, document: str
) -> None:
    application = an_approved(session)

    with pytest.raises(NothingToSign):
        sign(
            session,
            application_id=application.id,
            borrower_id=ALICE,
            signer=signer,
            document=document,
            language="zh",
            at=NOON,
        )


def test_without_a_signature_there_is_no_agreement(session: Session) -> None:
    application = an_approved(session)

    with pytest.raises(NotFound):
        last_signature(session, application_id=application.id)


@pytest.mark.parametrize("attack", ["UPDATE signature SET document = ''", "DELETE FROM signature"])
def test_what_is_signed_cannot_be_changed_afterwards(session: Session, attack: str) -> None:
    application = an_approved(session)
    sign(
        session,
        application_id=application.id,
        borrower_id=ALICE,
        signer="Alice",
        document=AGREEMENT,
        language="zh",
        at=NOON,
    )

    with pytest.raises(DBAPIError, match="what is written stays"), session.begin_nested():
        session.execute(text(attack))
