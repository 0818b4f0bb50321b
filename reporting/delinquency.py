"""How late loans are: the buckets that reports speak of, and which active loans are in one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_

from servicing import Loan, LoanStatus, State

BUCKETS = Path(__file__).parent / "policies" / "delinquency.toml"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A name for loans that are at least so many days past due."""

    name: str
    from_days: int


@cache
def buckets() -> tuple[Bucket, ...]:
    """Return the buckets of the policy file, the least late first."""
    table = tomllib.loads(BUCKETS.read_text(encoding="utf-8"))
    found = (Bucket(**bucket) for bucket in table["bucket"])
    return tuple(sorted(found, key=lambda bucket: bucket.from_days))


def bucket(days_past_due: int) -> str:
    """Return the name for a loan that is so many days past due."""
    return [each.name for each in buckets() if each.from_days <= days_past_due][-1]


def days_past_due(state: Mapping[str, Any], *, on: date) -> int:
    """Return the days since the oldest unpaid installment fell due, seen from a day."""
    since = State.from_json(state).unpaid_since
    return 0 if since is None else max(0, (on - since).days)


def standing(status: str, state: Mapping[str, Any], *, on: date) -> str:
    """Return the word for a loan: a bucket while it is active, then what became of it."""
    if status != LoanStatus.ACTIVE:
        return str(status)
    return bucket(days_past_due(state, on=on))


def may_be_late(on: date) -> ColumnElement[bool]:
    """Return the condition that holds for every active loan with something unpaid before a day.

    It lets the database leave out the many loans that are on time; a fee alone also meets it, so
    each loan found is looked at again.
    """
    oldest = Loan.state[("bills", 0, "due_on")].as_string()
    return and_(Loan.status == LoanStatus.ACTIVE, oldest < on.isoformat())
