r"""What of the book is sealed, byte by byte (docs/ledger.md, "Seals").

An account is one leaf. So is an entry, with the root of a tree over its own postings in it, each
hidden by a salt of its own: the proof of one posting tells nothing of the others. Fields stand in
lines; a text that may hold anything has its length in octets before it.

    account  "account" id kind owner currency shard hot
    header   "entry" id at effective_on recorded_at lines reverses-or-"-" length-of-memo memo
    rest     "rest" request_hash length-of-key length-of-actor key actor
    posting  "posting" entry seq movement source target amount currency effective_on

    leaf of an entry    0x00 root-of-its-postings SHA-256(salt rest) header
    leaf of a posting   0x00 SHA-256(salt seq-in-digits) posting
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from escrow import merkle

SALT = 16


class EntryBytes(NamedTuple):
    """An entry as it is sealed: what its readers may know, what not, and its postings.

    Of every posting there are its number, in digits, and its bytes.
    """

    id: int
    header: bytes
    rest: bytes
    postings: Sequence[tuple[bytes, bytes]]


def account_leaf(account: bytes) -> bytes:
    """Return the leaf of an account."""
    return merkle.leaf_hash(account)


def entry_leaf(entry: EntryBytes, salt: bytes) -> bytes:
    """Return the leaf of an entry, whose lines are hidden by the salt."""
    lines = merkle.root(posting_leaves(entry, salt))
    return merkle.leaf_hash(lines + hidden_rest(entry, salt) + entry.header)


def posting_leaves(entry: EntryBytes, salt: bytes) -> list[bytes]:
    """Return the leaves of an entry's postings, each with its salt."""
    return [merkle.leaf_hash(posting_salt(salt, seq) + data) for seq, data in entry.postings]


def posting_salt(salt: bytes, seq: bytes) -> bytes:
    """Return what hides one posting, from the entry's salt and the posting's number in digits."""
    return sha256(salt + seq).digest()


def hidden_rest(entry: EntryBytes, salt: bytes) -> bytes:
    """Return what stands for the part of an entry that its readers may not know."""
    return sha256(salt + entry.rest).digest()
