"""Summing the book up at the end of a day, so that asking for a day never reads the past."""

from datetime import date, datetime

from sqlalchemy import Date, bindparam, func, select, text
from sqlalchemy.orm import Session

from escrow.seal_models import BalanceCheckpoint, Checkpoint

# What came in late changes what was summed up before: those sums are dropped, and whoever asks for
# such a day reads on from the one before it.
DROP_LATE = text("""
    DELETE FROM balance_checkpoint WHERE EXISTS (
        SELECT 1 FROM (
            SELECT account_id, min(effective_on) AS first_day FROM (
                SELECT p.source_id AS account_id, p.effective_on
                FROM entry e JOIN posting p ON p.entry_id = e.id
                WHERE e.id > :after AND e.id <= :through AND e.effective_on <= :last_day
                UNION ALL
                SELECT p.target_id, p.effective_on
                FROM entry e JOIN posting p ON p.entry_id = e.id
                WHERE e.id > :after AND e.id <= :through AND e.effective_on <= :last_day
            ) ends GROUP BY account_id
        ) late
        WHERE late.account_id = balance_checkpoint.account_id
        AND late.first_day <= balance_checkpoint.day
    )
""").bindparams(bindparam("last_day", type_=Date()))
SUM_UP = text("""
    INSERT INTO balance_checkpoint (account_id, day, amount_minor)
    SELECT touched.account_id, :day, coalesce(c.amount_minor, 0)
        + coalesce((
            SELECT sum(p.amount_minor) FROM posting p
            WHERE p.target_id = touched.account_id AND p.entry_id <= :through
            AND p.effective_on > coalesce(c.day, :long_ago) AND p.effective_on <= :day
        ), 0)
        - coalesce((
            SELECT sum(p.amount_minor) FROM posting p
            WHERE p.source_id = touched.account_id AND p.entry_id <= :through
            AND p.effective_on > coalesce(c.day, :long_ago) AND p.effective_on <= :day
        ), 0)
    FROM (
        SELECT source_id AS account_id FROM posting WHERE entry_id > :after AND entry_id <= :through
        UNION
        SELECT target_id FROM posting WHERE entry_id > :after AND entry_id <= :through
    ) touched
    LEFT JOIN balance_checkpoint c ON c.account_id = touched.account_id AND c.day = (
        SELECT max(day) FROM balance_checkpoint n WHERE n.account_id = touched.account_id
    )
""").bindparams(bindparam("day", type_=Date()), bindparam("long_ago", type_=Date()))


def checkpoint(session: Session, *, day: date, through_entry_id: int, at: datetime) -> int:
    """Note what every account that was touched held at the end of a day; return how many.

    A day that was summed up, or lies before one that was, is left as it is.

    Args:
        session: the writing session.
        day: the day that has ended.
        through_entry_id: the last entry of the settled book; later ones are added when asked.
        at: the moment, for the record.
    """
    last = session.scalars(select(Checkpoint).order_by(Checkpoint.day.desc()).limit(1)).first()
    if last is not None and last.day >= day:
        return 0
    new = {"after": last.through_entry_id if last else 0, "through": through_entry_id}
    if last is not None:
        session.execute(DROP_LATE, new | {"last_day": last.day})
    session.execute(SUM_UP, new | {"day": day, "long_ago": date.min})
    session.add(Checkpoint(day=day, through_entry_id=through_entry_id, at=at))
    session.flush()
    summed = select(func.count()).where(BalanceCheckpoint.day == day)
    return session.scalars(summed).one()
