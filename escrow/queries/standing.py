"""What an account held at the end of any day: the nearest checkpoint, and what came after it."""

from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from escrow.models import Entry, PostingLine
from escrow.seal_models import BalanceCheckpoint, Checkpoint


def held_on(session: Session, *, account_id: int, day: date) -> int:
    """Return what an account held at the end of a day, in minor units.

    Everything that is known now counts, also what was recorded later than that day.
    """
    line = PostingLine
    nearest = session.execute(
        select(BalanceCheckpoint.day, BalanceCheckpoint.amount_minor)
        .where(BalanceCheckpoint.account_id == account_id, BalanceCheckpoint.day <= day)
        .order_by(BalanceCheckpoint.day.desc())
        .limit(1)
    ).one_or_none()
    if nearest is None:
        return _moved(session, account_id, line.effective_on <= day)
    since = _moved(session, account_id, line.effective_on > nearest.day, line.effective_on <= day)
    return int(nearest.amount_minor) + since + _late(session, account_id, nearest.day)


def moved_on(session: Session, *, account_id: int, day: date, from_entry: int) -> int:
    """Return by how much an account changed on one day, from one entry on."""
    line = PostingLine
    return _moved(session, account_id, line.effective_on == day, line.entry_id >= from_entry)


def _late(session: Session, account_id: int, day: date) -> int:
    """Add up what was recorded after the last checkpoint and counts from a day before it."""
    newest = select(Checkpoint.through_entry_id).order_by(Checkpoint.day.desc()).limit(1)
    through = session.scalar(newest) or 0
    late = select(Entry.id).where(Entry.id > through, Entry.effective_on <= day)
    entries = session.scalars(late).all()
    if not entries:
        return 0
    return _moved(session, account_id, PostingLine.entry_id.in_(entries))


def _moved(session: Session, account_id: int, *conditions: ColumnElement[bool]) -> int:
    line = PostingLine
    sums = [
        session.scalar(select(func.sum(line.amount_minor)).where(end == account_id, *conditions))
        for end in (line.target_id, line.source_id)
    ]
    come, gone = (int(total or 0) for total in sums)
    return come - gone
