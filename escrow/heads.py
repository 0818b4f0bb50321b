"""What is signed: the words of a seal and of a verification, as bytes.

Both are lines of text. The hash of a seal is that of its words and its signature; the next seal
begins with it, so that the last signature stands for all there ever was.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol

BEFORE_ALL = "0" * 64


class Sealed(Protocol):
    """A seal, wherever it comes from."""

    id: int
    previous: str
    through_account_id: int
    through_entry_id: int
    leaves: int
    root: str
    content: str
    sealed_at: datetime
    key_id: str
    signature: str


class Verified(Protocol):
    """A verification, wherever it comes from."""

    id: int
    seal_id: int
    head: str
    through_entry_id: int
    balances: str
    verified_at: datetime
    key_id: str


def seal_words(seal: Sealed) -> bytes:
    """Return what the signature of a seal signs."""
    return _lines(
        "tessera seal",
        seal.id,
        seal.previous,
        seal.through_account_id,
        seal.through_entry_id,
        seal.leaves,
        seal.root,
        seal.content,
        _moment(seal.sealed_at),
        seal.key_id,
    )


def seal_hash(seal: Sealed) -> str:
    """Return the hash of a seal with its signature."""
    return sha256(seal_words(seal) + seal.signature.encode()).hexdigest()


def verification_words(done: Verified) -> bytes:
    """Return what the signature of a verification signs."""
    return _lines(
        "tessera verification",
        done.id,
        done.seal_id,
        done.head,
        done.through_entry_id,
        done.balances,
        _moment(done.verified_at),
        done.key_id,
    )


def _lines(*words: object) -> bytes:
    return "".join(f"{word}\n" for word in words).encode()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
