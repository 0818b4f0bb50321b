"""What is known of cases: their alerts, plans, promises and contacts."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care.models import (
    Alert,
    Case,
    CaseStatus,
    Handover,
    PlanStep,
    Promise,
    RecoveryPlan,
)
from kernel import Currency, Money
from servicing import Repayment


def open_case(session: Session, *, loan_id: UUID) -> Case | None:
    """Return the case that is open on a loan."""
    return session.scalar(
        select(Case).where(Case.loan_id == loan_id, Case.status != CaseStatus.CLOSED)
    )


def cases_of(session: Session, *, loan_id: UUID) -> Sequence[Case]:
    """Return every case of a loan, the latest first."""
    return session.scalars(
        select(Case).where(Case.loan_id == loan_id).order_by(Case.number.desc())
    ).all()


def has_alert(session: Session, *, loan_id: UUID, rule: str, key: str) -> bool:
    """Say whether an alert was raised before."""
    known = select(Alert.id).where(Alert.loan_id == loan_id, Alert.rule == rule, Alert.key == key)
    return session.scalar(known) is not None


def alerts_of(session: Session, *, case_id: UUID) -> Sequence[Alert]:
    """Return the alerts of a case, the latest first."""
    return session.scalars(
        select(Alert).where(Alert.case_id == case_id).order_by(Alert.id.desc())
    ).all()


def plans_of(session: Session, *, case_id: UUID) -> Sequence[RecoveryPlan]:
    """Return the recovery plans of a case, the latest first."""
    return session.scalars(
        select(RecoveryPlan)
        .where(RecoveryPlan.case_id == case_id)
        .order_by(RecoveryPlan.created_at.desc(), RecoveryPlan.id.desc())
    ).all()


def steps_of(session: Session, *, plan_id: UUID) -> Sequence[PlanStep]:
    """Return the steps of a plan in their order."""
    return session.scalars(
        select(PlanStep).where(PlanStep.plan_id == plan_id).order_by(PlanStep.seq)
    ).all()


def promises_of(session: Session, *, loan_id: UUID) -> Sequence[Promise]:
    """Return what was promised on a loan, the latest first."""
    return session.scalars(
        select(Promise).where(Promise.loan_id == loan_id).order_by(Promise.id.desc())
    ).all()


def handovers_of(session: Session, *, loan_id: UUID) -> Sequence[Handover]:
    """Return to which agencies a debt was handed, the latest first."""
    return session.scalars(
        select(Handover).where(Handover.loan_id == loan_id).order_by(Handover.id.desc())
    ).all()


def open_handover(session: Session, *, loan_id: UUID) -> Handover | None:
    """Return the agency that has a debt in its hands."""
    return session.scalar(
        select(Handover).where(Handover.loan_id == loan_id, Handover.returned_on.is_(None))
    )


def paid_between(
    session: Session, *, loan_id: UUID, currency: Currency, since: date, until: date
) -> Money:
    """Return what came in on a loan from one day to another, both included, without returns."""
    paid = select(func.coalesce(func.sum(Repayment.amount_minor), 0)).where(
        Repayment.loan_id == loan_id, Repayment.paid_on >= since, Repayment.paid_on <= until
    )
    return Money(int(session.scalars(paid).one()), currency)


def untold_escalations(session: Session) -> Sequence[Case]:
    """Return the escalated cases that nobody was written about yet."""
    return session.scalars(
        select(Case)
        .where(Case.status == CaseStatus.ESCALATED, Case.told_at.is_(None))
        .order_by(Case.number)
    ).all()
