"""Borrowers who belong together, so that lenders and operators can count them as one risk."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import Invalid, NotFound, new_id
from origination.models import RelatedParty


class NoRelation(Invalid):
    """Name two different borrowers, and say why they belong together."""


def relate(
    session: Session, *, borrower_id: UUID, other_id: UUID, why: str, by: str, at: datetime
) -> UUID:
    """Put two borrowers into one group, with all who belong to either; return the group.

    Doing it again changes nothing.

    Raises:
        NoRelation: it is one borrower, or nothing says why.
    """
    if borrower_id == other_id or not why.strip():
        raise NoRelation(field="other", why="nothing to relate")
    members = _members(session, [borrower_id, other_id])
    groups = {row.group_id for row in members}
    known = {row.borrower_id for row in members}
    if len(groups) == 1 and known >= {borrower_id, other_id}:
        return groups.pop()
    # The older group takes the other one in; whoever moves gets a new row, so that none is lost.
    group = min(groups, key=lambda each: each.bytes) if groups else new_id()
    moved = [row for row in members if row.group_id != group]
    for row in moved:
        row.ended_at, row.ended_by = at, by
    session.flush()
    new = {borrower_id, other_id} - known
    joining = [*((row.borrower_id, row.why) for row in moved), *((each, why) for each in new)]
    for joins, reason in sorted(joining):
        session.add(_row(joins, group, why=reason, by=by, at=at))
    session.flush()
    return group


def unrelate(session: Session, *, borrower_id: UUID, by: str, at: datetime) -> None:
    """Take a borrower out of its group; a group of one that is left over ends as well.

    Raises:
        NotFound: it is in none.
    """
    rows = _members(session, [borrower_id])
    if not rows:
        raise NotFound(what="Group", id=borrower_id)
    left = [row for row in rows if row.borrower_id != borrower_id]
    for row in rows:
        if row.borrower_id == borrower_id or len(left) == 1:
            row.ended_at, row.ended_by = at, by
    session.flush()


def _members(session: Session, borrowers: list[UUID]) -> list[RelatedParty]:
    """Return, locked, all members of the groups that these borrowers are in."""
    groups = select(RelatedParty.group_id).where(
        RelatedParty.borrower_id.in_(borrowers), RelatedParty.ended_at.is_(None)
    )
    found = session.scalars(
        select(RelatedParty)
        .where(RelatedParty.group_id.in_(groups), RelatedParty.ended_at.is_(None))
        .order_by(RelatedParty.id)
        .with_for_update()
    )
    return list(found)


def _row(borrower_id: UUID, group_id: UUID, *, why: str, by: str, at: datetime) -> RelatedParty:
    return RelatedParty(
        id=new_id(), borrower_id=borrower_id, group_id=group_id, why=why, by=by, at=at
    )
