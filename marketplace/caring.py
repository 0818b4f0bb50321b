"""The care of a day, as the shell runs it: one transaction per loan, missed days first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

import care
from kernel import DomainError
from marketplace import contacting, mail, owning
from marketplace.db import in_transaction, reader

Step = tuple[str, str, Callable[[Session], object]]
# A loan that was paid out while the care of its day failed is found in the days after.
LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Cared:
    """What the care of one day made, by kind, and which loans failed."""

    day: date
    made: dict[str, int]
    failures: tuple[str, ...]


def open_days(until: date) -> list[date]:
    """Return the days up to `until` whose care is not done yet, the oldest first.

    The first care of a book is that of the day asked for; was it interrupted, it begins there.
    """
    with reader() as session:
        last, begun = care.last_run(session), care.first_unfinished_run(session)
    first = min(begun or until, until) if last is None else last + timedelta(days=1)
    return [first + timedelta(days=ahead) for ahead in range((until - first).days + 1)]


def care_for(
    day: date, *, at: datetime, progress: Callable[[int], object] = lambda _count: None
) -> Cared:
    """Do the care of one day; done again, it finds what is left.

    Owners for new loans, alerts, checks, promises, deadlines, reminders: each is asked for by an
    index, so that a day costs what happens on it. A loan that fails is listed and stops no other.

    Args:
        day: the day.
        at: the moment, for the record.
        progress: called after each loan.
    """
    in_transaction(partial(care.begin_run, day=day, at=at))
    made: dict[str, int] = {}
    failures: list[str] = []
    for ask in STEPS:
        with reader() as session:
            steps = list(ask(session, day, at))
        for name, what, work in steps:
            failure = _done(work, made, name)
            failures += [f"{name} {what}: {failure}"] * (failure is not None)
            progress(1)
    in_transaction(partial(tell_escalations, at=at))
    in_transaction(
        lambda session: care.finish_run(session, day=day, at=at, made=made, failures=failures)
    )
    return Cared(day, made, tuple(failures))


def tell_escalations(session: Session, *, at: datetime) -> None:
    """Write to risk management about every case that came before it, with a copy to the management.

    Each of them is written to once for each time that a case comes there.
    """
    config = current_app.config
    for case in care.untold_escalations(session):
        subject = _("Case C-%(number)s needs risk management", number=case.number)
        body = _(
            "Case C-%(number)s was escalated. Its deadline is %(day)s; severity %(severity)s of 4."
            "\nOpen it under After-loan care.",
            number=case.number,
            day=case.due_on.isoformat(),
            severity=case.severity,
        )
        for role in ("CARE_RISK_MAIL", "CARE_MANAGEMENT_MAIL"):
            mail.compose(
                session,
                recipient=config[role],
                subject=subject,
                body=body,
                locale="en",
                at=at,
                key=f"escalated:{case.id}:{case.escalated_at}:{role}"[:200],
            )
        care.mark_told(session, case_id=case.id, at=at)


def _files(session: Session, day: date, at: datetime) -> Iterator[Step]:
    last = care.last_run(session)
    since = None if last is None else min(last, day) - LATELY
    for loan_id in care.loans_without_file(session, since=since):
        yield "files", str(loan_id), partial(owning.give_owner, loan_id=loan_id, at=at)


def _alerts(session: Session, day: date, at: datetime) -> Iterator[Step]:
    found = dict.fromkeys((*care.stirred(session), *care.lately_late(session, on=day)))
    return _each("alerts", found, lambda ident: partial(care.look_at, loan_id=ident, on=day, at=at))


def _checks(session: Session, day: date, at: datetime) -> Iterator[Step]:
    found = care.checks_due(session, on=day)
    return _each(
        "checks", found, lambda ident: partial(care.make_check, loan_id=ident, on=day, at=at)
    )


def _promises(session: Session, day: date, at: datetime) -> Iterator[Step]:
    found = care.promises_due(session, on=day)
    return _each(
        "promises",
        found,
        lambda ident: partial(care.judge_promise, promise_id=ident, on=day, at=at),
    )


def _deadlines(session: Session, day: date, at: datetime) -> Iterator[Step]:
    found = care.deadlines_passed(session, on=day)
    return _each(
        "deadlines",
        found,
        lambda ident: partial(care.miss_deadline, case_id=ident, on=day, at=at),
    )


def _reminders(session: Session, day: date, at: datetime) -> Iterator[Step]:
    for reminder in care.reminders(session, on=day):
        work = partial(contacting.remind, reminder=reminder, at=at)
        yield "reminders", str(reminder.loan_id), work


def _papers(session: Session, day: date, at: datetime) -> Iterator[Step]:
    del at
    found = care.files_to_forget(session, on=day)
    return _each("papers", found, lambda ident: partial(care.forget, loan_id=ident, on=day))


STEPS: tuple[Callable[[Session, date, datetime], Iterator[Step]], ...] = (
    _files,
    _alerts,
    _checks,
    _promises,
    _deadlines,
    _reminders,
    _papers,
)


def _each(
    name: str, idents: Iterable[UUID], work: Callable[[UUID], Callable[[Session], object]]
) -> Iterator[Step]:
    return ((name, str(ident), work(ident)) for ident in idents)


def _done(work: Callable[[Session], object], made: dict[str, int], name: str) -> str | None:
    """Do one step in its own transaction, count what it made, and return what went wrong."""
    try:
        result = in_transaction(work)
    except DomainError as error:
        return f"{error.code}: {error}"
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one loan, the others go on
        return f"{type(error).__name__}: {error}"
    made[name] = made.get(name, 0) + (result if isinstance(result, int) else 1)
    return None
