"""The table of borrowers' leave to debit them."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel import Base, Machine, Stateful


class AutopayStatus(StrEnum):
    """Whether a loan is debited by itself."""

    AGREED = "agreed"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    STOPPED = "stopped"


AUTOPAYS = Machine(
    "autopay",
    {
        AutopayStatus.AGREED: {AutopayStatus.ACTIVE, AutopayStatus.CANCELLED},
        AutopayStatus.ACTIVE: {AutopayStatus.CANCELLED, AutopayStatus.STOPPED},
        AutopayStatus.CANCELLED: set(),
        AutopayStatus.STOPPED: set(),
    },
)


class Autopay(Stateful, Base):
    """A borrower's leave to debit one loan, in the words that they read.

    Attributes:
        method_id: the way to pay; debits begin once it is saved.
        text: the mandate as it was shown.
        language: the language it was shown in.
    """

    __tablename__ = "autopay"
    __table_args__ = (Index("ix_autopay_status_loan_id", "status", "loan_id"),)
    machine: ClassVar[Machine] = AUTOPAYS

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id"), index=True)
    method_id: Mapped[UUID] = mapped_column(ForeignKey("saved_method.id"), index=True)
    status: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(String(2000))
    language: Mapped[str] = mapped_column(String(8))
    agreed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
