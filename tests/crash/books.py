"""What two databases must have in common after the same story, whatever ids and clocks said."""

import re
from collections import Counter
from typing import Any

from sqlalchemy import Column, DateTime, LargeBinary, Table, Uuid, func, select
from sqlalchemy.orm import Session

import escrow
import servicing
from kernel import Base, UtcDateTime
from marketplace.models import Job, JobState

# A second try may ask for one more batch, seal or proof; which shard of an account is used is
# chance.
NOT_COMPARED = {"job", "batch", "batch_record", "number", "account"} | {
    "seal",
    "sealed_account",
    "verification",
}
# What is counted rather than meant.
COUNTERS = {"id", "number", "version", "idle_why"}
IDENTITY = re.compile(
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
    r"|\b[AL]-\d+"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[0-9:.+Z]*"
)

State = dict[str, Counter[str]]


def state(session: Session) -> State:
    """Return every row of every table, as often as it is there, without ids and moments."""
    tables = (each for each in Base.metadata.sorted_tables if each.name not in NOT_COMPARED)
    found = {table.name: _rows(session, table) for table in tables}
    found["balance"] = _balances(session)
    return found


def difference(left: State, right: State) -> dict[str, Any]:
    """Return what only one of two states has, by table."""
    return {
        name: {"only expected": left[name] - right[name], "only found": right[name] - left[name]}
        for name in left
        if left[name] != right[name]
    }


def faults(session: Session) -> list[str]:
    """Return what the audits find, and what is still to be done."""
    unfinished = session.scalars(
        select(Job.kind).where(Job.state.in_([JobState.RUNNING, JobState.FAILED]))
    )
    return [
        *(str(finding) for finding in escrow.verify(session).findings),
        *(str(finding) for finding in servicing.audit(session).findings),
        *(f"unfinished: {kind}" for kind in unfinished),
    ]


def _balances(session: Session) -> Counter[str]:
    """Return what every account holds; of those that everybody touches, their shards together."""
    accounts, balances = (Base.metadata.tables[name] for name in ("account", "balance"))
    held = select(accounts.c.kind, accounts.c.owner_id, func.sum(balances.c.amount_minor))
    joined = held.join_from(accounts, balances, balances.c.account_id == accounts.c.id)
    totals = session.execute(joined.group_by(accounts.c.kind, accounts.c.owner_id))
    return Counter(f"{kind} {total}" for kind, _owner, total in totals)


def _rows(session: Session, table: Table) -> Counter[str]:
    kept = [column for column in table.columns if _means_something(column)]
    if not kept:
        return Counter()
    return Counter(_plain(row) for row in session.execute(select(*kept)))


def _means_something(column: Column[Any]) -> bool:
    hidden = (Uuid, DateTime, LargeBinary, UtcDateTime)
    return not (
        isinstance(column.type, hidden) or column.name in COUNTERS or column.name.endswith("_id")
    )


def _plain(row: Any) -> str:
    return IDENTITY.sub("#", repr(tuple(row)))
