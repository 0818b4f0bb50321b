"""Opening accounts."""

from collections.abc import Iterable
from uuid import UUID
from zlib import crc32

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from escrow import queries
from escrow.chart import HOT, SHARDS, AccountKind
from escrow.ledger import AccountRef
from escrow.models import Account
from kernel import Currency


def open_account(
    session: Session, *, kind: AccountKind, owner_id: UUID | None, currency: Currency
) -> int:
    """Open an account, or find the one that is open already, and return its id.

    Opening makes its balance row, which starts at zero; only accounts outside the house may go
    below. Of the kinds that everybody's money touches this is the first of several shards; an
    entry that names such an account by kind is spread over them by its key.
    """
    return numbers(session, [AccountRef(kind, owner_id, currency)], shard=0)[0]


def shard_of(key: str) -> int:
    """Return the shard of the hot accounts that an entry with this key uses."""
    return crc32(key.encode()) % SHARDS


def numbers(session: Session, refs: Iterable[AccountRef], *, shard: int) -> list[int]:
    """Return the ids of these accounts, opening those that are not; hot ones at `shard`."""
    named = [(ref, shard if ref.kind in HOT else 0) for ref in refs]
    found = queries.account_ids(session, refs=named)
    return [found.get(name) or _open(session, *name) for name in named]


def _open(session: Session, ref: AccountRef, shard: int) -> int:
    account = Account(
        kind=ref.kind.value,
        owner_id=ref.owner,
        currency=ref.currency.value,
        shard=shard,
        hot=ref.kind in HOT,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        # Somebody else opened it in the meantime; what they committed is visible now.
        return queries.account_ids(session, refs=[(ref, shard)])[(ref, shard)]
    return account.id
