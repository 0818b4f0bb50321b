"""What the close of a day has touched, and what it found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kernel import Base


class Close(Base):
    """One day's close: what it touched, what failed, what moved, and what its proof found."""

    __tablename__ = "close"

    day: Mapped[date] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    expected: Mapped[int] = mapped_column(default=0)  # how many loans were due when it began
    loans: Mapped[int] = mapped_column(default=0)  # on how many something happened
    failures: Mapped[list[Any]] = mapped_column(JSON)
    findings: Mapped[list[Any]] = mapped_column(JSON)
    through_entry_id: Mapped[int | None]  # the last entry of the book that its report counts
    moved: Mapped[list[Any]] = mapped_column(JSON, default=list)  # of those entries, by movement


class CloseItem(Base):
    """One loan's part in one day's close: claimed by a run, then closed or failed.

    A claim that has expired was left by a run that died; any other may take it over. The row is
    kept: it says what the day has done to the loan.
    """

    __tablename__ = "close_item"
    __table_args__ = (Index("ix_close_item_loan_id", "loan_id"),)

    day: Mapped[date] = mapped_column(ForeignKey("close.day"), primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id"), primary_key=True)
    holder: Mapped[UUID]  # the run that has claimed it
    claimed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(500))
    bills: Mapped[int] = mapped_column(default=0)
    billed_minor: Mapped[int] = mapped_column(default=0)
    late_fees: Mapped[int] = mapped_column(default=0)
    late_fee_minor: Mapped[int] = mapped_column(default=0)
    lost_minor: Mapped[int] = mapped_column(default=0)
