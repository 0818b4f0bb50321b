"""The tables of who funds what."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel import Base, Machine, MoneyColumn, Stateful


class MandateStatus(StrEnum):
    """Whether a standing order works."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


MANDATES = Machine(
    "mandate",
    {
        MandateStatus.ACTIVE: {MandateStatus.PAUSED, MandateStatus.ENDED},
        MandateStatus.PAUSED: {MandateStatus.ACTIVE, MandateStatus.ENDED},
        MandateStatus.ENDED: set(),
    },
)


class Mandate(Stateful, Base):
    """A lender's standing order: what may be bought, how much of each, and what to keep."""

    __tablename__ = "mandate"
    __table_args__ = (Index("ix_mandate_status_currency", "status", "currency"),)
    machine: ClassVar[Machine] = MANDATES
    cap = MoneyColumn("cap_minor")
    keep = MoneyColumn("keep_minor")
    invested = MoneyColumn("invested_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lender_id: Mapped[UUID] = mapped_column(index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(32))
    currency: Mapped[str] = mapped_column(String(3))
    criteria: Mapped[dict[str, Any]]  # grades, rates, terms, purposes, regions: what may be bought
    cap_minor: Mapped[int]  # the most in one listing
    keep_minor: Mapped[int] = mapped_column(default=0)  # cash that stays uninvested
    total_minor: Mapped[int | None]  # the most over all, none for no limit
    invested_minor: Mapped[int] = mapped_column(default=0)  # placed by this mandate so far
    served_at: Mapped[datetime | None]  # when it last got a share that others wanted too
    waits_since: Mapped[datetime | None]  # when the money that lies idle arrived, or was last used
    idle_why: Mapped[str | None] = mapped_column(String(32))  # why the last batch passed it over
    created_at: Mapped[datetime]
    priority: Mapped[int] = mapped_column(default=0)  # among the lender's mandates, lowest first
    ends_on: Mapped[date | None]  # the last day on which it works
    borrower_cap_minor: Mapped[int | None]  # the most in all loans of one borrower
    group_cap_minor: Mapped[int | None]  # the most in all loans of borrowers who belong together
    mix: Mapped[dict[str, Any]] = mapped_column(default=dict)  # Mix.to_json()
    reinvests_principal: Mapped[bool] = mapped_column(default=True)  # what comes back is used
    reinvests_interest: Mapped[bool] = mapped_column(default=True)


class OrderStatus(StrEnum):
    """What became of an order."""

    RESERVED = "reserved"
    FILLED = "filled"
    CANCELLED = "cancelled"
    RELEASED = "released"


class Order(Base):
    """An amount that one lender puts into one listing, reserved in escrow.

    Orders of mandates are written by the thousand, so their moves are kept in these columns
    rather than as a status event each.
    """

    __tablename__ = "lender_order"
    __table_args__ = (
        UniqueConstraint("lender_id", "key"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_lender_order_listing_id_status", "listing_id", "status"),
        Index("ix_lender_order_lender_id_placed_at", "lender_id", "placed_at"),
    )
    amount = MoneyColumn("amount_minor")
    requested = MoneyColumn("requested_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id"))
    lender_id: Mapped[UUID]
    account_id: Mapped[int]  # the lender's cash account
    mandate_id: Mapped[UUID | None] = mapped_column(ForeignKey("mandate.id"), index=True)
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("batch.id"), index=True)
    amount_minor: Mapped[int]
    requested_minor: Mapped[int]  # more than the amount where the room was smaller
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(120))
    placed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_why: Mapped[str | None] = mapped_column(String(200))
    revocable_until: Mapped[datetime | None]  # the end of its lender's reflection period


class Basket(Base):
    """Several orders in one instruction, with what became of each of its lines."""

    __tablename__ = "basket"
    __table_args__ = (UniqueConstraint("lender_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    lender_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(120))
    content_digest: Mapped[str] = mapped_column(String(64))
    confirmations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    placed_at: Mapped[datetime]


class LenderStanding(Base):
    """What a lender is before the law: its rule pack, its test, what it owns."""

    __tablename__ = "lender_standing"
    net_assets = MoneyColumn("net_assets_minor")

    lender_id: Mapped[UUID] = mapped_column(primary_key=True)
    pack: Mapped[str] = mapped_column(String(32))
    tested_on: Mapped[date | None]  # when the lender passed the knowledge test
    net_assets_minor: Mapped[int | None]  # as declared by the lender, none where it has not
    currency: Mapped[str] = mapped_column(String(3))
    declared_at: Mapped[datetime]


class Batch(Base):
    """One run of the allocator: its instant, its seed, the digest of its input, and its outcome."""

    __tablename__ = "batch"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    # The name that whoever asked for it gave it.
    key: Mapped[str | None] = mapped_column(String(120), unique=True, index=True)
    at: Mapped[datetime]
    seed: Mapped[str] = mapped_column(String(64))
    input_digest: Mapped[str] = mapped_column(String(64))
    plan_digest: Mapped[str] = mapped_column(String(64))
    listings: Mapped[int]
    mandates: Mapped[int]
    orders: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reserved_minor: Mapped[int]
    dropped: Mapped[int]  # planned lines that no longer held when applied
    summary: Mapped[dict[str, Any]]


class BatchRecord(Base):
    """What a batch saw, what it planned, and why: enough to make it again and to explain it."""

    __tablename__ = "batch_record"

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    market: Mapped[bytes]
    plan: Mapped[bytes]
    reasons: Mapped[bytes]  # the first reason of every pair that matched nothing
    dropped: Mapped[bytes]  # the lines of the plan that no longer held, and why
