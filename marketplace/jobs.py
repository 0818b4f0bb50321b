"""Work for later: rows written with their cause, claimed by workers, tried again on failure."""

import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import lock
from marketplace import clock
from marketplace.db import atomic, in_transaction
from marketplace.models import Job, JobState

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Work:
    """A claimed job, as its handler sees it.

    It may be handed out twice if a worker dies, so a handler gives every effect a key of its own.
    """

    id: UUID
    kind: str
    payload: dict[str, Any]
    attempt: int
    at: datetime

    @property
    def is_last_attempt(self) -> bool:
        """Whether nobody will try again after this."""
        return self.attempt >= MOST_ATTEMPTS

    def progress(self, percent: int) -> None:
        """Show how far the work is, and keep the job for as long as the lease lasts from now."""
        held = Job.id == self.id, Job.state == JobState.RUNNING, Job.attempts == self.attempt
        fresh = {"progress_percent": percent, "leased_until": clock.now() + LEASE}
        changed = update(Job).where(*held).values(fresh)
        in_transaction(lambda session: session.execute(changed))


@dataclass(frozen=True)
class JobLine:
    """A job in the operators' list."""

    id: UUID
    kind: str
    state: str
    run_at: datetime
    attempts: int
    progress: int
    error: str


Handler = Callable[[Work], None]
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Name the function that does jobs of this kind; it opens its own transactions."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def enqueue(
    session: Session,
    *,
    kind: str,
    payload: dict[str, Any],
    at: datetime,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
) -> UUID:
    """Write down something to do, in the transaction of its cause.

    Args:
        session: the writing session of the cause.
        kind: which handler does it.
        payload: what the handler needs, as JSON.
        at: the moment it is written.
        run_at: the earliest moment to do it; at once if not given.
        dedupe_key: a job with this key is written once, however often it is asked for.

    Returns:
        The id of the job; of the earlier one where the key is known.
    """
    job = Job(kind=kind, payload=payload, run_at=run_at or at, created_at=at, dedupe_key=dedupe_key)
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        known = session.scalar(select(Job.id).where(Job.dedupe_key == dedupe_key))
        if known is None:
            raise
        return known
    return job.id


def run_due(at: datetime, *, most: int = 1000) -> int:
    """Do what is due at this moment, one job after the other, and say how many were tried."""
    for done in range(most):
        work = in_transaction(lambda session: claim(session, at=at))
        if work is None:
            return done
        run(work)
    return most


def claim(session: Session, *, at: datetime) -> Work | None:
    """Take the job that has waited longest, for as long as the lease lasts.

    A job whose worker has not answered within its lease is taken over; one that was abandoned at
    its last attempt has failed.
    """
    _give_up(session, at=at)
    waiting = and_(Job.state == JobState.QUEUED, Job.run_at <= at)
    abandoned = and_(Job.state == JobState.RUNNING, Job.leased_until < at)
    job = session.scalars(
        select(Job)
        .where(or_(waiting, abandoned))
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if job is None:
        return None
    job.state, job.attempts, job.leased_until = JobState.RUNNING, job.attempts + 1, at + LEASE
    return Work(job.id, job.kind, job.payload, job.attempts, at)


def _give_up(session: Session, *, at: datetime) -> None:
    """Let fail what was abandoned as often as anything is tried: it may be what ends its worker."""
    abandoned = Job.state == JobState.RUNNING, Job.leased_until < at, Job.attempts >= MOST_ATTEMPTS
    failed = {
        "state": JobState.FAILED,
        "finished_at": at,
        "leased_until": None,
        "last_error": "The worker ended or did not answer at the last attempt.",
    }
    session.execute(update(Job).where(*abandoned).values(failed))


def run(work: Work) -> None:
    """Do one claimed job and record how it ended."""
    try:
        _handlers[work.kind](work)
    except Exception:  # noqa: BLE001 - whatever breaks a job is recorded with it
        _record_failure(work, traceback.format_exc(limit=-8))
    else:
        _record_success(work)


def _record_success(work: Work) -> None:
    with atomic() as session:
        job = _held(session, work)
        if job is None:
            return
        job.state, job.finished_at = JobState.DONE, work.at
        job.progress_percent, job.leased_until, job.last_error = 100, None, None


def _record_failure(work: Work, why: str) -> None:
    with atomic() as session:
        job = _held(session, work)
        if job is None:
            return
        job.last_error, job.leased_until = why, None
        if work.is_last_attempt:
            job.state, job.finished_at = JobState.FAILED, work.at
        else:
            job.state, job.run_at = JobState.QUEUED, work.at + backoff(work.attempt)


def _held(session: Session, work: Work) -> Job | None:
    """Return the job, unless its lease ended and somebody else has taken it over."""
    job = lock(session, Job, work.id)
    held = job.state == JobState.RUNNING and job.attempts == work.attempt
    return job if held else None


def recent(session: Session, *, state: str = "", limit: int = 50) -> tuple[JobLine, ...]:
    """Return the newest jobs, of one state or of all."""
    newest = select(Job).order_by(Job.created_at.desc()).limit(limit)
    if state:
        newest = newest.where(Job.state == state)
    return tuple(
        JobLine(
            id=job.id,
            kind=job.kind,
            state=job.state,
            run_at=job.run_at,
            attempts=job.attempts,
            progress=job.progress_percent,
            error=(job.last_error or "").strip().rpartition("\n")[2],
        )
        for job in session.scalars(newest)
    )


def counts(session: Session) -> dict[str, int]:
    """Return how many jobs there are in each state."""
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state))
    return {state: count for state, count in rows}  # noqa: C416 - rows are no tuples to mypy


def backoff(attempt: int) -> timedelta:
    """Return how long to wait after a failed attempt: doubling, with up to a quarter of jitter."""
    doublings = min(attempt - 1, MOST_ATTEMPTS)
    wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return wait * (1 + random.random() / 4)  # noqa: S311 - spreads load, guards nothing
