"""The categories of loans as they were recorded, day by day."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from servicing.models import CategoryLine, Proposal, ProposalKind, ProposalStatus


def recorded_categories(session: Session, *, on: date) -> dict[UUID, str]:
    """Return the category of every loan that was ever recorded, as of a day."""
    latest = (
        select(func.max(CategoryLine.id))
        .where(CategoryLine.recorded_on <= on)
        .group_by(CategoryLine.loan_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(CategoryLine.loan_id, CategoryLine.category).where(CategoryLine.id.in_(latest))
    )
    return {row.loan_id: row.category for row in rows}


def recorded_days(session: Session, *, limit: int = 24) -> list[date]:
    """Return the days of which something was recorded, the latest first."""
    days = (
        select(CategoryLine.recorded_on)
        .distinct()
        .order_by(CategoryLine.recorded_on.desc())
        .limit(limit)
    )
    return list(session.scalars(days))


def category_lines(session: Session, *, loan_id: UUID) -> list[CategoryLine]:
    """Return how one loan moved between categories, the latest first."""
    return list(
        session.scalars(
            select(CategoryLine)
            .where(CategoryLine.loan_id == loan_id)
            .order_by(CategoryLine.id.desc())
        )
    )


def judged_categories(session: Session) -> dict[UUID, str]:
    """Return, by loan, the category that was confirmed by judgement last."""
    rows = session.execute(
        select(Proposal.loan_id, Proposal.category)
        .where(
            Proposal.kind == ProposalKind.CATEGORY,
            Proposal.status == ProposalStatus.CONFIRMED,
        )
        .order_by(Proposal.decided_at, Proposal.id)
    )
    return {row.loan_id: row.category for row in rows}
