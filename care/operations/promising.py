"""Promises to pay, and what became of them; calls, visits and letters, and what was asked for."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from care import policy, queries
from care.errors import PromiseTooLate, UnknownZone
from care.models import Contact, Preference, Promise, PromiseStatus
from care.operations.alerting import raise_alert
from care.operations.filing import kept, settle
from kernel import Currency, CurrencyMismatch, Money, find, lock, new_id

UNANSWERED = ("no_answer", "wrong_number")


def promise(
    session: Session, *, loan_id: UUID, amount: Money, due_on: date, by: str, on: date, at: datetime
) -> Promise:
    """Record that a borrower promised to pay by a day.

    Raises:
        PromiseTooLate: the day is over.
        CurrencyMismatch: the loan is in another currency.
    """
    file = kept(session, loan_id)
    if due_on < on:
        raise PromiseTooLate
    if amount.currency != file.currency:
        raise CurrencyMismatch(left=amount.currency, right=file.currency)
    promised = Promise(
        id=new_id(),
        loan_id=loan_id,
        amount=amount,
        paid_minor=0,
        made_on=on,
        due_on=due_on,
        status=PromiseStatus.OPEN,
        by=by,
        at=at,
    )
    session.add(promised)
    settle(session, file)
    return promised


def judge_promise(session: Session, *, promise_id: UUID, on: date, at: datetime) -> PromiseStatus:
    """Hold a promise whose day is over against the payments; a broken one raises an alert.

    What counts is what came in from the day it was made to the day it was for, returned payments
    taken off. Judged again, it stays as it was.
    """
    file = kept(session, find(session, Promise, promise_id).loan_id)
    given = lock(session, Promise, promise_id)
    if given.status != PromiseStatus.OPEN or given.due_on >= on:
        return PromiseStatus(given.status)
    paid = queries.paid_between(
        session,
        loan_id=given.loan_id,
        currency=Currency(given.currency),
        since=given.made_on,
        until=given.due_on,
    )
    given.paid_minor = paid.minor
    given.status = PromiseStatus.KEPT if paid >= given.amount else PromiseStatus.BROKEN
    session.flush()
    if given.status == PromiseStatus.BROKEN:
        raise_alert(
            session,
            file=file,
            rule="broken_promise",
            key=str(given.id),
            facts={"promised": given.amount_minor, "paid": given.paid_minor},
            on=on,
            at=at,
        )
    settle(session, file)
    return PromiseStatus(given.status)


def log_contact(
    session: Session,
    *,
    loan_id: UUID,
    channel: str,
    outgoing: bool,
    outcome: str,
    note: str,
    by: str,
    on: date,
    at: datetime,
) -> Contact:
    """Record a call, visit or letter; nobody who cannot be reached for long goes unnoticed.

    Raises:
        FileArchived: the file is over.
    """
    file = kept(session, loan_id)
    contact = Contact(
        loan_id=loan_id,
        borrower_id=file.borrower_id,
        channel=channel,
        outgoing=outgoing,
        outcome=outcome,
        note=note,
        by=by,
        at=at,
    )
    session.add(contact)
    session.flush()
    for rule in policy.rules_of("unreachable"):
        attempts = queries.last_attempts(session, loan_id=loan_id, count=rule.at)
        if len(attempts) < rule.at or any(row.outcome not in UNANSWERED for row in attempts):
            continue
        key, facts = str(attempts[-1].id), {"attempts": rule.at}
        if not _told_lately(session, loan_id, [str(row.id) for row in attempts], rule.code):
            raise_alert(session, file=file, rule=rule.code, key=key, facts=facts, on=on, at=at)
    return contact


def prefer(
    session: Session,
    *,
    borrower_id: UUID,
    timezone: str | None,
    opted_out: Sequence[str],
    by: str,
    at: datetime,
) -> Preference:
    """Record in which time zone a borrower lives and by which ways not to contact them.

    Raises:
        UnknownZone: there is no such time zone.
    """
    if timezone is not None and not _is_zone(timezone):
        raise UnknownZone(zone=timezone)
    asked = session.get(Preference, borrower_id) or Preference(borrower_id=borrower_id)
    asked.timezone, asked.opted_out = timezone, sorted(set(opted_out))
    asked.by, asked.at = by, at
    session.add(asked)
    session.flush()
    return asked


def _told_lately(session: Session, loan_id: UUID, keys: Sequence[str], rule: str) -> bool:
    """Say whether one of the same attempts was among those of an alert before."""
    return any(queries.has_alert(session, loan_id=loan_id, rule=rule, key=key) for key in keys)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
