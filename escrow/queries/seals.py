"""Whether the sealed part of the book is what was sealed, and if not, where it begins to differ."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from escrow import heads, merkle
from escrow.leaves import account_leaf, entry_leaf
from escrow.queries.content import content
from escrow.queries.findings import MOST, Finding
from escrow.queries.leaves import account_bytes, entry_bytes
from escrow.seal_models import Seal, SealedAccount, SealedEntry, SealKey, Verification
from escrow.signing import is_signed, key_id

# The hash of what is there, or was, by its number.
Leaves: TypeAlias = Mapping[int, bytes]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a book stands that was found right: its last seal, and what every account held."""

    seal_id: int
    head: str
    through_entry_id: int
    balances: str


def last_seal(session: Session) -> Seal | None:
    """Return the newest seal."""
    return session.scalars(select(Seal).order_by(Seal.id.desc()).limit(1)).first()


def sealed_to(session: Session) -> int:
    """Return the id of the last entry that is sealed."""
    last = last_seal(session)
    return last.through_entry_id if last else 0


def standing(session: Session) -> Standing | None:
    """Return where the book stands at its last seal; nothing if there is none."""
    last = last_seal(session)
    if last is None:
        return None
    balances = balances_at(session, through_entry_id=last.through_entry_id)
    return Standing(last.id, heads.seal_hash(last), last.through_entry_id, balances)


def last_verification(session: Session, *, trusted: AbstractSet[str]) -> Verification | None:
    """Return the newest verification, if one of the trusted keys signed it as it stands there."""
    newest = select(Verification).order_by(Verification.id.desc()).limit(1)
    done = session.scalars(newest).first()
    if done is None or done.key_id not in trusted:
        return None
    key = session.get(SealKey, done.key_id)
    if key is None or not _is_signed(key, done.signature, heads.verification_words(done)):
        return None
    return done


def balances_at(session: Session, *, through_entry_id: int) -> str:
    """Return a hash of what every account held after an entry: what it holds now, less what came.

    Accounts that held nothing are left out, so that one opened later changes nothing.
    """
    rows = session.execute(HELD, {"through": through_entry_id})
    held = "".join(f"{account} {amount}\n" for account, amount in rows)
    return sha256(held.encode()).hexdigest()


def seal_findings(
    session: Session, *, trusted: AbstractSet[str] | None = None, after: int = 0
) -> Iterator[Finding]:
    """Name what differs from what was sealed, the first entry first.

    Args:
        session: a session.
        trusted: ids of the keys that may have signed the newest seal; any, if not given. The
            seals before it need no trust: the newest vouches for them.
        after: only seals after this one are read again.
    """
    seals = session.scalars(select(Seal).where(Seal.id >= after).order_by(Seal.id)).all()
    before = None
    if after:
        before, seals = (seals[0], seals[1:]) if seals and seals[0].id == after else (None, seals)
    keys = {key.id: key for key in session.scalars(select(SealKey))}
    found = 0
    for each in seals:
        for finding in _seal_findings(session, each, before, keys):
            yield finding
            found += 1
            if found >= MOST:
                return
        before = each
    yield from _end_findings(session, before, trusted)


def _seal_findings(
    session: Session, seal: Seal, before: Seal | None, keys: Mapping[str, SealKey]
) -> Iterator[Finding]:
    accounts = (before.through_account_id if before else 0, seal.through_account_id)
    entries = (before.through_entry_id if before else 0, seal.through_entry_id)
    if content(session, accounts=accounts, entries=entries) != seal.content:
        yield from _altered(session, seal, accounts, entries)
    key = keys.get(seal.key_id)
    if key is None or not _is_signed(key, seal.signature, heads.seal_words(seal)):
        yield Finding("seal_altered", f"seal {seal.id}", f"covers entries {_span(entries)}")
    expected = (before.id + 1, heads.seal_hash(before)) if before else (1, heads.BEFORE_ALL)
    if (seal.id, seal.previous) != expected:
        yield Finding("seal_chain_broken", f"seal {seal.id}", f"covers entries {_span(entries)}")


