"""Whether what was noted of the ends of days is what the postings say."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Date, bindparam, select, text
from sqlalchemy.orm import Session

from escrow.queries.findings import MOST, Finding
from escrow.seal_models import Checkpoint

# Per account the days are gone through once, in order: what moved on them adds up to what was
# noted at their ends. What came after the last checkpoint is added by whoever asks for a day.
DIFFERENCES = text("""
    SELECT account_id, day, held, posted FROM (
        SELECT account_id, day, noted, held, sum(delta) OVER (
            PARTITION BY account_id ORDER BY day, noted ROWS UNBOUNDED PRECEDING
        ) AS posted
        FROM (
            SELECT source_id AS account_id, effective_on AS day, 0 AS noted, 0 AS held,
                -sum(amount_minor) AS delta
            FROM posting WHERE entry_id <= :through AND effective_on <= :last_day
            GROUP BY source_id, effective_on
            UNION ALL
            SELECT target_id, effective_on, 0, 0, sum(amount_minor)
            FROM posting WHERE entry_id <= :through AND effective_on <= :last_day
            GROUP BY target_id, effective_on
            UNION ALL
            SELECT account_id, day, 1, amount_minor, 0 FROM balance_checkpoint
        ) moves
    ) days WHERE noted = 1 AND held <> posted ORDER BY account_id, day
""").bindparams(bindparam("last_day", type_=Date()))


def checkpoint_findings(session: Session) -> Iterator[Finding]:
    """Sum every checkpoint up again, and name what is noted otherwise than the postings say."""
    last = session.scalars(select(Checkpoint).order_by(Checkpoint.day.desc()).limit(1)).first()
    named = {
        "through": last.through_entry_id if last else 0,
        "last_day": last.day if last else date.min,
    }
    for row in session.execute(DIFFERENCES, named).fetchmany(MOST):
        told = f"day {row.day}, held {row.held}, posted {row.posted}"
        yield Finding("checkpoint_differs", f"account {row.account_id}", told)
