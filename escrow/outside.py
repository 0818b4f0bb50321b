"""The tables of what the outside says, and of how it was held against the book.

Lines of the provider and of the bank, the matches somebody made by hand and the reports are
written once. A break has states; so has the choice of where client money rests.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kernel import Base, Machine, MoneyColumn, Sequence64, Stateful


class ProviderFetch(Base):
    """One sweep over the provider's lines of a span of time, and how far it has come."""

    __tablename__ = "provider_fetch"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    gateway: Mapped[str] = mapped_column(String(32))
    since: Mapped[datetime]
    until: Mapped[datetime]
    cursor: Mapped[str] = mapped_column(String(200), default="")
    finished_at: Mapped[datetime | None]


class ProviderLine(Base):
    """One change of our balance at the provider, as it told it: with its fee apart."""

    __tablename__ = "provider_line"
    amount = MoneyColumn("amount_minor")
    fee = MoneyColumn("fee_minor")

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    gateway: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(64))
    amount_minor: Mapped[int]
    fee_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    source: Mapped[str] = mapped_column(String(200), index=True)
    about: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    fetched_at: Mapped[datetime]


class ProviderBundle(Base):
    """That a line of the provider was part of one of its payouts to our bank."""

    __tablename__ = "provider_bundle"

    line_id: Mapped[str] = mapped_column(ForeignKey("provider_line.id"), primary_key=True)
    payout: Mapped[str] = mapped_column(String(200), index=True)


class BankStatementFile(Base):
    """One file that the bank gave, of one account, known by what is in it."""

    __tablename__ = "bank_statement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    form: Mapped[str] = mapped_column(String(32))
    lines: Mapped[int]
    fresh: Mapped[int]
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class BankBalance(Base):
    """What the bank says that an account held at the end of a day."""

    __tablename__ = "bank_balance"
    amount = MoneyColumn("amount_minor")

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statement.id"), primary_key=True)
    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    amount_minor: Mapped[int]


class BankLineRow(Base):
    """One line of a bank's statement; the same line in two files is one."""

    __tablename__ = "bank_line"
    amount = MoneyColumn("amount_minor")

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("bank_statement.id"), index=True)
    place: Mapped[int]
    identity: Mapped[str] = mapped_column(String(64), unique=True)
    account: Mapped[str] = mapped_column(String(64))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    booked_on: Mapped[date] = mapped_column(index=True)
    value_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(200))
    counterparty: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(500))
    is_reversal: Mapped[bool]


class LineFlow(Base):
    """That somebody said, or the house knows, to which flow a line of the outside belongs."""

    __tablename__ = "line_flow"
    __table_args__ = (Index("ix_line_flow_line", "side", "line"),)

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    side: Mapped[str] = mapped_column(String(12))
    line: Mapped[str] = mapped_column(String(200))
    flow: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    why: Mapped[str] = mapped_column(String(200), default="")


class BreakStatus(StrEnum):
    """How far the explanation of a difference has come."""

    OPEN = "open"
    ASSIGNED = "assigned"
    PROPOSED = "proposed"
    RESOLVED = "resolved"


BREAKS = Machine(
    "break",
    {
        BreakStatus.OPEN: {BreakStatus.ASSIGNED, BreakStatus.PROPOSED, BreakStatus.RESOLVED},
        BreakStatus.ASSIGNED: {BreakStatus.ASSIGNED, BreakStatus.PROPOSED, BreakStatus.RESOLVED},
        BreakStatus.PROPOSED: {BreakStatus.ASSIGNED, BreakStatus.RESOLVED},
        # What was explained may differ again.
        BreakStatus.RESOLVED: {BreakStatus.OPEN},
    },
)


class Break(Stateful, Base):
    """A difference between the book and the outside that nothing explains by itself.

    There is one for each flow and place: the outside's amount less the book's. `accepted_minor`
    is what people have agreed to leave as it is.
    """

    __tablename__ = "break_found"
    __table_args__ = (
        CheckConstraint("proposed_by IS NULL OR resolved_by <> proposed_by", name="hands"),
        Index("uq_break_found_flow", "flow", "place", "currency", unique=True),
        Index("ix_break_found_status", "status"),
    )
    machine: ClassVar[Machine] = BREAKS
    amount = MoneyColumn("amount_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    flow: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(12))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    accepted_minor: Mapped[int] = mapped_column(default=0)
    found: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(32))
    opened_on: Mapped[date]
    opened_at: Mapped[datetime]
    owner: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(500), default="")
    remedy: Mapped[str | None] = mapped_column(String(32))
    subject: Mapped[str | None] = mapped_column(String(200))
    proposed_by: Mapped[str | None] = mapped_column(String(80))
    resolved_by: Mapped[str | None] = mapped_column(String(80))
    resolved_at: Mapped[datetime | None]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"))


class ReconciliationReport(Base):
    """What one run found for one day, whole; a later run of the same day is another row."""

    __tablename__ = "reconciliation_report"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    day: Mapped[date] = mapped_column(index=True)
    at: Mapped[datetime]
    through_entry_id: Mapped[int]
    flows: Mapped[int]
    cleared: Mapped[int]
    explained: Mapped[int]
    breaks: Mapped[int]
    body: Mapped[str] = mapped_column(Text)


class CustodyKind(StrEnum):
    """Where client money rests, and so who carries it."""

    SANDBOX = "sandbox"
    STRIPE = "stripe"
    BANK = "bank"


class CustodyStatus(StrEnum):
    """How far a choice has come."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REPLACED = "replaced"
    REFUSED = "refused"


CUSTODIES = Machine(
    "custody_choice",
    {
        CustodyStatus.PROPOSED: {CustodyStatus.IN_FORCE, CustodyStatus.REFUSED},
        CustodyStatus.IN_FORCE: {CustodyStatus.REPLACED},
        CustodyStatus.REPLACED: set(),
        CustodyStatus.REFUSED: set(),
    },
)


class CustodyChoice(Stateful, Base):
    """That operators decided where client money rests: one proposes, another agrees."""

    __tablename__ = "custody_choice"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="hands"),
    )
    machine: ClassVar[Machine] = CUSTODIES

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(String(500))
    status: Mapped[str] = mapped_column(String(32), index=True)
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]


class PaymentReference(Base):
    """What a lender writes on a transfer to our bank, so that it is known whose it is."""

    __tablename__ = "payment_reference"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(25), unique=True)
    created_at: Mapped[datetime]


class PaymentFile(Base):
    """A list of payouts handed to the bank, as it was handed over."""

    __tablename__ = "payment_file"
    total = MoneyColumn("total_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    total_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    payouts: Mapped[int]
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)


class PaymentFileLine(Base):
    """That a payout stands in a payment file; it stands in one."""

    __tablename__ = "payment_file_line"

    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payout.id"), primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("payment_file.id"), index=True)
