"""What a day asks for: each question is answered by an index, so that it costs what it finds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from care import policy
from care.models import CareFile, Case, CaseStatus, Promise, PromiseStatus, Run
from servicing import LoanStatus


@dataclass(frozen=True, slots=True)
class Reminder:
    """A borrower to be reminded of an installment: so many days before or after it is due."""

    loan_id: UUID
    due_on: date
    days: int


def last_run(session: Session) -> date | None:
    """Return the last day whose care was finished."""
    return session.scalar(
        select(Run.day).where(Run.finished_at.is_not(None)).order_by(Run.day.desc()).limit(1)
    )


def first_unfinished_run(session: Session) -> date | None:
    """Return the first day whose care was begun and not finished."""
    return session.scalar(
        select(Run.day).where(Run.finished_at.is_(None)).order_by(Run.day).limit(1)
    )


def stirred(session: Session) -> Sequence[UUID]:
    """Return the loans that moved since somebody looked at them."""
    return session.scalars(
        select(CareFile.loan_id).where(CareFile.stirred).order_by(CareFile.number)
    ).all()


def lately_late(session: Session, *, on: date) -> Sequence[UUID]:
    """Return the loans that on this day are as late as some rule asks for."""
    days = {rule.at for kind in ("days_late", "related_default") for rule in policy.rules_of(kind)}
    since = [on - timedelta(days=count) for count in sorted(days)]
    return session.scalars(
        select(CareFile.loan_id)
        .where(CareFile.unpaid_since.in_(since), CareFile.status == LoanStatus.ACTIVE)
        .order_by(CareFile.number)
    ).all()


def checks_due(session: Session, *, on: date) -> Sequence[UUID]:
    """Return the loans whose next check comes up."""
    return session.scalars(
        select(CareFile.loan_id)
        .where(CareFile.next_check_on <= on + policy.ahead())
        .order_by(CareFile.number)
    ).all()


def promises_due(session: Session, *, on: date) -> Sequence[UUID]:
    """Return the promises whose day is over."""
    return session.scalars(
        select(Promise.id)
        .where(Promise.status == PromiseStatus.OPEN, Promise.due_on < on)
        .order_by(Promise.due_on, Promise.id)
    ).all()


def deadlines_passed(session: Session, *, on: date) -> Sequence[UUID]:
    """Return the cases whose owner let the deadline pass."""
    waiting = (CaseStatus.OPEN, CaseStatus.WORKING)
    return session.scalars(
        select(Case.id)
        .where(Case.status.in_(waiting), Case.due_on < on)
        .order_by(Case.due_on, Case.number)
    ).all()


def files_to_forget(session: Session, *, on: date) -> Sequence[UUID]:
    """Return the archived files that need not be kept any longer."""
    return session.scalars(select(CareFile.loan_id).where(CareFile.keep_until < on)).all()


def reminders(session: Session, *, on: date) -> Iterator[Reminder]:
    """Yield whom a day reminds of which installment."""
    for days in policy.reminder_days():
        due_on = on - timedelta(days=days)
        # What is still to be billed, and what was billed and is not paid.
        same = CareFile.unpaid_since == due_on
        if days <= 0:
            same = or_(same, CareFile.due_on == due_on)
        found = session.scalars(
            select(CareFile.loan_id)
            .where(same, CareFile.status == LoanStatus.ACTIVE)
            .order_by(CareFile.number)
        )
        yield from (Reminder(loan_id, due_on, days) for loan_id in found)
