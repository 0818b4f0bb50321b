"""Recording the categories of loans on a day, so that it can be told how they moved."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import bulk_insert
from servicing import queries
from servicing.models import CATEGORY_LINES, Loan

_CHUNK = 500  # as many ids as a statement surely takes


def record_categories(
    session: Session, *, found: Mapping[UUID, str], normal: str, on: date, at: datetime
) -> int:
    """Write down every loan whose category is another than the last one recorded.

    Args:
        session: the writing session.
        found: the categories of all loans that are not normal.
        normal: what every other loan is in.
        on: the day.
        at: when it is recorded.

    Returns:
        How many loans moved; recorded again, none do.
    """
    last = queries.recorded_categories(session, on=on)
    moved = {
        loan: (last.get(loan, normal), found.get(loan, normal))
        for loan in sorted(last.keys() | found.keys())
        if last.get(loan, normal) != found.get(loan, normal)
    }
    rows = [
        row
        for some in _chunks(list(moved))
        for row in session.execute(
            select(Loan.id, Loan.outstanding_minor, Loan.currency).where(Loan.id.in_(some))
        )
    ]
    columns = {
        "loan_id": [row.id for row in rows],
        "recorded_on": on,
        "at": at,
        "category": [moved[row.id][1] for row in rows],
        "was": [moved[row.id][0] for row in rows],
        "outstanding_minor": [row.outstanding_minor for row in rows],
        "currency": [row.currency for row in rows],
    }
    if rows:
        bulk_insert(session, CATEGORY_LINES, columns, count=len(rows))
    return len(rows)


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for begin in range(0, len(ids), _CHUNK):
        yield ids[begin : begin + _CHUNK]
