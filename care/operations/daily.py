"""The care of a day: begun, and ended with what it made."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from care.models import Run
from kernel import lock


def begin_run(session: Session, *, day: date, at: datetime) -> Run:
    """Begin the care of a day, or go on with one that was interrupted."""
    run = session.get(Run, day)
    if run is None:
        run = Run(day=day, started_at=at, made={}, failures=[])
        session.add(run)
        session.flush()
    return run


def finish_run(
    session: Session,
    *,
    day: date,
    at: datetime,
    made: Mapping[str, int],
    failures: Sequence[str],
) -> Run:
    """End the care of a day; what an interrupted part of it made is added up."""
    run = lock(session, Run, day)
    run.made = {name: run.made.get(name, 0) + count for name, count in made.items()}
    run.failures, run.finished_at = list(failures), at
    session.flush()
    return run
