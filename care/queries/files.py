"""What stands in the file on one loan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from care.models import (
    Assignment,
    CareFile,
    Case,
    CaseStatus,
    Document,
    DocumentContent,
    PlanStatus,
    PlanStep,
    Promise,
    PromiseStatus,
    RecoveryPlan,
    Rescore,
    Security,
    SecurityKind,
    StepStatus,
    Task,
    TaskStatus,
    Valuation,
)
from kernel import Currency, Money, find
from servicing import Loan, LoanStatus


@dataclass(frozen=True, slots=True)
class NextAction:
    """What is to be done next on a loan, and by when."""

    what: str
    on: date


def open_loads(session: Session) -> dict[UUID, int]:
    """Return how many files of loans that run each owner has."""
    counted = (
        select(CareFile.owner_id, func.count())
        .where(CareFile.status == LoanStatus.ACTIVE)
        .group_by(CareFile.owner_id)
    )
    return {owner: count for owner, count in session.execute(counted)}  # noqa: C416 - typed rows


def loans_without_file(session: Session, *, since: date | None) -> Sequence[UUID]:
    """Return the loans that nobody owns yet, of those paid out since a day or of all."""
    bare = (
        select(Loan.id)
        .outerjoin(CareFile, CareFile.loan_id == Loan.id)
        .where(CareFile.loan_id.is_(None), Loan.status == LoanStatus.ACTIVE)
        .order_by(Loan.number)
    )
    if since is not None:
        bare = bare.where(Loan.started_on >= since)
    return session.scalars(bare).all()


def exposure(session: Session, *, borrower_id: UUID, currency: Currency) -> Money:
    """Return what a borrower owes in all on loans of one currency."""
    owed = select(func.coalesce(func.sum(Loan.outstanding_minor), 0)).where(
        Loan.borrower_id == borrower_id,
        Loan.currency == currency.value,
        Loan.status == LoanStatus.ACTIVE,
    )
    return Money(int(session.scalars(owed).one()), currency)


def assignments(session: Session, *, loan_id: UUID) -> Sequence[Assignment]:
    """Return who owned a loan, the latest first."""
    return session.scalars(
        select(Assignment).where(Assignment.loan_id == loan_id).order_by(Assignment.id.desc())
    ).all()


def tasks_of(session: Session, *, loan_id: UUID) -> Sequence[Task]:
    """Return the tasks of a loan, those still to do first."""
    return session.scalars(
        select(Task).where(Task.loan_id == loan_id).order_by(Task.status.desc(), Task.due_on.desc())
    ).all()


def open_tasks(session: Session, *, loan_id: UUID) -> Sequence[Task]:
    """Return the tasks of a loan that are still to do."""
    return session.scalars(
        select(Task).where(Task.loan_id == loan_id, Task.status == TaskStatus.OPEN)
    ).all()


def documents_of(session: Session, *, loan_id: UUID) -> Sequence[Document]:
    """Return the papers on file for a loan, the newest first."""
    return session.scalars(
        select(Document).where(Document.loan_id == loan_id).order_by(Document.id.desc())
    ).all()


def document(session: Session, *, document_id: UUID) -> tuple[Document, bytes]:
    """Return a paper with its content.

    Raises:
        NotFound: there is none, or its time of retention is over.
    """
    found = find(session, Document, document_id)
    return found, find(session, DocumentContent, document_id).content


def securities_of(session: Session, *, loan_id: UUID) -> Sequence[Security]:
    """Return who and what stands for a loan, the released ones left out."""
    return session.scalars(
        select(Security)
        .where(Security.loan_id == loan_id, Security.released_on.is_(None))
        .order_by(Security.id)
    ).all()


def valuations_of(session: Session, *, loan_id: UUID) -> Sequence[Valuation]:
    """Return every valuation of a loan's securities, the latest first."""
    return session.scalars(
        select(Valuation)
        .join(Security, Security.id == Valuation.security_id)
        .where(Security.loan_id == loan_id)
        .order_by(Valuation.id.desc())
    ).all()


def collateral(session: Session, *, file: CareFile) -> Money | None:
    """Return what the collateral of a loan is worth; None where it has none."""
    worth = session.scalar(
        select(func.sum(Security.value_minor)).where(
            Security.loan_id == file.loan_id,
            Security.kind == SecurityKind.COLLATERAL,
            Security.released_on.is_(None),
        )
    )
    return None if worth is None else Money(int(worth), Currency(file.currency))


def rescores_of(session: Session, *, loan_id: UUID) -> Sequence[Rescore]:
    """Return the scores of a loan's borrower since it was made, the latest first."""
    return session.scalars(
        select(Rescore).where(Rescore.loan_id == loan_id).order_by(Rescore.id.desc())
    ).all()


def next_action(session: Session, *, loan_id: UUID) -> NextAction | None:
    """Return what is to be done next on a loan: a task, a case, a step or a promise."""
    found = [action for ask in _ACTIONS if (action := ask(session, loan_id))]
    return min(found, key=lambda action: action.on, default=None)


def _next_task(session: Session, loan_id: UUID) -> NextAction | None:
    row = session.execute(
        select(Task.kind, Task.due_on)
        .where(Task.loan_id == loan_id, Task.status == TaskStatus.OPEN)
        .order_by(Task.due_on)
        .limit(1)
    ).first()
    return None if row is None else NextAction(row.kind, row.due_on)


def _next_case(session: Session, loan_id: UUID) -> NextAction | None:
    on = session.scalar(
        select(func.min(Case.due_on)).where(
            Case.loan_id == loan_id, Case.status != CaseStatus.CLOSED
        )
    )
    return None if on is None else NextAction("case", on)


def _next_step(session: Session, loan_id: UUID) -> NextAction | None:
    on = session.scalar(
        select(func.min(PlanStep.due_on))
        .join(RecoveryPlan, RecoveryPlan.id == PlanStep.plan_id)
        .where(
            RecoveryPlan.loan_id == loan_id,
            RecoveryPlan.status == PlanStatus.APPROVED,
            PlanStep.status == StepStatus.PLANNED,
        )
    )
    return None if on is None else NextAction("step", on)


def _next_promise(session: Session, loan_id: UUID) -> NextAction | None:
    on = session.scalar(
        select(func.min(Promise.due_on)).where(
            Promise.loan_id == loan_id, Promise.status == PromiseStatus.OPEN
        )
    )
    return None if on is None else NextAction("promise", on)


_ACTIONS = (_next_task, _next_case, _next_step, _next_promise)


def files_of_borrowers(session: Session, *, borrower_ids: Sequence[UUID]) -> Sequence[CareFile]:
    """Return the files of loans that run, of some borrowers."""
    return session.scalars(
        select(CareFile)
        .where(CareFile.borrower_id.in_(borrower_ids), CareFile.status == LoanStatus.ACTIVE)
        .order_by(CareFile.number)
    ).all()


def files_touched(session: Session, *, region: str | None, purpose: str | None) -> Sequence[UUID]:
    """Return the loans that run in a region or were made for a trade."""
    places = []
    if region:
        places.append(CareFile.region == region)
    if purpose:
        places.append(CareFile.purpose == purpose)
    return session.scalars(
        select(CareFile.loan_id)
        .where(or_(*places), CareFile.status == LoanStatus.ACTIVE)
        .order_by(CareFile.number)
    ).all()
