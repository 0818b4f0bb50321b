"""Cases: what an alert opened, how it is worked, and what was promised and recovered."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel import Base, Machine, MoneyColumn, Rate, Sequence64, Stateful


class CaseStatus(StrEnum):
    """How far the work on a case has come."""

    OPEN = "open"
    WORKING = "working"
    ESCALATED = "escalated"
    CLOSED = "closed"


CASES = Machine(
    "case",
    {
        CaseStatus.OPEN: {CaseStatus.WORKING, CaseStatus.ESCALATED, CaseStatus.CLOSED},
        CaseStatus.WORKING: {CaseStatus.ESCALATED, CaseStatus.CLOSED},
        CaseStatus.ESCALATED: {CaseStatus.WORKING, CaseStatus.CLOSED},
        CaseStatus.CLOSED: set(),
    },
)


class Case(Stateful, Base):
    """One loan that needs somebody: every alert on it joins the case that is open."""

    __tablename__ = "care_case"
    __table_args__ = (
        Index("ix_care_case_owner_id_status_due_on", "owner_id", "status", "due_on"),
        Index("ix_care_case_status_due_on", "status", "due_on"),
    )
    machine: ClassVar[Machine] = CASES

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("care_file.loan_id"), index=True)
    owner_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(String(16))
    severity: Mapped[int]  # 1 low .. 4 critical
    opened_on: Mapped[date]
    due_on: Mapped[date]
    escalated_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # when risk management and the management were written to
    closed_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(500), default="")


class Alert(Base):
    """One rule that held for one loan on one day; never changed."""

    __tablename__ = "care_alert"
    __table_args__ = (UniqueConstraint("loan_id", "rule", "key"),)

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    loan_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("care_case.id"), index=True)
    rule: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120))  # what makes it the same alert
    severity: Mapped[int]
    facts: Mapped[dict[str, Any]]
    on: Mapped[date]
    at: Mapped[datetime]


class PlanStatus(StrEnum):
    """How far a recovery plan has come."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"


PLANS = Machine(
    "recovery_plan",
    {
        PlanStatus.DRAFT: {PlanStatus.PROPOSED, PlanStatus.ENDED},
        PlanStatus.PROPOSED: {PlanStatus.APPROVED, PlanStatus.REFUSED},
        PlanStatus.APPROVED: {PlanStatus.ENDED},
        PlanStatus.REFUSED: set(),
        PlanStatus.ENDED: set(),
    },
)


class RecoveryPlan(Stateful, Base):
    """How the money of a case is to come back (清收方案); one person proposes, another approves."""

    __tablename__ = "care_plan"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="hands"),
    )
    machine: ClassVar[Machine] = PLANS

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("care_case.id"), index=True)
    loan_id: Mapped[UUID] = mapped_column(index=True)
    goal: Mapped[str] = mapped_column(String(500))
    status: Mapped[str] = mapped_column(String(16))
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime]
    proposed_by: Mapped[str | None] = mapped_column(String(80))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(500), default="")


class StepStatus(StrEnum):
    """Whether a step of a plan was taken."""

    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


class PlanStep(Base):
    """One step of a recovery plan: what, by when, what it may cost and what came of it."""

    __tablename__ = "care_plan_step"
    __table_args__ = (UniqueConstraint("plan_id", "seq"),)
    budget = MoneyColumn("budget_minor")
    cost = MoneyColumn("cost_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("care_plan.id"))
    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    what: Mapped[str] = mapped_column(String(300))
    due_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    budget_minor: Mapped[int]
    cost_minor: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    result: Mapped[str] = mapped_column(String(500), default="")
    done_on: Mapped[date | None]


class PromiseStatus(StrEnum):
    """What became of a promise to pay."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


class Promise(Base):
    """What a borrower promised to pay by a day; the day's care holds it against the payments."""

    __tablename__ = "care_promise"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_care_promise_status_due_on", "status", "due_on"),
    )
    amount = MoneyColumn("amount_minor")

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("care_file.loan_id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int]
    paid_minor: Mapped[int]  # of it by the due day, once it was judged
    made_on: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class Handover(Base):
    """A debt in the hands of an agency, from when until when, for which share of what it brings."""

    __tablename__ = "care_handover"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("care_file.loan_id"), index=True)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("care_plan.id"))
    agency: Mapped[str] = mapped_column(String(120))
    fee: Mapped[Rate]
    handed_on: Mapped[date]
    by: Mapped[str] = mapped_column(String(80))
    returned_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(String(500), default="")
