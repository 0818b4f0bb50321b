"""The table of money that borrowers pay in, by themselves or debited on the day it is due."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from escrow.transfers import Carried
from kernel import Base, Machine


class CollectionStatus(StrEnum):
    """How far a borrower's payment has come; a loan is paid by it while it is received."""

    PREPARED = "prepared"
    CALLED = "called"
    PROCESSING = "processing"
    RECEIVED = "received"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETURNED = "returned"


# A payment that failed on the provider's page may be tried again there; a dispute may be won.
COLLECTIONS = Machine(
    "collection",
    {
        CollectionStatus.PREPARED: {
            CollectionStatus.CALLED,
            CollectionStatus.PROCESSING,
            CollectionStatus.RECEIVED,
            CollectionStatus.FAILED,
            CollectionStatus.CANCELLED,
        },
        CollectionStatus.CALLED: {
            CollectionStatus.PROCESSING,
            CollectionStatus.RECEIVED,
            CollectionStatus.FAILED,
        },
        CollectionStatus.PROCESSING: {CollectionStatus.RECEIVED, CollectionStatus.FAILED},
        CollectionStatus.RECEIVED: {CollectionStatus.RETURNED},
        CollectionStatus.FAILED: {CollectionStatus.RECEIVED},
        CollectionStatus.CANCELLED: set(),
        CollectionStatus.RETURNED: {CollectionStatus.RECEIVED},
    },
)


class Collection(Carried, Base):
    """Money that a borrower pays in on a loan; it reaches the book as a repayment.

    Attributes:
        loan_id: the loan that it pays.
        kind: what the payment is meant for.
        method_id: the saved way to pay that is debited; none where the borrower pays on a page.
        attempt: which try it is, of the same debit.
        counts_on: the day from which it counts as paid.
        code: the gateway's word for why it failed.
        again_on: the day on which the next try is due.
        round: how often it was received; it may be returned and received again.
    """

    __tablename__ = "collection"
    __table_args__ = (Index("ix_collection_loan_id_id", "loan_id", "id"),)
    machine: ClassVar[Machine] = COLLECTIONS

    loan_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(32))
    method_id: Mapped[UUID | None] = mapped_column(ForeignKey("saved_method.id"))
    attempt: Mapped[int] = mapped_column(default=1)
    counts_on: Mapped[date]
    code: Mapped[str | None] = mapped_column(String(64))
    again_on: Mapped[date | None]
    round: Mapped[int] = mapped_column(default=0)
