"""The tables of a loan's life after funding."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel import Base, Machine, MoneyColumn, Rate, Sequence64, Stateful


class LoanStatus(StrEnum):
    """Where a loan stands; how late it is follows from its position, not from its status."""

    ACTIVE = "active"
    SETTLED = "settled"
    CHARGED_OFF = "charged_off"


LOANS = Machine(
    "loan",
    {
        LoanStatus.ACTIVE: {LoanStatus.SETTLED, LoanStatus.CHARGED_OFF},
        # A payment was returned after all was settled, with or without a loss before.
        LoanStatus.SETTLED: {LoanStatus.ACTIVE, LoanStatus.CHARGED_OFF},
        LoanStatus.CHARGED_OFF: {LoanStatus.SETTLED, LoanStatus.ACTIVE},
    },
)


class Ending(StrEnum):
    """What ended the claim on a loan that was written off, where something did."""

    SETTLED_SHORT = "settled_short"
    SOLD = "sold"


class Loan(Stateful, Base):
    """A funded loan: its terms as agreed, its totals so far, and where its computation stands."""

    __tablename__ = "loan"
    __table_args__ = (
        CheckConstraint("outstanding_minor >= 0", name="outstanding"),
        Index("ix_loan_next_event_on", "next_event_on"),
        Index("ix_loan_status_started_on", "status", "started_on"),
    )
    machine: ClassVar[Machine] = LOANS
    principal = MoneyColumn("principal_minor")
    outstanding = MoneyColumn("outstanding_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id"), unique=True)
    borrower_id: Mapped[UUID] = mapped_column(index=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product.id"))
    account_id: Mapped[int]  # the escrow account of its collections
    principal_minor: Mapped[int]
    outstanding_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    rate: Mapped[Rate]
    grade: Mapped[str] = mapped_column(String(4))
    installments: Mapped[int]
    started_on: Mapped[date]
    first_due_on: Mapped[date]
    terms: Mapped[dict[str, Any]]
    notes: Mapped[int]
    status: Mapped[str] = mapped_column(String(32))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    # The computation's snapshot (position.State as JSON) and the next day on which it moves.
    state: Mapped[dict[str, Any]]
    next_event_on: Mapped[date | None]
    payments: Mapped[int] = mapped_column(default=0)  # how many were recorded, returns included

    # Cumulative receipts by component: what the split of the next payment starts from.
    paid_principal_minor: Mapped[int] = mapped_column(default=0)
    paid_interest_minor: Mapped[int] = mapped_column(default=0)
    paid_late_fee_minor: Mapped[int] = mapped_column(default=0)
    recovered_minor: Mapped[int] = mapped_column(default=0)
    charged_off_minor: Mapped[int] = mapped_column(default=0)
    charged_off_on: Mapped[date | None]

    # The days of its installments, where a calendar decided them, and what was agreed anew since.
    due_days: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    changes: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))

    # What was agreed to be enough (a settlement), and what ended the claim of a lost loan.
    settlement: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    ended_as: Mapped[str | None] = mapped_column(String(20))


class Note(Base):
    """One lender's share of one loan. Its weight is its principal, constant for life."""

    __tablename__ = "note"
    __table_args__ = (
        UniqueConstraint("loan_id", "seq"),
        Index("ix_note_lender_id_loan_id", "lender_id", "loan_id"),
        CheckConstraint("received_principal_minor <= principal_minor", name="principal"),
    )
    principal = MoneyColumn("principal_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id"))
    seq: Mapped[int]
    lender_id: Mapped[UUID]
    account_id: Mapped[int]  # the lender's cash account, where its share is paid
    order_id: Mapped[UUID] = mapped_column(ForeignKey("lender_order.id"), unique=True)
    principal_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    received_principal_minor: Mapped[int] = mapped_column(default=0)
    received_interest_minor: Mapped[int] = mapped_column(default=0)
    received_late_fee_minor: Mapped[int] = mapped_column(default=0)
    received_recovery_minor: Mapped[int] = mapped_column(default=0)
    fee_paid_minor: Mapped[int] = mapped_column(default=0)


