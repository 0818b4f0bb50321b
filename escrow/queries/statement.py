"""An account's lines, newest first, with what the account held after each."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, union_all
from sqlalchemy.orm import Session

from escrow.chart import AccountKind, Movement
from escrow.models import Account, Entry, PostingLine
from escrow.queries.balances import balance
from kernel import Money, find


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One amount in (positive) or out (negative), and what the account held afterwards."""

    entry_id: int
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
    """Return the lines of the newest entries of an account, by the instant they count from.

    Args:
        session: a session.
        account_id: whose lines.
        since: the first day (UTC) to show.
        until: the last day (UTC) to show.
        limit: how many entries at most; all the lines of an entry are shown together.
        before: the id of an entry: only those older than it are shown, for the next page.

    Raises:
        NotFound: there is no such account or no such entry.
    """
    now = balance(session, account=account_id)
    flow = _flow(account_id)
    ceiling = _ceiling(session, until, before)
    floor = [] if since is None else [Entry.at >= _midnight(since)]
    later = _total(session, flow, [not_(and_(*ceiling))]) if ceiling else 0
    closing = now - Money(later, now.currency)
    rows = session.execute(_page(flow, [*ceiling, *floor], limit)).all()
    lines = _lines(rows, closing)
    opening = lines[-1].balance - lines[-1].amount if lines else closing
    return Statement(opening, lines, closing)


def _flow(account_id: int) -> Any:
    """Select the account's postings, each with its sign for the account."""
    line = PostingLine
    out = select(
        line.entry_id,
        line.seq,
        line.movement,
        (-line.amount_minor).label("amount"),
        line.target_id.label("other_id"),
    ).where(line.source_id == account_id)
    come = select(line.entry_id, line.seq, line.movement, line.amount_minor, line.source_id).where(
        line.target_id == account_id
    )
    return union_all(out, come).subquery("flow")


def _ceiling(session: Session, until: date | None, before: int | None) -> list[ColumnElement[bool]]:
    """State how new an entry may be."""
    conditions: list[ColumnElement[bool]] = []
    if until is not None:
        conditions.append(Entry.at < _midnight(until + timedelta(days=1)))
    if before is not None:
        last = find(session, Entry, before)
        conditions.append(or_(Entry.at < last.at, and_(Entry.at == last.at, Entry.id < last.id)))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _total(session: Session, flow: Any, conditions: list[ColumnElement[bool]]) -> int:
    total = session.scalar(
        select(func.sum(flow.c.amount)).join(Entry, Entry.id == flow.c.entry_id).where(*conditions)
    )
    return int(total or 0)


def _page(flow: Any, conditions: list[ColumnElement[bool]], limit: int) -> Select[Any]:
    newest = (
        select(Entry.id, Entry.at, Entry.memo)
        .where(Entry.id.in_(select(flow.c.entry_id)), *conditions)
        .order_by(Entry.at.desc(), Entry.id.desc())
        .limit(limit)
        .subquery("newest")
    )
    return (
        select(
            newest.c.id,
            newest.c.at,
            newest.c.memo,
            flow.c.movement,
            flow.c.amount,
            Account.kind,
        )
        .join(flow, flow.c.entry_id == newest.c.id)
        .join(Account, Account.id == flow.c.other_id)
        .order_by(newest.c.at.desc(), newest.c.id.desc(), flow.c.seq.desc())
    )


def _lines(rows: Any, closing: Money) -> tuple[StatementLine, ...]:
    held = closing
    lines = []
    for row in rows:
        amount = Money(row.amount, closing.currency)
        lines.append(
            StatementLine(
                row.id,
                row.at,
                Movement(row.movement),
                row.memo,
                amount,
                held,
                AccountKind(row.kind),
            )
        )
        held -= amount
    return tuple(lines)
