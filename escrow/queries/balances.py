"""Which account is whose, and what it holds."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session

from escrow.chart import AccountKind
from escrow.ledger import AccountRef
from escrow.models import Account, Balance, Entry, PostingLine
from escrow.queries.standing import held_on
from kernel import Currency, Money, NotFound

_NAME = (Account.kind, Account.owner_id, Account.currency, Account.shard)
# Built once: every posting that names an account by kind asks this.
_NAMED = select(Account.id, *_NAME).where(tuple_(*_NAME).in_(bindparam("names", expanding=True)))


def balance(session: Session, *, account: AccountRef | int, on: date | None = None) -> Money:
    """Return what an account holds; an account named by kind adds up its shards.

    Args:
        session: a session.
        account: its id, or what it is.
        on: the end of this day, by what is known of it now; now, if not given.

    Raises:
        NotFound: there is no account with this id. One named by kind that was never opened
            holds nothing.
    """
    if isinstance(account, int):
        now = _balance_of(session, account)
        if on is None:
            return now
        return Money(held_on(session, account_id=account, day=on), now.currency)
    if on is not None:
        shards = session.scalars(select(Account.id).where(*_named(account)))
        held = (held_on(session, account_id=shard, day=on) for shard in shards)
        return Money(sum(held), account.currency)
    total = session.scalar(
        select(func.sum(Balance.amount_minor))
        .join(Account, Account.id == Balance.account_id)
        .where(*_named(account))
    )
    return Money(int(total or 0), account.currency)


def _named(account: AccountRef) -> tuple[ColumnElement[bool], ...]:
    return (
        Account.kind == account.kind.value,
        Account.owner_id == account.owner,
        Account.currency == account.currency.value,
    )


def _balance_of(session: Session, account: int) -> Money:
    row = session.execute(
        select(Balance.amount_minor, Account.currency)
        .join(Account, Account.id == Balance.account_id)
        .where(Account.id == account)
    ).one_or_none()
    if row is None:
        raise NotFound(what="account", id=account)
    return Money(row.amount_minor, Currency(row.currency))


def balances(session: Session, *, account_ids: Iterable[int]) -> dict[int, int]:
    """Return what each of these accounts holds, in minor units and in this order.

    Unknown ids are left out.
    """
    found: dict[int, int] = {}
    wanted = [int(ident) for ident in account_ids]
    for start in range(0, len(wanted), 10_000):
        rows = session.execute(
            select(Balance.account_id, Balance.amount_minor).where(
                Balance.account_id.in_(wanted[start : start + 10_000])
            )
        )
        found.update((row.account_id, row.amount_minor) for row in rows)
    return {ident: found[ident] for ident in wanted if ident in found}


def arrived(session: Session, *, account_ids: Iterable[int], since: date) -> dict[int, datetime]:
    """Return since when the oldest of what accounts hold has been there: first in, first out.

    What arrived before the day `since` is not looked for; accounts that hold nothing, or nothing
    but that, are left out.
    """
    found: dict[int, datetime] = {}
    wanted = sorted(set(map(int, account_ids)))
    for start in range(0, len(wanted), 10_000):
        rows = session.execute(_arrivals(wanted[start : start + 10_000], since))
        found.update((row.account_id, row.at) for row in rows)
    return found


def _arrivals(account_ids: list[int], since: date) -> Select[int, datetime]:
    """Ask for the oldest credit that is not covered by newer ones."""
    newest_first = func.sum(PostingLine.amount_minor).over(
        partition_by=PostingLine.target_id,
        order_by=(PostingLine.entry_id.desc(), PostingLine.seq.desc()),
    )
    lines = (
        select(
            PostingLine.target_id.label("account_id"),
            PostingLine.entry_id,
            (newest_first - PostingLine.amount_minor).label("newer"),
        )
        .where(PostingLine.target_id.in_(account_ids), PostingLine.effective_on >= since)
        .subquery()
    )
    return (
        select(lines.c.account_id, func.min(Entry.at).label("at"))
        .join(Balance, Balance.account_id == lines.c.account_id)
        .join(Entry, Entry.id == lines.c.entry_id)
        .where(lines.c.newer < Balance.amount_minor)
        .group_by(lines.c.account_id)
    )


def account_id(
    session: Session, *, kind: AccountKind, owner_id: UUID | None, currency: Currency
) -> int | None:
    """Return the id of an account, or nothing where it was never opened; the first of shards."""
    ref = AccountRef(kind, owner_id, currency)
    return account_ids(session, refs=[(ref, 0)]).get((ref, 0))


def account_ids(
    session: Session, *, refs: Sequence[tuple[AccountRef, int]]
) -> dict[tuple[AccountRef, int], int]:
    """Return the ids of the accounts with these names and shards that were opened."""
    names = [(ref.kind.value, ref.owner, ref.currency.value, shard) for ref, shard in refs]
    found = {tuple(name): ident for ident, *name in session.execute(_NAMED, {"names": names})}
    return {ref: found[name] for ref, name in zip(refs, names, strict=True) if name in found}
