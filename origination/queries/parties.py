"""Which borrowers belong together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from origination.models import RelatedParty

MOST_IDS = 10_000


@dataclass(frozen=True, slots=True)
class Relation:
    """One other member of a borrower's group."""

    borrower_id: UUID
    since: datetime
    why: str
    by: str


def related_parties(session: Session, *, borrower_id: UUID) -> list[Relation]:
    """Return the other members of a borrower's group, those who came first before the others."""
    mine, others = aliased(RelatedParty), aliased(RelatedParty)
    rows = session.scalars(
        select(others)
        .join(mine, mine.group_id == others.group_id)
        .where(mine.borrower_id == borrower_id, mine.ended_at.is_(None))
        .where(others.borrower_id != borrower_id, others.ended_at.is_(None))
        .order_by(others.at, others.id)
    )
    return [Relation(row.borrower_id, row.at, row.why, row.by) for row in rows]


def related_to(session: Session, *, borrower_id: UUID) -> list[UUID]:
    """Return who else is in a borrower's group."""
    return [each.borrower_id for each in related_parties(session, borrower_id=borrower_id)]


def borrower_groups(session: Session, *, borrower_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the group of each of these borrowers who is in one."""
    wanted = sorted(set(borrower_ids))
    found: dict[UUID, UUID] = {}
    for start in range(0, len(wanted), MOST_IDS):
        some = wanted[start : start + MOST_IDS]
        rows = session.execute(
            select(RelatedParty.borrower_id, RelatedParty.group_id).where(
                RelatedParty.borrower_id.in_(some), RelatedParty.ended_at.is_(None)
            )
        )
        found.update((row.borrower_id, row.group_id) for row in rows)
    return found
