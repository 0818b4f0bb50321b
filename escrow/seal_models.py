"""The tables beside the book: what an account held on a day, and what was sealed and proved.

Seals, what they cover and proofs are written once. Checkpoints are derived: they may be thrown away
and computed again.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel import Base


class Checkpoint(Base):
    """The book was summed up at the end of this day, with every entry up to one."""

    __tablename__ = "checkpoint"

    day: Mapped[date] = mapped_column(primary_key=True)
    through_entry_id: Mapped[int]
    at: Mapped[datetime]


class BalanceCheckpoint(Base):
    """What an account held at the end of a day on which something had happened on it."""

    __tablename__ = "balance_checkpoint"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    amount_minor: Mapped[int]


class SealKey(Base):
    """A public key that seals were signed with; its id is the beginning of its hash."""

    __tablename__ = "seal_key"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(64))


class Seal(Base):
    """The root of the Merkle tree over what was new, chained to the seal before it and signed.

    Numbered from 1 without a gap. A seal covers the accounts and then the entries after those of
    the seal before it and up to its own last ones.
    """

    __tablename__ = "seal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous: Mapped[str] = mapped_column(String(64))
    through_account_id: Mapped[int]
    through_entry_id: Mapped[int]
    leaves: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]
    key_id: Mapped[str] = mapped_column(ForeignKey("seal_key.id"))
    signature: Mapped[str] = mapped_column(String(128))


class SealedAccount(Base):
    """The leaf of an account in the tree of its seal."""

    __tablename__ = "sealed_account"

    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class SealedEntry(Base):
    """The leaf of an entry in the tree of its seal, and the salt that hides its lines there."""

    __tablename__ = "sealed_entry"

    entry_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Verification(Base):
    """The book was proved up to an entry and found right; signed, so that nobody can pretend it.

    `head` is the hash of the last seal at that moment, and `balances` the hash of what every
    account held then.
    """

    __tablename__ = "verification"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal_id: Mapped[int] = mapped_column(ForeignKey("seal.id"))
    head: Mapped[str] = mapped_column(String(64))
    through_entry_id: Mapped[int]
    balances: Mapped[str] = mapped_column(String(64))
    verified_at: Mapped[datetime]
    key_id: Mapped[str] = mapped_column(ForeignKey("seal_key.id"))
    signature: Mapped[str] = mapped_column(String(128))
