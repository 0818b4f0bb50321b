"""What waits for an operator: tasks and cases, the most urgent first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from care.models import (
    CareFile,
    Case,
    CaseStatus,
    PlanStatus,
    PlanStep,
    RecoveryPlan,
    StepStatus,
    Task,
    TaskStatus,
)
from kernel import Money


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task in the queue, with the loan it belongs to."""

    id: UUID
    kind: str
    due_on: date
    owner_id: UUID
    loan_id: UUID
    number: int
    borrower_id: UUID
    outstanding: Money
    tier: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the queue, with the loan it belongs to."""

    id: UUID
    number: int
    status: str
    severity: int
    due_on: date
    opened_on: date
    owner_id: UUID
    loan_id: UUID
    loan: int
    borrower_id: UUID
    outstanding: Money
    unpaid_since: date | None


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of an approved plan that is still to be taken."""

    id: UUID
    kind: str
    what: str
    due_on: date
    case_id: UUID
    loan: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits for an owner."""

    overdue: int
    today: int
    soon: int
    cases: int
    escalated: int


SOON = timedelta(days=7)


def task_queue(
    session: Session, *, owner_id: UUID | None, until: date, limit: int = 100
) -> tuple[TaskLine, ...]:
    """Return the open tasks due up to a day, of one owner or of all, the earliest first."""
    wanted = (
        select(Task, CareFile)
        .join(CareFile, CareFile.loan_id == Task.loan_id)
        .where(Task.status == TaskStatus.OPEN, Task.due_on <= until)
        .order_by(Task.due_on, Task.id)
        .limit(limit)
    )
    if owner_id is not None:
        wanted = wanted.where(Task.owner_id == owner_id)
    return tuple(
        TaskLine(
            id=task.id,
            kind=task.kind,
            due_on=task.due_on,
            owner_id=task.owner_id,
            loan_id=file.loan_id,
            number=file.number,
            borrower_id=file.borrower_id,
            outstanding=file.outstanding,
            tier=file.tier,
        )
        for task, file in session.execute(wanted)
    )


def case_queue(
    session: Session, *, owner_id: UUID | None, escalated: bool = False, limit: int = 100
) -> tuple[CaseLine, ...]:
    """Return the open cases, of one owner or of all, the earliest deadline first."""
    lasting = [CaseStatus.ESCALATED] if escalated else [s for s in CaseStatus if s != "closed"]
    wanted = (
        select(Case, CareFile)
        .join(CareFile, CareFile.loan_id == Case.loan_id)
        .where(Case.status.in_(lasting))
        .order_by(Case.due_on, Case.severity.desc(), Case.number)
        .limit(limit)
    )
    if owner_id is not None:
        wanted = wanted.where(Case.owner_id == owner_id)
    return tuple(case_line(case, file) for case, file in session.execute(wanted))


def case_line(case: Case, file: CareFile) -> CaseLine:
    """Return a case as lists show it."""
    return CaseLine(
        id=case.id,
        number=case.number,
        status=case.status,
        severity=case.severity,
        due_on=case.due_on,
        opened_on=case.opened_on,
        owner_id=case.owner_id,
        loan_id=file.loan_id,
        loan=file.number,
        borrower_id=file.borrower_id,
        outstanding=file.outstanding,
        unpaid_since=file.unpaid_since,
    )


def plans_to_decide(session: Session) -> Sequence[RecoveryPlan]:
    """Return the recovery plans that wait for a second person."""
    return session.scalars(
        select(RecoveryPlan)
        .where(RecoveryPlan.status == PlanStatus.PROPOSED)
        .order_by(RecoveryPlan.created_at)
    ).all()


def step_queue(
    session: Session, *, owner_id: UUID | None, until: date, limit: int = 100
) -> tuple[StepLine, ...]:
    """Return the steps of approved plans due up to a day, the earliest first."""
    wanted = (
        select(PlanStep, RecoveryPlan.case_id, CareFile.number)
        .join(RecoveryPlan, RecoveryPlan.id == PlanStep.plan_id)
        .join(CareFile, CareFile.loan_id == RecoveryPlan.loan_id)
        .where(
            RecoveryPlan.status == PlanStatus.APPROVED,
            PlanStep.status == StepStatus.PLANNED,
            PlanStep.due_on <= until,
        )
        .order_by(PlanStep.due_on, PlanStep.seq)
        .limit(limit)
    )
    if owner_id is not None:
        wanted = wanted.where(CareFile.owner_id == owner_id)
    return tuple(
        StepLine(step.id, step.kind, step.what, step.due_on, case_id, number)
        for step, case_id, number in session.execute(wanted)
    )


def counts(session: Session, *, owner_id: UUID | None, on: date) -> Counts:
    """Return how much waits for an owner, or for all."""
    tasks = select(func.count()).select_from(Task).where(Task.status == TaskStatus.OPEN)
    cases = select(func.count()).select_from(Case)
    if owner_id is not None:
        tasks, cases = (
            tasks.where(Task.owner_id == owner_id),
            cases.where(Case.owner_id == owner_id),
        )
    lasting = [status for status in CaseStatus if status is not CaseStatus.CLOSED]

    def count(asked: Select[int]) -> int:
        return session.scalars(asked).one()

    return Counts(
        overdue=count(tasks.where(Task.due_on < on)),
        today=count(tasks.where(Task.due_on == on)),
        soon=count(tasks.where(Task.due_on > on, Task.due_on <= on + SOON)),
        cases=count(cases.where(Case.status.in_(lasting))),
        escalated=count(cases.where(Case.status == CaseStatus.ESCALATED)),
    )
