"""The day's close, as the shell runs it: one transaction per loan, missed days first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import reporting
import servicing
from kernel import DomainError, is_month_end
from marketplace import jobs, sealing
from marketplace.db import in_transaction, reader

CARE = "care.day"


@dataclass(frozen=True, slots=True)
class CloseLine:
    """One close in the list of closes; `finished_at` is None while it runs or was interrupted."""

    day: date
    started_at: datetime
    finished_at: datetime | None
    loans: int
    failures: int
    findings: int


@dataclass(frozen=True, slots=True)
class Closed:
    """What the close of one day did.

    Attributes:
        day: the day closed.
        loans: how many loans something happened on.
        failures: what went wrong, by loan; the other loans were closed all the same.
        findings: what the audit of the loans and the proof of the book found.
    """

    day: date
    loans: int
    failures: tuple[str, ...]
    findings: tuple[str, ...]


def open_days(until: date) -> list[date]:
    """Return the days up to `until` that are not closed yet, the oldest first.

    The first close of a book closes only the day asked for: what fell due before is billed by it.
    Was the first one interrupted, it begins there.
    """
    days, ended = servicing.Close.day, servicing.Close.finished_at
    with reader() as session:
        last = session.scalar(select(func.max(days)).where(ended.is_not(None)))
        begun = session.scalar(select(func.min(days)))
    first = begun or until if last is None else last + timedelta(days=1)
    return [first + timedelta(days=ahead) for ahead in range((until - first).days + 1)]


def recent_closes(session: Session, *, limit: int = 30) -> tuple[CloseLine, ...]:
    """Return the newest closes, the latest day first."""
    newest = select(servicing.Close).order_by(servicing.Close.day.desc()).limit(limit)
    return tuple(
        CloseLine(
            day=row.day,
            started_at=row.started_at,
            finished_at=row.finished_at,
            loans=row.loans,
            failures=len(row.failures),
            findings=len(row.findings),
        )
        for row in session.scalars(newest)
    )


def close_day(
    day: date, *, at: datetime, progress: Callable[[int], object] = lambda _: None
) -> Closed:
    """Close one day; run again it goes on with the loans that are left and proves all of them.

    Then the book is sealed, summed up for the day, and proved as far as it is new.

    Args:
        day: the day to close.
        at: the moment of the close, for the record.
        progress: called with the number of loans just closed.
    """
    resumed = in_transaction(lambda session: _begin(session, day, at))
    with reader() as session:
        loans = list(servicing.due_loans(session, on=day))
    closed, failures = [], []
    for loan_id in loans:
        failure = _close_loan(loan_id, day, at)
        if failure is None:
            closed.append(loan_id)
        else:
            failures.append({"loan": str(loan_id), "why": failure})
        progress(1)
    done = in_transaction(
        lambda session: servicing.finish_close(
            session, day=day, at=at, closed=closed, failures=failures, resumed=resumed
        )
    )
    if is_month_end(day):
        in_transaction(lambda session: record_categories(session, on=day, at=at))
    in_transaction(lambda session: _ask_for_care(session, day + timedelta(days=1), at))
    return Closed(
        day=day,
        loans=done.loans,
        failures=tuple(f"{failed['loan']}: {failed['why']}" for failed in failures),
        findings=tuple(map(str, (*done.findings, *sealing.end_day(day, at).findings))),
    )


def record_categories(session: Session, *, on: date, at: datetime) -> int:
    """Record in which category every loan is, for the migration matrix; return how many moved."""
    preset = servicing.categories()
    found = reporting.categories_of(session, preset=preset, on=on)
    best, *_ = preset.bands.names
    return servicing.record_categories(session, found=found, normal=best, on=on, at=at)


def _ask_for_care(session: Session, morrow: date, at: datetime) -> None:
    """Let the worker look after the loans as soon as the next day has begun."""
    begins = datetime.combine(morrow, time(), tzinfo=ZoneInfo(current_app.config["TIMEZONE"]))
    jobs.enqueue(
        session,
        kind=CARE,
        payload={"until": morrow.isoformat()},
        at=at,
        run_at=max(begins, at),
        dedupe_key=f"care:{morrow}",
    )


def _begin(session: Session, day: date, at: datetime) -> bool:
    """Begin the close of a day, and say whether somebody has begun it before."""
    resumed = session.get(servicing.Close, day) is not None
    servicing.begin_close(session, day=day, at=at)
    return resumed


def _close_loan(loan_id: UUID, day: date, at: datetime) -> str | None:
    """Close one loan in its own transaction, and return what went wrong."""
    try:
        in_transaction(
            lambda session: servicing.close_loan(session, loan_id=loan_id, on=day, at=at)
        )
    except DomainError as error:
        return f"{error.code}: {error}"
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one loan, the others close
        return f"{type(error).__name__}: {error}"
    return None
