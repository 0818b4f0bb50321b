"""Which account is whose, and what it holds."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select, tuple_
from sqlalchemy.orm import Session

from escrow.chart import AccountKind
from escrow.ledger import AccountRef
from escrow.models import Account, Balance
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
