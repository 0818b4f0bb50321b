"""What leaves for a borrower about payment: through one door, by the rules of contact.

Whoever writes to a borrower about payment calls `write`. The message is kept, and `pass_on` asks
the rules whether it may leave now; if not, it is tried again at the moment that they name.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

import care
import servicing
from kernel import Money, find
from marketplace import jobs, mail
from marketplace.formats import day as day_words
from marketplace.formats import money as money_words
from marketplace.models import User

MESSAGE = "care.message"
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def write(
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
) -> care.Message:
    """Write to the borrower of a loan about payment: now, or as soon as the rules of contact let.

    Args:
        session: the writing session of the cause.
        loan_id: the loan it is about.
        key: under one key it is written once.
        kind: what it is, such as `reminder`.
        subject: its subject, in the borrower's language.
        body: its text, in the borrower's language.
        locale: that language.
        at: when this happens.
        due_on: the installment it speaks of; it leaves only while that one is not paid.
        expires_at: from when on it would say nothing of use.
    """
    message = care.ask_to_write(
        session,
        loan_id=loan_id,
        key=key,
        kind=kind,
        subject=subject,
        body=body,
        locale=locale,
        at=at,
        due_on=due_on,
        expires_at=expires_at,
    )
    pass_on(session, message_id=message.id, at=at)
    return message


def pass_on(session: Session, *, message_id: UUID, at: datetime) -> None:
    """Let a message out if the rules of contact allow it, else come back when they do."""
    verdict = care.let_out(session, message_id=message_id, at=at)
    if verdict is None:
        return
    message = find(session, care.Message, message_id)
    if verdict.lets_out:
        mail.compose(
            session,
            recipient=find(session, User, message.borrower_id).email,
            subject=message.subject,
            body=message.body,
            locale=message.locale,
            at=at,
            key=f"care:{message.id}",
        )
    elif verdict.next_at is not None:
        jobs.enqueue(
            session,
            kind=MESSAGE,
            payload={"message": str(message.id)},
            at=at,
            run_at=verdict.next_at,
            dedupe_key=f"{MESSAGE}:{message.id}:{verdict.next_at.isoformat()}",
        )


def remind(session: Session, *, reminder: care.Reminder, at: datetime) -> care.Message | None:
    """Remind a borrower of an installment, in their language; nothing where none is left to pay."""
    loan = find(session, servicing.Loan, reminder.loan_id)
    amount = _asked(loan, reminder.due_on)
    if amount is None:
        return None
    borrower = find(session, User, loan.borrower_id)
    locale = borrower.locale or "en"
    with force_locale(locale):
        subject, body = _words(reminder, borrower.name, loan.number, amount)
    return write(
        session,
        loan_id=loan.id,
        key=f"reminder:{loan.id}:{reminder.due_on}:{reminder.days}",
        kind="reminder",
        subject=subject,
        body=body,
        locale=locale,
        at=at,
        due_on=reminder.due_on,
        expires_at=_expires(reminder),
    )


def _asked(loan: servicing.Loan, due_on: date) -> Money | None:
    """Return what is left to pay of the installment of a day."""
    coming = servicing.standing(loan, on=due_on).upcoming
    amount = next((each.amount for each in coming if each.due_on == due_on), None)
    return amount if amount is not None and amount.is_positive else None


def _expires(reminder: care.Reminder) -> datetime:
    """Return when a reminder is overtaken: by its due day, or some days after it."""
    last = reminder.due_on + (DAY if reminder.days <= 0 else WEEK)
    return datetime.combine(last, time(12), tzinfo=UTC)


def _words(reminder: care.Reminder, name: str, number: int, amount: Money) -> tuple[str, str]:
    named = {
        "name": name,
        "loan": f"L-{number}",
        "sum": money_words(amount),
        "day": day_words(reminder.due_on),
    }
    if reminder.days > 0:
        subject = _("Your payment of %(sum)s was due on %(day)s", **named)
        news = _(
            "we have not yet received your payment of %(sum)s for loan %(loan)s, which was due on"
            " %(day)s. If you cannot pay it now, tell us: we will look for a way together.",
            **named,
        )
    elif reminder.days == 0:
        subject = _("Your payment of %(sum)s is due today", **named)
        news = _("your payment of %(sum)s for loan %(loan)s is due today, %(day)s.", **named)
    else:
        subject = _("Your payment of %(sum)s is due on %(day)s", **named)
        news = _("your payment of %(sum)s for loan %(loan)s is due on %(day)s.", **named)
    close = _("If you have paid already, you need do nothing. Sign in to pay or to see your plan.")
    greeting = _("Dear %(name)s,", **named)
    return subject, f"{greeting}\n\n{news}\n\n{close}\n\nTessera"
