"""The tables of the book. Entries and postings are written once and never changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel import Base, Sequence64


class MovementRule(Base):
    """One line of the chart, as the database checks it; only a migration writes here."""

    __tablename__ = "movement_rule"

    movement: Mapped[str] = mapped_column(String(12), primary_key=True)
    source_kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    target_kind: Mapped[str] = mapped_column(String(12), primary_key=True)


class Account(Base):
    """One owner's money of one kind in one currency; the platform owns with the nil id."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("kind", "owner_id", "currency", "shard"),)

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(12))
    owner_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(String(3))
    shard: Mapped[int] = mapped_column(SmallInteger, default=0)
    hot: Mapped[bool] = mapped_column(default=False)


class Balance(Base):
    """What an account holds now. Only the posting trigger writes it; `version` then grows."""

    __tablename__ = "balance"
    __table_args__ = (
        CheckConstraint("floor_minor IS NULL OR amount_minor >= floor_minor", name="floor"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    amount_minor: Mapped[int] = mapped_column(default=0)
    floor_minor: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=0)


class Entry(Base):
    """One business event in the book, with its postings; found again by its key.

    It happened `at` an instant and counts from a day: `effective_on` is the day of that instant,
    or an earlier one where it was told late. `recorded_at` is the database's own word for when it
    was written. `lines` closes the entry: its postings are numbered from 1 to there, so that once
    they are written none can be added.
    """

    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lines: Mapped[int]
    memo: Mapped[str] = mapped_column(String(200))
    actor: Mapped[str] = mapped_column(String(80))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)


class PostingLine(Base):
    """One amount from a source account to a target account; it cannot be out of balance."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("source_id <> target_id", name="ends"),
        # An account's lines in the order of a statement, whatever day is asked for.
        Index(
            "ix_posting_source_id_effective_on_entry_id", "source_id", "effective_on", "entry_id"
        ),
        Index(
            "ix_posting_target_id_effective_on_entry_id", "target_id", "effective_on", "entry_id"
        ),
        {"sqlite_with_rowid": False},
    )

    # PostgreSQL's statement trigger checks entry and accounts set-wise, for a fraction of what
    # foreign keys cost; the migration adds none here and forbids deleting what they would guard.
    entry_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    movement: Mapped[str] = mapped_column(String(12))
    source_id: Mapped[int]
    target_id: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    effective_on: Mapped[date]
