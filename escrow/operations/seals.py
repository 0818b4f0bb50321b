"""Sealing what is new in the book, and signing that it was proved."""

import os
from datetime import datetime
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from escrow import heads, merkle, queries
from escrow.leaves import SALT, account_leaf, entry_leaf
from escrow.models import Account, Entry
from escrow.queries import Frontier, Standing
from escrow.seal_models import Seal, SealedAccount, SealedEntry, SealKey, Verification
from escrow.signing import SealingKey
from kernel import bulk_insert

SEALED_ACCOUNTS = cast("Table", SealedAccount.__table__)
SEALED_ENTRIES = cast("Table", SealedEntry.__table__)
# What an alteration cannot be told apart within, if its leaves were altered alike.
MOST = 10_000


def seal(
    session: Session, *, through: Frontier, key: SealingKey, at: datetime, most: int = MOST
) -> Seal | None:
    """Seal the oldest part of the book that is not sealed yet; nothing if there is none.

    Two at once make the same seal, of which the database takes one.

    Args:
        session: the writing session.
        through: how far the book is settled.
        key: what signs it.
        at: the moment, for the record.
        most: how many accounts, and how many entries, a seal covers.
    """
    last = queries.last_seal(session)
    after = (last.through_account_id, last.through_entry_id) if last else (0, 0)
    accounts = _nth(session, Account, after[0], through.account_id, most)
    entries = _nth(session, Entry, after[1], through.entry_id, most)
    if (accounts, entries) == after:
        return None
    leaves = _seal_accounts(session, after[0], accounts)
    leaves += _seal_entries(session, after[1], entries)
    fresh = Seal(
        id=last.id + 1 if last else 1,
        previous=heads.seal_hash(last) if last else heads.BEFORE_ALL,
        through_account_id=accounts,
        through_entry_id=entries,
        leaves=len(leaves),
        root=merkle.root(leaves).hex(),
        content=queries.content(
            session, accounts=(after[0], accounts), entries=(after[1], entries)
        ),
        sealed_at=at,
        key_id=_known(session, key),
    )
    fresh.signature = key.sign(heads.seal_words(fresh))
    session.add(fresh)
    session.flush()
    return fresh


def attest(session: Session, *, standing: Standing, key: SealingKey, at: datetime) -> Verification:
    """Sign that the book was proved and found right as far as its last seal.

    Args:
        session: the writing session.
        standing: where the book stood when it was proved, from the audit.
        key: what signs it.
        at: the moment, for the record.
    """
    done = Verification(
        id=(session.scalar(select(func.max(Verification.id))) or 0) + 1,
        seal_id=standing.seal_id,
        head=standing.head,
        through_entry_id=standing.through_entry_id,
        balances=standing.balances,
        verified_at=at,
        key_id=_known(session, key),
    )
    done.signature = key.sign(heads.verification_words(done))
    session.add(done)
    session.flush()
    return done


def _nth(
    session: Session, model: type[Account | Entry], after: int, through: int, most: int
) -> int:
    """Return the id of the last of so many rows after one."""
    piece = (
        select(model.id)
        .where(model.id > after, model.id <= through)
        .order_by(model.id)
        .limit(most)
        .subquery()
    )
    return session.scalar(select(func.max(piece.c.id))) or after


def _seal_accounts(session: Session, after: int, through: int) -> list[bytes]:
    rows = queries.account_bytes(session, after=after, through=through)
    leaves = [account_leaf(account) for _, account in rows]
    columns = {"account_id": [ident for ident, _ in rows], "hash": leaves}
    bulk_insert(session, SEALED_ACCOUNTS, columns, count=len(rows))
    return leaves


def _seal_entries(session: Session, after: int, through: int) -> list[bytes]:
    entries = list(queries.entry_bytes(session, after=after, through=through))
    salts = [os.urandom(SALT) for _ in entries]
    leaves = [entry_leaf(entry, salt) for entry, salt in zip(entries, salts, strict=True)]
    columns = {"entry_id": [entry.id for entry in entries], "salt": salts, "hash": leaves}
    bulk_insert(session, SEALED_ENTRIES, columns, count=len(entries))
    return leaves


def _known(session: Session, key: SealingKey) -> str:
    """Write down the public key with its first signature, and return its id."""
    if session.get(SealKey, key.id) is None:
        session.add(SealKey(id=key.id, public_key=key.public))
        session.flush()
    return key.id
