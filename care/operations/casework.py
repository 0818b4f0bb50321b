"""Working on a case: taken up, escalated by hand, closed with its result."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from care import queries
from care.errors import CaseNotOver
from care.models import Case, CaseStatus, PlanStatus
from care.operations.alerting import escalate
from care.operations.filing import SYSTEM, kept, settle
from kernel import find, lock


def take_up(session: Session, *, case_id: UUID, by: str, at: datetime) -> Case:
    """Begin to work on a case, or take it back from risk management.

    Raises:
        MoveNotAllowed: somebody works on it, or it is closed.
    """
    case = lock(session, Case, case_id)
    case.move(session, CaseStatus.WORKING, by=by, at=at)
    session.flush()
    return case


def escalate_case(session: Session, *, case_id: UUID, by: str, at: datetime, why: str) -> Case:
    """Bring a case before risk management.

    Raises:
        MoveNotAllowed: it is there already, or closed.
    """
    case = lock(session, Case, case_id)
    escalate(session, case, by=by, at=at, why=why)
    return case


def miss_deadline(session: Session, *, case_id: UUID, on: date, at: datetime) -> bool:
    """Escalate a case whose deadline has passed; say whether it had."""
    case = lock(session, Case, case_id)
    if case.status not in {CaseStatus.OPEN, CaseStatus.WORKING} or case.due_on >= on:
        return False
    escalate(session, case, by=SYSTEM, at=at, why="the deadline has passed")
    return True


def postpone(
    session: Session, *, case_id: UUID, due_on: date, by: str, at: datetime, why: str
) -> Case:
    """Give a case another deadline, with its reason on the record.

    Raises:
        MoveNotAllowed: it is closed.
    """
    file = kept(session, find(session, Case, case_id).loan_id)
    case = lock(session, Case, case_id)
    if case.status != CaseStatus.WORKING:
        case.move(session, CaseStatus.WORKING, by=by, at=at, why=why)
    case.due_on = due_on
    settle(session, file)
    return case


def close_case(session: Session, *, case_id: UUID, by: str, at: datetime, result: str) -> Case:
    """Close a case with what came of it.

    Raises:
        CaseNotOver: its recovery plan still runs or waits for approval.
        MoveNotAllowed: it is closed.
    """
    file = kept(session, find(session, Case, case_id).loan_id)
    case = lock(session, Case, case_id)
    running = {PlanStatus.DRAFT, PlanStatus.PROPOSED, PlanStatus.APPROVED}
    if any(plan.status in running for plan in queries.plans_of(session, case_id=case_id)):
        raise CaseNotOver
    case.move(session, CaseStatus.CLOSED, by=by, at=at, why=result)
    case.closed_at, case.result = at, result
    settle(session, file)
    return case


def mark_told(session: Session, *, case_id: UUID, at: datetime) -> None:
    """Note that risk management and the management were written to about a case."""
    lock(session, Case, case_id).told_at = at
    session.flush()
