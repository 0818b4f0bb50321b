"""Mail: written as rows with its cause, handed to a mailer by the worker."""

import smtplib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import find, new_id
from marketplace import jobs
from marketplace.db import atomic, reader
from marketplace.models import MailState, OutboxMessage

SEND = "mail.send"
SMTP_TIMEOUT_SECONDS = 20


class Mailer(Protocol):
    """Whoever carries a message out of the house."""

    def send(self, message: EmailMessage) -> None:
        """Carry one message."""


@dataclass
class ConsoleMailer:
    """Prints messages, for whoever looks around."""

    def send(self, message: EmailMessage) -> None:
        """Print one line; the text stands in the demo inbox."""
        sys.stderr.write(f"mail to {message['To']}: {message['Subject']}\n")


@dataclass
class MemoryMailer:
    """Keeps messages, for tests."""

    sent: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage) -> None:
        """Keep one message."""
        self.sent.append(message)


@dataclass(frozen=True)
class SmtpMailer:
    """Hands messages to a mail server."""

    host: str
    port: int
    username: str
    password: str
    starttls: bool

    def send(self, message: EmailMessage) -> None:
        """Hand over one message."""
        with smtplib.SMTP(self.host, self.port, timeout=SMTP_TIMEOUT_SECONDS) as server:
            if self.starttls:
                server.starttls()
            if self.username:
                server.login(self.username, self.password)
            server.send_message(message)


def init_mail(app: Flask) -> None:
    """Choose the mailer that the settings name."""
    app.extensions["mailer"] = _chosen(app)


def _chosen(app: Flask) -> Mailer:
    if app.config["MAILER"] == "smtp":
        return SmtpMailer(
            host=app.config["SMTP_HOST"],
            port=app.config["SMTP_PORT"],
            username=app.config["SMTP_USERNAME"],
            password=app.config["SMTP_PASSWORD"],
            starttls=app.config["SMTP_STARTTLS"],
        )
    return MemoryMailer() if app.config["MAILER"] == "memory" else ConsoleMailer()


def compose(
    session: Session,
    *,
    recipient: str,
    subject: str,
    body: str,
    locale: str,
    at: datetime,
    key: str | None = None,
) -> UUID:
    """Write a mail in the transaction of its cause; it leaves after the commit.

    Args:
        session: the writing session of the cause.
        recipient: the address it goes to.
        subject: its subject, in the recipient's language.
        body: its text, in the recipient's language.
        locale: the language it is written in.
        at: the moment it is written.
        key: a mail with this key is written once.

    Returns:
        The id of the message; of the earlier one where the key is known.
    """
    known = (
        session.scalar(select(OutboxMessage.id).where(OutboxMessage.key == key)) if key else None
    )
    if known:
        return known
    message = OutboxMessage(
        id=new_id(),
        key=key,
        recipient=recipient,
        subject=subject,
        body=body,
        locale=locale,
        created_at=at,
    )
    session.add(message)
    jobs.enqueue(
        session,
        kind=SEND,
        payload={"message": str(message.id)},
        at=at,
        dedupe_key=f"{SEND}:{message.id}",
    )
    return message.id


def latest(session: Session, *, count: int) -> Sequence[OutboxMessage]:
    """Return the messages written last, the newest first."""
    newest = select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(count)
    return session.scalars(newest).all()


@jobs.handles(SEND)
def _send(work: jobs.Work) -> None:
    """Hand one message to the mailer; it is marked as lost only when nobody will try again."""
    ident = UUID(work.payload["message"])
    with reader() as session:
        row = find(session, OutboxMessage, ident)
    if row.state == MailState.SENT:
        return
    mailer: Mailer = current_app.extensions["mailer"]
    try:
        mailer.send(_enveloped(row))
    except OSError:
        if work.is_last_attempt:
            _mark(ident, MailState.FAILED, None)
        raise
    _mark(ident, MailState.SENT, work.at)


def _enveloped(row: OutboxMessage) -> EmailMessage:
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = row.recipient
    message["Subject"] = row.subject
    message["Message-ID"] = f"<{row.id}@tessera>"
    message.set_content(row.body)
    message["Content-Language"] = row.locale
    return message


def _mark(ident: UUID, state: MailState, sent_at: datetime | None) -> None:
    with atomic() as session:
        message = find(session, OutboxMessage, ident)
        message.state, message.sent_at = state, sent_at
