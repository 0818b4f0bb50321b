"""Messages to borrowers about payment: asked for once, let out by the rules, or held back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import queries
from care.contacting import Reason, Verdict
from care.models import CareFile, Contact, Message, MessageRefusal, MessageStatus
from care.operations.filing import SYSTEM
from kernel import find, lock, new_id
from servicing import LoanStatus


def ask_to_write(
    session: Session,
    *,
    loan_id: UUID,
    key: str,
    kind: str,
    subject: str,
    body: str,
    locale: str,
    at: datetime,
    due_on: date | None = None,
    expires_at: datetime | None = None,
    channel: str = "mail",
) -> Message:
    """Write down a message for the borrower of a loan; under one key it is written once.

    Nothing leaves by this: `let_out` decides when it may.

    Args:
        session: the writing session.
        loan_id: the loan it is about.
        key: what makes it the same message.
        kind: what it is, such as `reminder`.
        subject: its subject, in the borrower's language.
        body: its text, in the borrower's language.
        locale: that language.
        at: when this happens.
        due_on: the installment it speaks of; it leaves only while that one is not paid.
        expires_at: from when on it would say nothing of use.
        channel: by which way it is to go.
    """
    known = queries.message_by_key(session, key=key)
    if known is not None:
        return known
    file = find(session, CareFile, loan_id)
    message = Message(
        id=new_id(),
        key=key,
        loan_id=loan_id,
        borrower_id=file.borrower_id,
        kind=kind,
        channel=channel,
        subject=subject,
        body=body,
        locale=locale,
        due_on=due_on,
        expires_at=expires_at,
        status=MessageStatus.WAITING,
        created_at=at,
        send_at=at,
    )
    session.add(message)
    session.flush()
    return message


def let_out(session: Session, *, message_id: UUID, at: datetime) -> Verdict | None:
    """Decide whether a message may leave at this moment; every refusal is logged with its reason.

    One that may not leave yet waits for the next moment at which it may; one that is not needed any
    more, or that its borrower does not want, never leaves. What is let out is a contact and counts
    for the next one.

    Returns:
        The verdict; None where it was decided for good before.
    """
    _lock_borrower(session, find(session, Message, message_id).borrower_id)
    message = lock(session, Message, message_id)
    if message.status != MessageStatus.WAITING:
        return None
    verdict = _verdict(session, message, at)
    if verdict.lets_out:
        _send(session, message, at)
    else:
        _hold_back(session, message, verdict, at)
    session.flush()
    return verdict


def _lock_borrower(session: Session, borrower_id: UUID) -> None:
    """Let one message to a borrower be decided after the other: each counts for the next."""
    session.execute(
        select(CareFile.loan_id)
        .where(CareFile.borrower_id == borrower_id)
        .order_by(CareFile.loan_id)
        .with_for_update()
    )


def _verdict(session: Session, message: Message, at: datetime) -> Verdict:
    file = find(session, CareFile, message.loan_id)
    session.refresh(file)
    if not _is_needed(file, message):
        return Verdict(Reason.NOT_NEEDED)
    if message.expires_at is not None and message.expires_at <= at:
        return Verdict(Reason.EXPIRED)
    return queries.may_contact(session, file=file, channel=message.channel, at=at)


def _is_needed(file: CareFile, message: Message) -> bool:
    """Say whether the installment a message speaks of is still to be paid."""
    if message.due_on is None:
        return True
    first = file.unpaid_since or file.due_on
    return file.status == LoanStatus.ACTIVE and first is not None and first <= message.due_on


def _send(session: Session, message: Message, at: datetime) -> None:
    message.status, message.sent_at = MessageStatus.SENT, at
    session.add(
        Contact(
            loan_id=message.loan_id,
            borrower_id=message.borrower_id,
            channel=message.channel,
            outgoing=True,
            outcome="sent",
            note=message.subject,
            by=SYSTEM,
            at=at,
        )
    )


def _hold_back(session: Session, message: Message, verdict: Verdict, at: datetime) -> None:
    if verdict.next_at is None:
        message.status = MessageStatus.DROPPED
    else:
        message.send_at = verdict.next_at
    session.add(
        MessageRefusal(
            message_id=message.id, reason=str(verdict.reason), at=at, next_at=verdict.next_at
        )
    )
