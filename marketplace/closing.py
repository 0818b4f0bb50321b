"""The day's close, as the shell runs it: one transaction per loan, missed days first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import escrow
import reporting
import servicing
from kernel import DomainError, find, is_month_end, new_id
from marketplace import clock, jobs, paging, reconciling, sealing
from marketplace.db import in_transaction, reader

CARE = "care.day"


@dataclass(frozen=True, slots=True)
class CloseLine:
    """One close in the list of closes; `finished_at` is None while it runs or was interrupted."""

    day: date
    started_at: datetime
    finished_at: datetime | None
    expected: int
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
        left: how many loans another run has claimed; that run ends the day.
    """

    day: date
    loans: int
    failures: tuple[str, ...]
    findings: tuple[str, ...]
    left: int = 0


@dataclass(frozen=True, slots=True)
class DayReport:
    """The report of one day.

    Attributes:
        line: how the close went.
        totals: what happened to the loans, by currency.
        moved: what moved in the book since the close before, by movement and currency.
        failures: the loans that could not be closed, and why.
        findings: what the proof has found, as code, subject and detail.
    """

    line: CloseLine
    totals: tuple[servicing.DayTotal, ...]
    moved: tuple[escrow.Moved, ...]
    failures: tuple[dict[str, str], ...]
    findings: tuple[dict[str, str], ...]


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
    return tuple(_line(session, row) for row in session.scalars(newest))


def report(session: Session, *, day: date) -> DayReport:
    """Return the report of a day.

    Raises:
        NotFound: the close of that day has not begun.
    """
    row = find(session, servicing.Close, day)
    return DayReport(
        line=_line(session, row),
        totals=servicing.day_totals(session, day=day),
        moved=tuple(map(escrow.Moved.from_json, row.moved)),
        failures=tuple(row.failures),
        findings=tuple(row.findings),
    )


def expected(day: date) -> int:
    """Return how many loans are due on a day and not closed yet."""
    with reader() as session:
        return servicing.count_due(session, on=day)


def close_day(
    day: date, *, at: datetime, progress: Callable[[int], object] = lambda _: None
) -> Closed:
    """Close one day; run again it goes on with the loans that are left and proves all of them.

    Then the book is sealed, summed up for the day, and proved as far as it is new. Runs at the same
    time share the loans; the last one ends the day. The claims of one that was killed expire after
    a minute. Where anything is wrong, operators are paged.

    Args:
        day: the day to close.
        at: the moment of the close, for the record.
        progress: called with the number of loans just closed.
    """
    holder = new_id()
    in_transaction(lambda session: servicing.begin_close(session, day=day, at=at))
    try:
        for loan_id in _claimed(day, holder):
            _close_loan(loan_id, day, at)
            progress(1)
    finally:
        # Interrupted; one that is killed leaves its claims to expire.
        in_transaction(lambda session: servicing.release_claims(session, day=day, holder=holder))
    with reader() as session:
        left = servicing.claimed_loans(session, day=day)
    if left:
        return Closed(day, loans=0, failures=(), findings=(), left=left)
    end = sealing.end_day(day, at)
    done = in_transaction(lambda session: _finish(session, day, at, end))
    if is_month_end(day):
        in_transaction(lambda session: record_categories(session, on=day, at=at))
    in_transaction(lambda session: _ask_for_morning(session, day, at))
    return Closed(
        day=day,
        loans=done.loans,
        failures=tuple(f"{failed['loan']}: {failed['why']}" for failed in done.failures),
        findings=tuple(str(escrow.Finding(**found)) for found in done.findings),
    )


def record_categories(session: Session, *, on: date, at: datetime) -> int:
    """Record in which category every loan is, for the migration matrix; return how many moved."""
    preset = servicing.categories()
    found = reporting.categories_of(session, preset=preset, on=on)
    best, *_ = preset.bands.names
    return servicing.record_categories(session, found=found, normal=best, on=on, at=at)


def _ask_for_morning(session: Session, day: date, at: datetime) -> None:
    """Let the worker reconcile a day and look after the loans as soon as the next one begins."""
    morrow = day + timedelta(days=1)
    begins = datetime.combine(morrow, time(), tzinfo=ZoneInfo(current_app.config["TIMEZONE"]))
    reconciling.ask(session, day=day, at=at, run_at=max(begins, at), key=f"reconcile:{day}")
    jobs.enqueue(
        session,
        kind=CARE,
        payload={"until": morrow.isoformat()},
        at=at,
        run_at=max(begins, at),
        dedupe_key=f"care:{morrow}",
    )


def _claimed(day: date, holder: UUID) -> Iterator[UUID]:
    """Claim the loans that are due, some at a time, until nothing is left."""
    since = clock.now()
    while claimed := in_transaction(
        lambda session: servicing.claim_loans(
            session, day=day, holder=holder, since=since, at=clock.now()
        )
    ):
        yield from claimed


def _close_loan(loan_id: UUID, day: date, at: datetime) -> None:
    """Close one loan in its own transaction, or note what went wrong with it."""
    try:
        in_transaction(
            lambda session: servicing.close_loan(session, loan_id=loan_id, on=day, at=at)
        )
    except DomainError as error:
        why = f"{error.code}: {error}"
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one loan, the others close
        why = f"{type(error).__name__}: {error}"
    else:
        return
    in_transaction(lambda session: servicing.fail_item(session, day=day, loan_id=loan_id, why=why))


def _finish(session: Session, day: date, at: datetime, end: sealing.DayEnd) -> servicing.Close:
    """Write the report of the day, and page operators in the same transaction where it is bad."""
    through = end.through_entry_id
    before = session.scalar(
        select(func.max(servicing.Close.through_entry_id)).where(servicing.Close.day < day)
    )
    moved = escrow.moved(session, after=before or 0, through=through) if through else ()
    close = servicing.finish_close(
        session, day=day, at=at, through_entry_id=through, moved=moved, found=end.findings
    )
    if close.failures or close.findings:
        paging.page_operators(session, close=close, at=at)
    return close


def _line(session: Session, row: servicing.Close) -> CloseLine:
    done = servicing.closed_loans(session, day=row.day) if row.finished_at is None else ()
    return CloseLine(
        day=row.day,
        started_at=row.started_at,
        finished_at=row.finished_at,
        expected=row.expected,
        loans=len(done) or row.loans,
        failures=len(row.failures),
        findings=len(row.findings),
    )
