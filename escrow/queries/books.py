"""The book as operators leaf through it: totals by kind, entries, one entry's postings."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from escrow.chart import AccountKind, Movement
from escrow.models import Account, Balance, Entry, PostingLine
from kernel import Currency, Money, find


@dataclass(frozen=True, slots=True)
class KindTotal:
    """All accounts of one kind in one currency."""

    kind: AccountKind
    accounts: int
    total: Money


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry in a list."""

    id: int
    at: datetime
    effective_on: date
    memo: str
    actor: str
    reverses_id: int | None


@dataclass(frozen=True, slots=True)
class PostingShown:
    """One posting, with whose accounts it moved between."""

    seq: int
    movement: Movement
    source: AccountKind
    source_owner: UUID
    target: AccountKind
    target_owner: UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class EntryFile:
    """One entry and its first postings; `postings` is how many there are in all."""

    line: EntryLine
    key: str
    recorded_at: datetime
    postings: int
    shown: tuple[PostingShown, ...]


def totals_by_kind(session: Session) -> tuple[KindTotal, ...]:
    """Add up the balances by kind of account and currency; they sum to zero by currency."""
    rows = session.execute(
        select(Account.kind, Account.currency, func.count(), func.sum(Balance.amount_minor))
        .join(Balance, Balance.account_id == Account.id)
        .group_by(Account.kind, Account.currency)
        .order_by(Account.currency, Account.kind)
    )
    return tuple(
        KindTotal(AccountKind(kind), count, Money(int(total), Currency(currency)))
        for kind, currency, count, total in rows
    )


def entries(
    session: Session, *, before: int | None = None, limit: int = 25
) -> tuple[EntryLine, ...]:
    """Return entries in the order of the book, the newest first, older than `before`."""
    newest = select(Entry).order_by(Entry.id.desc()).limit(limit)
    if before is not None:
        newest = newest.where(Entry.id < before)
    return tuple(map(_line, session.scalars(newest)))


def entry_file(session: Session, *, entry_id: int, limit: int = 200) -> EntryFile:
    """Return one entry with at most `limit` of its postings.

    Raises:
        NotFound: there is no such entry.
    """
    entry = find(session, Entry, entry_id)
    source, target = aliased(Account), aliased(Account)
    own = PostingLine.entry_id == entry_id
    rows = session.execute(
        select(PostingLine, source, target)
        .join(source, source.id == PostingLine.source_id)
        .join(target, target.id == PostingLine.target_id)
        .where(own)
        .order_by(PostingLine.seq)
        .limit(limit)
    )
    return EntryFile(
        line=_line(entry),
        key=entry.key,
        recorded_at=entry.recorded_at,
        postings=session.scalars(select(func.count()).select_from(PostingLine).where(own)).one(),
        shown=tuple(_posting(line, one, other) for line, one, other in rows),
    )


def _line(entry: Entry) -> EntryLine:
    return EntryLine(
        entry.id, entry.at, entry.effective_on, entry.memo, entry.actor, entry.reverses_id
    )


def _posting(line: PostingLine, source: Account, target: Account) -> PostingShown:
    return PostingShown(
        seq=line.seq,
        movement=Movement(line.movement),
        source=AccountKind(source.kind),
        source_owner=source.owner_id,
        target=AccountKind(target.kind),
        target_owner=target.owner_id,
        amount=Money(line.amount_minor, Currency(line.currency)),
    )