class Repayment(Base):
    """Money received on a loan and how it was applied; a reversal carries the parts negated."""

    __tablename__ = "repayment"
    __table_args__ = (
        UniqueConstraint("loan_id", "key"),
        UniqueConstraint("loan_id", "seq"),
    )
    amount = MoneyColumn("amount_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id"))
    seq: Mapped[int]
    key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(32))
    paid_on: Mapped[date]
    at: Mapped[datetime]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    principal_minor: Mapped[int]
    interest_minor: Mapped[int]
    late_fee_minor: Mapped[int]
    late_fee_kept_minor: Mapped[int]  # of it, what the platform keeps by the product
    fee_minor: Mapped[int] = mapped_column(default=0, server_default="0")  # charges, all kept
    recovery_minor: Mapped[int]  # what note holders share, after the collection fee
    collection_fee_minor: Mapped[int]
    servicing_fee_minor: Mapped[int]
    excess_minor: Mapped[int]  # more than was owed, sent back
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("repayment.id"), unique=True)
    state_before: Mapped[dict[str, Any]]  # where this payment was computed from
    source: Mapped[str | None] = mapped_column(String(20))  # who paid, if not the borrower

    # Payments count in the order of their days and, within a day, of `place`: the number under
    # which the payment was first entered. Computed anew, it is a new row of the same `root`,
    # written because of the payment or return `cause`.
    place: Mapped[int]
    root_id: Mapped[UUID | None]
    cause_id: Mapped[UUID | None] = mapped_column(index=True)

    @property
    def parts(self) -> tuple[int, ...]:
        """What of it paid principal, interest, late fees and charges."""
        return (self.principal_minor, self.interest_minor, self.late_fee_minor, self.fee_minor)


class Distribution(Base):
    """What one note received of one repayment, by component; never changed."""

    __tablename__ = "distribution"

    repayment_id: Mapped[UUID] = mapped_column(primary_key=True)
    note_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    principal_minor: Mapped[int]
    interest_minor: Mapped[int]
    late_fee_minor: Mapped[int]
    recovery_minor: Mapped[int]
    fee_minor: Mapped[int]


class Correction(Base):
    """What a payment of an earlier day, or a return, changed of what the borrower owes."""

    __tablename__ = "correction"

    repayment_id: Mapped[UUID] = mapped_column(ForeignKey("repayment.id"), primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime]
    before: Mapped[dict[str, Any]]  # the state as it was and as it is, on the same day
    after: Mapped[dict[str, Any]]


class Shortfall(Base):
    """What a lender could not give back of a loan; their next distributions meet it."""

    __tablename__ = "shortfall"
    __table_args__ = (CheckConstraint("open_minor >= 0", name="open"),)

    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    lender_id: Mapped[UUID] = mapped_column(index=True)
    currency: Mapped[str] = mapped_column(String(3))
    open_minor: Mapped[int]


class ShortfallLine(Base):
    """One change of a shortfall: above zero carried, below zero met; never changed."""

    __tablename__ = "shortfall_line"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    loan_id: Mapped[UUID]
    account_id: Mapped[int]
    repayment_id: Mapped[UUID] = mapped_column(index=True)
    amount_minor: Mapped[int]


class ProposalKind(StrEnum):
    """What one person proposes for a loan and another confirms."""

    CATEGORY = "category"
    WRITE_OFF = "write_off"
    SETTLEMENT = "settlement"
    SALE = "sale"
    PAYMENT = "payment"
    CHANGE = "change"
    WITHDRAWAL = "withdrawal"


class ProposalStatus(StrEnum):
    """How far a proposal has come."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


PROPOSALS = Machine(
    "proposal",
    {
        ProposalStatus.PROPOSED: {ProposalStatus.CONFIRMED, ProposalStatus.REFUSED},
        ProposalStatus.CONFIRMED: set(),
        ProposalStatus.REFUSED: set(),
    },
)


class Proposal(Stateful, Base):
    """What one person proposes for a loan; it counts once another has confirmed it."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="hands"),
        Index("ix_proposal_loan_id_kind", "loan_id", "kind"),
    )
    machine: ClassVar[Machine] = PROPOSALS

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id"))
    kind: Mapped[str] = mapped_column(String(32))
    category: Mapped[str | None] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(32))
    proposed_by: Mapped[str] = mapped_column(String(80))
    proposed_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(String(500))
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]


class CategoryLine(Base):
    """The category of a loan as it was recorded on a day; never changed, only followed by others.

    A loan that has no line is normal.
    """

    __tablename__ = "category_line"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id"), index=True)
    recorded_on: Mapped[date] = mapped_column(index=True)
    at: Mapped[datetime]
    category: Mapped[str] = mapped_column(String(32))
    was: Mapped[str] = mapped_column(String(32))
    outstanding_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))


NOTES = cast("Table", Note.__table__)
DISTRIBUTIONS = cast("Table", Distribution.__table__)
SHORTFALL_LINES = cast("Table", ShortfallLine.__table__)
CATEGORY_LINES = cast("Table", CategoryLine.__table__)
