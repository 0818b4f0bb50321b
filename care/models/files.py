"""One file per loan: who owns it, what is checked when, what was found, what secures it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from kernel import Base, MoneyColumn, Sequence64


class Tier(StrEnum):
    """How closely a loan is watched; a large exposure (重大授信) more often."""

    STANDARD = "standard"
    LARGE = "large"


class TaskKind(StrEnum):
    """What a task of monitoring looks at."""

    FIRST_CHECK = "first_check"
    PERIODIC_CHECK = "periodic_check"
    ORDERED = "ordered"  # by somebody, out of turn


class TaskStatus(StrEnum):
    """Whether a task is still to do."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class SecurityKind(StrEnum):
    """Who or what stands for a loan beside its borrower."""

    GUARANTOR = "guarantor"
    COLLATERAL = "collateral"


class CareFile(Base):
    """The file on one loan.

    `status`, `outstanding_minor`, `unpaid_since` and `due_on` follow the loan by a trigger of the
    database (revision 0018), so that no way of changing a loan can forget them; the lists of
    thousands of loans are sorted out by these columns alone.
    """

    __tablename__ = "care_file"
    __table_args__ = (
        Index("ix_care_file_owner_id_next_action_on", "owner_id", "next_action_on"),
        Index("ix_care_file_status_number", "status", "number"),
    )
    outstanding = MoneyColumn("outstanding_minor")

    loan_id: Mapped[UUID] = mapped_column(ForeignKey("loan.id"), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    borrower_id: Mapped[UUID] = mapped_column(index=True)
    owner_id: Mapped[UUID]
    product: Mapped[str] = mapped_column(String(32))
    tier: Mapped[str] = mapped_column(String(16))
    region: Mapped[str] = mapped_column(String(40), index=True)
    purpose: Mapped[str] = mapped_column(String(40), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    grade: Mapped[str] = mapped_column(String(4))
    score: Mapped[int]
    started_on: Mapped[date]
    opened_at: Mapped[datetime]

    status: Mapped[str] = mapped_column(String(32))
    outstanding_minor: Mapped[int]
    unpaid_since: Mapped[date | None] = mapped_column(index=True)
    due_on: Mapped[date | None] = mapped_column(index=True)
    stirred: Mapped[bool] = mapped_column(index=True)  # the loan moved since the last look at it

    next_check_on: Mapped[date | None] = mapped_column(index=True)
    next_action: Mapped[str | None] = mapped_column(String(40))
    next_action_on: Mapped[date | None] = mapped_column(index=True)
    archived_on: Mapped[date | None]
    keep_until: Mapped[date | None] = mapped_column(index=True)


class Assignment(Base):
    """Who owned a file from when on; never changed."""

    __tablename__ = "care_assignment"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    loan_id: Mapped[UUID] = mapped_column(index=True)
    owner_id: Mapped[UUID]
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    why: Mapped[str] = mapped_column(String(200))


class Task(Base):
    """Something to look at by a day, with its checklist and what was found."""

    __tablename__ = "care_task"
    __table_args__ = (
        UniqueConstraint("loan_id", "kind", "due_on"),
        Index("ix_care_task_owner_id_status_due_on", "owner_id", "status", "due_on"),
        Index("ix_care_task_status_due_on", "status", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("care_file.loan_id"))
    kind: Mapped[str] = mapped_column(String(32))
    owner_id: Mapped[UUID]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(16))
    checklist: Mapped[list[str]] = mapped_column(JSON)  # codes
    answers: Mapped[dict[str, Any]]  # code: "fine" | "concern" | "not_applicable"
    findings: Mapped[str] = mapped_column(String(2000), default="")
    why: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(80))


class Document(Base):
    """A paper on file; its content stands apart, and neither is ever changed."""

    __tablename__ = "care_document"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("care_file.loan_id"), index=True)
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("care_task.id"))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class DocumentContent(Base):
    """The bytes of a document."""

    __tablename__ = "care_document_content"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("care_document.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Security(Base):
    """A guarantor or a piece of collateral."""

    __tablename__ = "care_security"
    value = MoneyColumn("value_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("care_file.loan_id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    value_minor: Mapped[int]
    valued_on: Mapped[date]
    released_on: Mapped[date | None]


class Valuation(Base):
    """What a security was worth on a day, and how it was found; never changed."""

    __tablename__ = "care_valuation"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    security_id: Mapped[UUID] = mapped_column(ForeignKey("care_security.id"), index=True)
    value_minor: Mapped[int]
    on: Mapped[date]
    by: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(500))


class Rescore(Base):
    """A borrower's score, counted again from facts as they are now; never changed."""

    __tablename__ = "care_rescore"

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("care_file.loan_id"), index=True)
    score: Mapped[int]
    grade: Mapped[str] = mapped_column(String(4))
    before: Mapped[int]
    scorecard: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(500))


class ExternalEvent(Base):
    """Something that happened to a region or a trade, and how many loans it may touch."""

    __tablename__ = "care_external_event"
    __table_args__ = (CheckConstraint("region IS NOT NULL OR purpose IS NOT NULL", name="where"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    region: Mapped[str | None] = mapped_column(String(40))
    purpose: Mapped[str | None] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(500))
    on: Mapped[date]
    loans: Mapped[int]
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class Run(Base):
    """One day's care: what it made, and which loans failed."""

    __tablename__ = "care_run"

    day: Mapped[date] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    made: Mapped[dict[str, Any]]
    failures: Mapped[list[Any]] = mapped_column(JSON)
