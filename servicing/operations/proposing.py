"""Proposing: what one person writes down for another to confirm or refuse."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import lock, new_id
from servicing import queries
from servicing.errors import AlreadyProposed
from servicing.models import Loan, Proposal, ProposalKind, ProposalStatus


def propose(
    session: Session,
    loan_id: UUID,
    kind: ProposalKind,
    *,
    category: str | None = None,
    details: dict[str, Any] | None = None,
    by: str,
    at: datetime,
    why: str,
) -> Proposal:
    """Write down what one person proposes, for another to confirm or refuse.

    Raises:
        AlreadyProposed: one of its kind waits already.
    """
    loan = lock(session, Loan, loan_id)
    if queries.open_proposal(session, loan_id=loan_id, kind=kind) is not None:
        raise AlreadyProposed(kind=kind, number=loan.number)
    proposal = Proposal(
        id=new_id(),
        loan_id=loan_id,
        kind=kind,
        category=category,
        details=details,
        status=ProposalStatus.PROPOSED,
        proposed_by=by,
        proposed_at=at,
        why=why,
    )
    session.add(proposal)
    proposal.begin(session, by=by, at=at, why=why)
    session.flush()
    return proposal
