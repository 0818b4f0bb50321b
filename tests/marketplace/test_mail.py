from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, current_app

from kernel import find
from marketplace import jobs, mail
from marketplace.db import in_transaction, reader
from marketplace.models import OutboxMessage
from tests.support.web import NOON, Visitor


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def write(**changes: Any) -> UUID:
    letter: dict[str, Any] = {
        "recipient": "bob@tessera.example",
        "subject": "您的订单已成交",
        "body": "您好，Bob！",
        "locale": "zh",
        "at": NOON,
    }
    return in_transaction(lambda session: mail.compose(session, **letter | changes))


def stored(ident: UUID) -> OutboxMessage:
    with reader() as session:
        return find(session, OutboxMessage, ident)


def test_a_mail_leaves_after_its_cause_is_committed() -> None:
    ident = write()
    before = list(current_app.extensions["mailer"].sent)

    jobs.run_due(NOON)

    sent = current_app.extensions["mailer"].sent
    assert not before
    assert [(m["To"], m["Subject"]) for m in sent] == [("bob@tessera.example", "您的订单已成交")]
    assert "您好，Bob！" in sent[0].get_content()
    assert (stored(ident).state, stored(ident).sent_at) == ("sent", NOON)


def test_a_mail_with_a_key_is_written_once() -> None:
    assert write(key="order:1") == write(key="order:1")

    jobs.run_due(NOON)

    assert len(current_app.extensions["mailer"].sent) == 1


def test_a_mail_that_was_sent_is_not_sent_again() -> None:
    ident = write()
    jobs.run_due(NOON)

    again = jobs.Work(ident, mail.SEND, {"message": str(ident)}, 1, NOON)
    jobs._handlers[mail.SEND](again)

    assert len(current_app.extensions["mailer"].sent) == 1


def test_a_mail_nobody_takes_is_marked_as_lost_in_the_end() -> None:
    current_app.extensions["mailer"] = mail.SmtpMailer("127.0.0.1", 1, "", "", starttls=False)
    ident, at = write(), NOON

    for _ in range(jobs.MOST_ATTEMPTS):
        assert stored(ident).state == "queued"
        jobs.run_due(at)
        at += timedelta(hours=2)

    assert stored(ident).state == "failed"


def test_the_demo_shows_what_was_sent(app: Flask) -> None:
    write()

    page = Visitor(app).get("/dev/inbox").text

    assert "您的订单已成交" in page
    assert "Waiting to be sent" in page


def test_a_mail_server_gets_every_letter(mail_server: "MailServer") -> None:
    current_app.extensions["mailer"] = mail.SmtpMailer(
        "127.0.0.1", mail_server.server_address[1], "", "", starttls=False
    )
    ident = write()

    jobs.run_due(NOON)

    letter = message_from_bytes(mail_server.letters[0], policy=policy.SMTP)
    assert letter["Subject"] == "您的订单已成交"
    assert letter["Content-Language"] == "zh"
    assert letter.get_content().strip() == "您好，Bob！"
    assert stored(ident).state == "sent"


class MailServer(ThreadingTCPServer):
    """As much of RFC 5321 as a letter takes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.letters: list[bytes] = []


class Conversation(StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline().strip().upper():
            if line == b"DATA":
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.letters.append(b"".join(lines))
            self.say("221 bye" if line == b"QUIT" else "250 fine")
            if line == b"QUIT":
                return

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
