"""What was proposed for loans, and the category that they are in."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import find
from servicing.categories import Categories
from servicing.models import Loan, Proposal, ProposalKind, ProposalStatus
from servicing.queries.standing import standing


def open_proposal(session: Session, *, loan_id: UUID, kind: ProposalKind) -> Proposal | None:
    """Return what waits for its confirmation."""
    return session.scalar(
        select(Proposal).where(
            Proposal.loan_id == loan_id,
            Proposal.kind == kind,
            Proposal.status == ProposalStatus.PROPOSED,
        )
    )


def proposals(session: Session, *, loan_id: UUID) -> list[Proposal]:
    """Return what was proposed for a loan other than its category, the latest first."""
    return list(
        session.scalars(
            select(Proposal)
            .where(Proposal.loan_id == loan_id, Proposal.kind != ProposalKind.CATEGORY)
            .order_by(Proposal.proposed_at.desc(), Proposal.id.desc())
        )
    )


def judgements(session: Session, *, loan_id: UUID) -> list[Proposal]:
    """Return the categories that were confirmed for a loan, the latest first."""
    return list(
        session.scalars(
            select(Proposal)
            .where(
                Proposal.loan_id == loan_id,
                Proposal.kind == ProposalKind.CATEGORY,
                Proposal.status == ProposalStatus.CONFIRMED,
            )
            .order_by(Proposal.decided_at.desc(), Proposal.id.desc())
        )
    )


def category_of(session: Session, *, loan_id: UUID, preset: Categories, on: date) -> str:
    """Return the category of a loan on a day: by its days late or by judgement, the worse."""
    days = standing(find(session, Loan, loan_id), on=on).days_past_due
    latest = judgements(session, loan_id=loan_id)[:1]
    return preset.of(days, judged=latest[0].category if latest else None)
