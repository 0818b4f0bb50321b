"""The proof that a lender's lines of an entry are in the sealed book, and nothing else of it."""

from datetime import UTC
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from escrow import merkle
from escrow.errors import NotSealed
from escrow.leaves import EntryBytes, hidden_rest, posting_leaves, posting_salt
from escrow.models import PostingLine
from escrow.queries.leaves import account_bytes, entry_bytes
from escrow.seal_models import Seal, SealedAccount, SealedEntry, SealKey
from kernel import NotFound, find

FORMAT = "tessera-proof-1"


def proof(session: Session, *, account_id: int, entry_id: int) -> dict[str, Any]:
    """Return, as JSON, what proves the lines of an account in an entry to anybody.

    It tells of the entry when and what for, of the account whose it is, and of the other lines
    only their hashes (docs/ledger.md, "Seals").

    Raises:
        NotFound: the entry does not touch the account.
        NotSealed: the entry is too new.
    """
    own = _own_lines(session, account_id, entry_id)
    if not own:
        raise NotFound(what="entry", id=entry_id)
    seal = _seal_over(session, Seal.through_entry_id, entry_id)
    (entry,) = entry_bytes(session, after=entry_id - 1, through=entry_id)
    sealed = find(session, SealedEntry, entry_id)
    leaves = _leaves(session, seal)
    return {
        "format": FORMAT,
        "account": _account(session, account_id),
        "lines": _lines(entry, sealed.salt, own),
        "entry": {
            "text": entry.header.decode(),
            "hidden": hidden_rest(entry, sealed.salt).hex(),
            "path": _path(leaves, leaves.index(sealed.hash)),
        },
        "seal": _words(session, seal),
    }


def _own_lines(session: Session, account_id: int, entry_id: int) -> frozenset[int]:
    line = PostingLine
    ends = or_(line.source_id == account_id, line.target_id == account_id)
    return frozenset(session.scalars(select(line.seq).where(line.entry_id == entry_id, ends)))


def _account(session: Session, account_id: int) -> dict[str, Any]:
    """Return what proves whose account this is."""
    seal = _seal_over(session, Seal.through_account_id, account_id)
    ((_, text),) = account_bytes(session, after=account_id - 1, through=account_id)
    leaves = _leaves(session, seal)
    place = leaves.index(find(session, SealedAccount, account_id).hash)
    return {"text": text.decode(), "path": _path(leaves, place), "seal": _words(session, seal)}


def _seal_over(session: Session, through: Any, ident: int) -> Seal:
    seal = session.scalars(select(Seal).where(through >= ident).order_by(Seal.id).limit(1)).first()
    if seal is None:
        raise NotSealed(id=ident)
    return seal


def _leaves(session: Session, seal: Seal) -> list[bytes]:
    """Return the leaves of a seal, as they were written down."""
    before = session.get(Seal, seal.id - 1)
    account, entry = SealedAccount.account_id, SealedEntry.entry_id
    accounts = select(SealedAccount.hash).where(
        account > (before.through_account_id if before else 0), account <= seal.through_account_id
    )
    entries = select(SealedEntry.hash).where(
        entry > (before.through_entry_id if before else 0), entry <= seal.through_entry_id
    )
    found = [
        *session.scalars(accounts.order_by(account)),
        *session.scalars(entries.order_by(entry)),
    ]
    return [bytes(each) for each in found]


def _lines(entry: EntryBytes, salt: bytes, own: frozenset[int]) -> list[dict[str, Any]]:
    leaves = posting_leaves(entry, salt)
    return [
        {
            "text": text.decode(),
            "salt": posting_salt(salt, seq).hex(),
            "path": _path(leaves, place),
        }
        for place, (seq, text) in enumerate(entry.postings)
        if int(seq) in own
    ]


def _path(leaves: list[bytes], place: int) -> dict[str, Any]:
    way = merkle.path(leaves, place)
    hashes = [each.hex() for each in way.hashes]
    return {"index": way.index, "size": way.size, "hashes": hashes}


def _words(session: Session, seal: Seal) -> dict[str, Any]:
    return {
        "number": seal.id,
        "previous": seal.previous,
        "through_account": seal.through_account_id,
        "through_entry": seal.through_entry_id,
        "leaves": seal.leaves,
        "root": seal.root,
        "content": seal.content,
        "sealed_at": seal.sealed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
        "key": find(session, SealKey, seal.key_id).public_key,
        "signature": seal.signature,
    }
