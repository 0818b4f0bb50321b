"""Checks: made when they come up, done with a checklist, findings and papers."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import papers, policy, queries
from care.errors import ChecklistIncomplete, TaskEnded
from care.models import (
    CareFile,
    Document,
    DocumentContent,
    SecurityKind,
    Task,
    TaskKind,
    TaskStatus,
    Tier,
)
from care.operations.alerting import raise_alert
from care.operations.filing import SYSTEM, kept, settle
from kernel import find, new_id

CONCERN = "concern"
ANSWERS = ("fine", CONCERN, "not_applicable")


def make_check(session: Session, *, loan_id: UUID, on: date, at: datetime) -> Task | None:
    """Make the task of a loan's next check, and note the one after it.

    A day that is run twice makes it once. Where days were missed the next check is counted from the
    day on which this one was made, so that nobody finds a heap of them.

    Returns:
        The task; None where no check comes up, or the file is archived.
    """
    file = kept(session, loan_id)
    due_on = file.next_check_on
    if due_on is None or due_on > on + policy.ahead():
        return None
    plan = policy.check_plan(file.product, large=file.tier == Tier.LARGE)
    first = due_on == file.started_on + timedelta(days=plan.first_days)
    kind = TaskKind.FIRST_CHECK if first else TaskKind.PERIODIC_CHECK
    task = _task(session, file, kind, due_on, plan.first if first else plan.periodic, at=at)
    file.next_check_on = max(due_on, on) + timedelta(days=plan.every_days)
    settle(session, file)
    return task


def order_check(
    session: Session, *, loan_id: UUID, due_on: date, by: str, at: datetime, why: str
) -> Task:
    """Order a check out of turn; one that was ordered for the same day is it already.

    Raises:
        FileArchived: the file is over.
    """
    file = kept(session, loan_id)
    plan = policy.check_plan(file.product, large=file.tier == Tier.LARGE)
    task = _task(
        session, file, TaskKind.ORDERED, due_on, plan.periodic, at=at, why=f"{why} ({by})"[:200]
    )
    settle(session, file)
    return task


def complete_task(
    session: Session,
    *,
    task_id: UUID,
    answers: Mapping[str, str],
    findings: str,
    by: str,
    on: date,
    at: datetime,
) -> Task:
    """Record what a check found; a line of concern raises an alert.

    Args:
        session: the writing session.
        task_id: the task, which is open.
        answers: one of `ANSWERS` for every line of the checklist.
        findings: what was found, in words.
        by: who looked.
        on: the day of the look.
        at: the moment of the record.

    Raises:
        TaskEnded: it is done, or was cancelled.
        ChecklistIncomplete: a line has no answer.
    """
    file = kept(session, find(session, Task, task_id).loan_id)
    task = _open(session, task_id)
    missing = [code for code in task.checklist if answers.get(code) not in ANSWERS]
    if missing:
        raise ChecklistIncomplete(missing=", ".join(missing))
    task.answers = {code: answers[code] for code in task.checklist}
    task.findings, task.status = findings, TaskStatus.DONE
    task.done_at, task.done_by = at, by
    concerns = [code for code in task.checklist if answers[code] == CONCERN]
    if concerns:
        raise_alert(
            session,
            file=file,
            rule="check_concern",
            key=str(task.id),
            facts={"lines": concerns},
            on=on,
            at=at,
        )
    settle(session, file)
    return task


def keep_document(
    session: Session,
    *,
    loan_id: UUID,
    task_id: UUID | None,
    name: str,
    content: bytes,
    by: str,
    at: datetime,
) -> Document:
    """Keep a paper on the file of a loan.

    What it is decide its first bytes, never its name; the content is stored apart from what is
    listed, and offered for download only.

    Raises:
        DocumentTooLarge: it is larger than the policy allows.
        UnusableDocument: it is of no type that is kept.
        FileArchived: the file is over.
    """
    media_type = papers.checked(content)
    kept(session, loan_id)
    paper = Document(
        id=new_id(),
        loan_id=loan_id,
        task_id=task_id,
        name=papers.safe_name(name, media_type),
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
        at=at,
    )
    session.add(paper)
    session.flush()
    session.add(DocumentContent(document_id=paper.id, content=content))
    session.flush()
    return paper


def _task(
    session: Session,
    file: CareFile,
    kind: TaskKind,
    due_on: date,
    lines: tuple[str, ...],
    *,
    at: datetime,
    why: str = "",
) -> Task:
    same = Task.loan_id == file.loan_id, Task.kind == kind, Task.due_on == due_on
    known = session.scalar(select(Task).where(*same))
    if known is not None:
        return known
    task = Task(
        id=new_id(),
        loan_id=file.loan_id,
        kind=kind,
        owner_id=file.owner_id,
        due_on=due_on,
        status=TaskStatus.OPEN,
        checklist=[*lines, *_security_lines(session, file)],
        answers={},
        why=why or SYSTEM,
        created_at=at,
    )
    session.add(task)
    session.flush()
    return task


def _security_lines(session: Session, file: CareFile) -> list[str]:
    """Return what a check asks of the guarantors and the collateral of a loan."""
    kinds = {row.kind for row in queries.securities_of(session, loan_id=file.loan_id)}
    wanted = [kind for kind in SecurityKind if kind in kinds]
    return [line for kind in wanted for line in policy.security_checks(kind)]


def _open(session: Session, task_id: UUID) -> Task:
    task = find(session, Task, task_id)
    if task.status != TaskStatus.OPEN:
        raise TaskEnded(status=task.status)
    return task