def _altered(
    session: Session, seal: Seal, accounts: tuple[int, int], entries: tuple[int, int]
) -> Iterator[Finding]:
    """Name what differs from its leaf; nothing where the signed root says that all is right."""
    pieces = (
        ("account", *_accounts(session, *accounts)),
        ("entry", *_entries(session, *entries)),
    )
    altered = [each for piece in pieces for each in _differences(*piece)]
    leaves = [sealed[ident] for _, _, sealed in pieces for ident in sorted(sealed)]
    as_sealed = (len(leaves), merkle.root(leaves).hex()) == (seal.leaves, seal.root)
    if as_sealed or altered:
        yield from altered
    else:
        where = f"something in entries {_span(entries)}"
        yield Finding("seal_differs", f"seal {seal.id}", where)


def _is_signed(key: SealKey, signature: str, words: bytes) -> bool:
    try:
        named = key_id(key.public_key)
    except ValueError:
        return False
    return named == key.id and is_signed(key.public_key, signature, words)


def _accounts(session: Session, after: int, through: int) -> tuple[Leaves, Leaves]:
    """Return the leaves of the accounts of a piece, as they are and as they were sealed."""
    rows = account_bytes(session, after=after, through=through)
    kept = SealedAccount.account_id
    asked = select(kept, SealedAccount.hash).where(kept > after, kept <= through)
    sealed = {row.account_id: row.hash for row in session.execute(asked)}
    return {ident: account_leaf(account) for ident, account in rows}, sealed


def _entries(session: Session, after: int, through: int) -> tuple[Leaves, Leaves]:
    """Return the leaves of the entries of a piece, as they are and as they were sealed."""
    kept = SealedEntry.entry_id
    asked = select(kept, SealedEntry.salt, SealedEntry.hash).where(kept > after, kept <= through)
    sealed = {row.entry_id: row for row in session.execute(asked)}
    there = {
        entry.id: entry_leaf(entry, sealed[entry.id].salt) if entry.id in sealed else b""
        for entry in entry_bytes(session, after=after, through=through)
    }
    return there, {ident: row.hash for ident, row in sealed.items()}


def _differences(noun: str, there: Leaves, sealed: Leaves) -> Iterator[Finding]:
    for ident in sorted(there.keys() | sealed.keys()):
        if ident not in there:
            yield Finding(f"{noun}_gone", f"{noun} {ident}", "was sealed and is not there")
        elif ident not in sealed:
            yield Finding(f"{noun}_put_in", f"{noun} {ident}", "was not there when it was sealed")
        elif there[ident] != sealed[ident]:
            yield Finding(f"{noun}_altered", f"{noun} {ident}", "is not what was sealed")


def _end_findings(
    session: Session, last: Seal | None, trusted: AbstractSet[str] | None
) -> Iterator[Finding]:
    """Look at what the newest seal alone vouches for, and whether it is the newest."""
    through = last.through_entry_id if last else 0
    orphan = session.scalar(
        select(func.min(SealedEntry.entry_id)).where(SealedEntry.entry_id > through)
    )
    if orphan is not None:
        yield Finding("seal_gone", f"entry {orphan}", "was sealed, and its seal is not there")
    if last and trusted is not None and last.key_id not in trusted:
        yield Finding("seal_untrusted", f"seal {last.id}", f"was signed by key {last.key_id}")
    keys = {key.id: key for key in session.scalars(select(SealKey))}
    newest = select(Verification).order_by(Verification.id)
    for done in session.scalars(newest):
        key, seal = keys.get(done.key_id), session.get(Seal, done.seal_id)
        signed = key and _is_signed(key, done.signature, heads.verification_words(done))
        if not signed:
            yield Finding("verification_altered", f"verification {done.id}", "is not as signed")
        elif seal is None or heads.seal_hash(seal) != done.head:
            yield Finding("seals_rewritten", f"seal {done.seal_id}", "was another when verified")


def _span(entries: tuple[int, int]) -> str:
    return f"{entries[0] + 1} to {entries[1]}"


HELD = text("""
    SELECT account_id, amount FROM (
        SELECT b.account_id, b.amount_minor - coalesce(n.delta, 0) AS amount
        FROM balance b LEFT JOIN (
            SELECT account_id, sum(delta) AS delta FROM (
                SELECT target_id AS account_id, amount_minor AS delta
                FROM posting WHERE entry_id > :through
                UNION ALL
                SELECT source_id, -amount_minor FROM posting WHERE entry_id > :through
            ) ends GROUP BY account_id
        ) n ON n.account_id = b.account_id
    ) held WHERE amount <> 0 ORDER BY account_id
""")
