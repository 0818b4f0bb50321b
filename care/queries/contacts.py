"""When borrowers were contacted, by which way they may be, and what was not let out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import policy
from care.contacting import WEEK, Reason, Verdict, judge
from care.models import CareFile, Contact, Message, MessageRefusal, MessageStatus, Preference

# A day of the calendar may begin that much before a span of seven days.
MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A message that was not let out at a moment, and why."""

    message: Message
    refusal: MessageRefusal


def preference(session: Session, *, borrower_id: UUID) -> Preference | None:
    """Return what a borrower asked for."""
    return session.get(Preference, borrower_id)


def zone_of(session: Session, *, file: CareFile) -> ZoneInfo:
    """Return the time zone of a loan's borrower."""
    asked = preference(session, borrower_id=file.borrower_id)
    return ZoneInfo((asked and asked.timezone) or policy.zone_of(file.currency, file.region))


def may_contact(session: Session, *, file: CareFile, channel: str, at: datetime) -> Verdict:
    """Say whether a loan's borrower may be contacted at a moment by one way."""
    asked = preference(session, borrower_id=file.borrower_id)
    if asked is not None and channel in asked.opted_out:
        return Verdict(Reason.OPTED_OUT)
    return judge(
        policy.contact_rules(file.currency),
        at=at,
        zone=zone_of(session, file=file),
        contacts=outgoing_since(session, borrower_id=file.borrower_id, since=at - WEEK - MARGIN),
    )


def outgoing_since(session: Session, *, borrower_id: UUID, since: datetime) -> Sequence[datetime]:
    """Return when we contacted a borrower since a moment."""
    return session.scalars(
        select(Contact.at)
        .where(Contact.borrower_id == borrower_id, Contact.at > since, Contact.outgoing)
        .order_by(Contact.at)
    ).all()


def contacts_of(session: Session, *, loan_id: UUID, limit: int = 50) -> Sequence[Contact]:
    """Return the latest contacts about a loan, the newest first."""
    return session.scalars(
        select(Contact).where(Contact.loan_id == loan_id).order_by(Contact.id.desc()).limit(limit)
    ).all()


def last_attempts(session: Session, *, loan_id: UUID, count: int) -> Sequence[Contact]:
    """Return the last calls and visits about a loan, the newest first."""
    return session.scalars(
        select(Contact)
        .where(Contact.loan_id == loan_id, Contact.channel.in_(("call", "visit")))
        .order_by(Contact.id.desc())
        .limit(count)
    ).all()


def message_by_key(session: Session, *, key: str) -> Message | None:
    """Return the message that was asked for under a key."""
    return session.scalar(select(Message).where(Message.key == key))


def messages_of(session: Session, *, loan_id: UUID, limit: int = 20) -> Sequence[Message]:
    """Return the latest messages about a loan, the newest first."""
    return session.scalars(
        select(Message).where(Message.loan_id == loan_id).order_by(Message.id.desc()).limit(limit)
    ).all()


def waiting_messages(session: Session, *, until: datetime) -> Sequence[UUID]:
    """Return the messages whose time has come, the earliest first."""
    return session.scalars(
        select(Message.id)
        .where(Message.status == MessageStatus.WAITING, Message.send_at <= until)
        .order_by(Message.send_at, Message.id)
    ).all()


def recent_messages(session: Session, *, status: str, limit: int = 50) -> Sequence[Message]:
    """Return the newest messages in one status."""
    return session.scalars(
        select(Message).where(Message.status == status).order_by(Message.id.desc()).limit(limit)
    ).all()


def held_back(session: Session, *, limit: int = 50) -> tuple[HeldBack, ...]:
    """Return the latest refusals with their messages, the newest first."""
    rows = session.execute(
        select(Message, MessageRefusal)
        .join(MessageRefusal, MessageRefusal.message_id == Message.id)
        .order_by(MessageRefusal.id.desc())
        .limit(limit)
    )
    return tuple(HeldBack(message, refusal) for message, refusal in rows)
