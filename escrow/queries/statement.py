"""An account's lines, newest first, with what the account held after each."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from escrow.chart import AccountKind, Movement
from escrow.models import Account, Entry, PostingLine
from escrow.queries.balances import balance
from escrow.queries.standing import held_on, moved_on
from kernel import Money, find


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One amount in (positive) or out (negative), and what the account held afterwards."""

    entry_id: int
    effective_on: date
    at: datetime
    movement: Movement
    memo: str
    amount: Money
    balance: Money
    counterparty: AccountKind


@dataclass(frozen=True, slots=True)
class Statement:
    """Lines, newest first, between what was held before the oldest and after the newest."""

    opening: Money
    lines: tuple[StatementLine, ...]
    closing: Money


def statement(
    session: Session,
    *,
    account_id: int,
    since: date | None = None,
    until: date | None = None,
    limit: int = 50,
    before: int | None = None,
) -> Statement:
    """Return the lines of the newest entries of an account, by the day they count from.

    What it costs depends on the lines shown and on what happened since the last checkpoint, not on
    the account's past.

    Args:
        session: a session.
        account_id: whose lines.
        since: the first day to show.
        until: the last day to show.
        limit: how many entries at most; all the lines of an entry are shown together.
        before: the id of an entry: only those older than it are shown, for the next page.

    Raises:
        NotFound: there is no such account or no such entry.
    """
    now = balance(session, account=account_id)
    last = None if before is None else find(session, Entry, before)
    if last is not None and (until is None or last.effective_on <= until):
        ceiling = _older(last)
        held = held_on(session, account_id=account_id, day=last.effective_on) - moved_on(
            session, account_id=account_id, day=last.effective_on, from_entry=last.id
        )
    elif until is not None:
        ceiling = [PostingLine.effective_on <= until]
        held = held_on(session, account_id=account_id, day=until)
    else:
        ceiling, held = [], now.minor
    floor = [] if since is None else [PostingLine.effective_on >= since]
    closing = Money(held, now.currency)
    rows = session.execute(_page(account_id, [*ceiling, *floor], limit)).all()
    lines = _lines(rows, closing)
    opening = lines[-1].balance - lines[-1].amount if lines else closing
    return Statement(opening, lines, closing)


def _older(last: Entry) -> list[ColumnElement[bool]]:
    """State that a posting is older than an entry, in a form that the index answers."""
    day, entry = PostingLine.effective_on, PostingLine.entry_id
    earlier = day <= last.effective_on - timedelta(days=1)
    return [day <= last.effective_on, or_(earlier, entry < last.id)]


def _page(account_id: int, conditions: list[ColumnElement[bool]], limit: int) -> Select[Any]:
    line = PostingLine
    newest = _newest(account_id, conditions, limit)
    out = _flow(line.source_id, line.target_id, account_id, newest, -line.amount_minor)
    come = _flow(line.target_id, line.source_id, account_id, newest, line.amount_minor)
    flow = union_all(out, come).subquery("flow")
    return (
        select(
            Entry.id,
            Entry.at,
            Entry.memo,
            flow.c.effective_on,
            flow.c.movement,
            flow.c.amount,
            Account.kind,
        )
        .join(Entry, Entry.id == flow.c.entry_id)
        .join(Account, Account.id == flow.c.other_id)
        .order_by(flow.c.effective_on.desc(), flow.c.entry_id.desc(), flow.c.seq.desc())
    )


def _newest(account_id: int, conditions: list[ColumnElement[bool]], limit: int) -> Any:
    """Select the newest entries that touch the account, each side by its own index."""
    line = PostingLine
    sides = [
        select(line.effective_on, line.entry_id)
        .where(end == account_id, *conditions)
        .distinct()
        .order_by(line.effective_on.desc(), line.entry_id.desc())
        .limit(limit)
        .subquery()
        for end in (line.source_id, line.target_id)
    ]
    both = union(*(select(side.c.effective_on, side.c.entry_id) for side in sides)).subquery()
    return (
        select(both.c.effective_on, both.c.entry_id)
        .order_by(both.c.effective_on.desc(), both.c.entry_id.desc())
        .limit(limit)
        .subquery("newest")
    )


def _flow(
    end: InstrumentedAttribute[int],
    other: InstrumentedAttribute[int],
    account_id: int,
    newest: Any,
    amount: ColumnElement[int] | InstrumentedAttribute[int],
) -> Any:
    """Select the account's postings on one side in these entries, signed for the account."""
    line = PostingLine
    same = and_(line.effective_on == newest.c.effective_on, line.entry_id == newest.c.entry_id)
    return (
        select(
            line.entry_id,
            line.seq,
            line.effective_on,
            line.movement,
            amount.label("amount"),
            other.label("other_id"),
        )
        .join(newest, same)
        .where(end == account_id)
    )


def _lines(rows: Any, closing: Money) -> tuple[StatementLine, ...]:
    held = closing
    lines = []
    for row in rows:
        amount = Money(row.amount, closing.currency)
        lines.append(
            StatementLine(
                entry_id=row.id,
                effective_on=row.effective_on,
                at=row.at,
                movement=Movement(row.movement),
                memo=row.memo,
                amount=amount,
                balance=held,
                counterparty=AccountKind(row.kind),
            )
        )
        held -= amount
    return tuple(lines)
