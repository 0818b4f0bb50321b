"""What is said to borrowers, how, and when it may not be said."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from kernel import Base, Sequence64


class Contact(Base):
    """One call, visit, letter or message, from us or to us; never changed."""

    __tablename__ = "care_contact"
    __table_args__ = (Index("ix_care_contact_borrower_id_at", "borrower_id", "at"),)

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("care_file.loan_id"), index=True)
    borrower_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(String(16))
    outgoing: Mapped[bool]
    outcome: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(1000))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class Preference(Base):
    """What a borrower asked for: another time zone, and channels not to be used."""

    __tablename__ = "care_preference"

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    timezone: Mapped[str | None] = mapped_column(String(40))
    opted_out: Mapped[list[str]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class MessageStatus(StrEnum):
    """What became of a message to a borrower."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


class Message(Base):
    """A message about payment that somebody wants to send to a borrower."""

    __tablename__ = "care_message"
    __table_args__ = (Index("ix_care_message_status_send_at", "status", "send_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("care_file.loan_id"), index=True)
    borrower_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(32))
    channel: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(8))
    due_on: Mapped[date | None]  # the installment it speaks of
    expires_at: Mapped[datetime | None]  # from when on it would say nothing of use
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    send_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class MessageRefusal(Base):
    """A moment at which a message was not let out, and why; never changed."""

    __tablename__ = "care_message_refusal"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("care_message.id"), index=True)
    reason: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    next_at: Mapped[datetime | None]
