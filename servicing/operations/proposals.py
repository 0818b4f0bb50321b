"""What takes two people: the category of a loan by judgement, and writing a loan off.

One proposes, another confirms or refuses; the database refuses the same hands, too.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import lock, new_id
from servicing import queries
from servicing.categories import Categories
from servicing.errors import AlreadyProposed, SameHands, UnknownCategory
from servicing.models import Loan, Proposal, ProposalKind, ProposalStatus
from servicing.operations.losses import charge_off


def propose_category(
    session: Session,
    *,
    loan_id: UUID,
    category: str,
    preset: Categories,
    by: str,
    at: datetime,
    why: str,
) -> Proposal:
    """Propose the category that a loan is in by judgement; risk management confirms it.

    Raises:
        UnknownCategory: the preset has no such category.
        AlreadyProposed: one waits for its confirmation.
    """
    if category not in preset.bands.names:
        raise UnknownCategory(category=category, names=", ".join(preset.bands.names))
    kind = ProposalKind.CATEGORY
    return _propose(session, loan_id, kind, category=category, by=by, at=at, why=why)


def propose_write_off(
    session: Session, *, loan_id: UUID, by: str, at: datetime, why: str
) -> Proposal:
    """Propose to write a loan off.

    Raises:
        AlreadyProposed: it is proposed already.
    """
    kind = ProposalKind.WRITE_OFF
    return _propose(session, loan_id, kind, category=None, by=by, at=at, why=why)


def confirm_proposal(
    session: Session, *, proposal_id: UUID, by: str, on: date, at: datetime
) -> Proposal:
    """Confirm what somebody else proposed, and do it.

    Raises:
        SameHands: it is the person's own.
        MoveNotAllowed: it was decided before, or the loan is settled or written off already.
    """
    proposal = _decided(session, proposal_id, ProposalStatus.CONFIRMED, by=by, at=at)
    if proposal.kind == ProposalKind.WRITE_OFF:
        charge_off(session, loan_id=proposal.loan_id, by=by, on=on, at=at, why=proposal.why)
    session.flush()
    return proposal


def refuse_proposal(
    session: Session, *, proposal_id: UUID, by: str, at: datetime, why: str
) -> Proposal:
    """Refuse what somebody else proposed.

    Raises:
        SameHands: it is the person's own.
        MoveNotAllowed: it was decided before.
    """
    return _decided(session, proposal_id, ProposalStatus.REFUSED, by=by, at=at, why=why)


def _propose(
    session: Session,
    loan_id: UUID,
    kind: ProposalKind,
    *,
    category: str | None,
    by: str,
    at: datetime,
    why: str,
) -> Proposal:
    loan = lock(session, Loan, loan_id)
    if queries.open_proposal(session, loan_id=loan_id, kind=kind) is not None:
        raise AlreadyProposed(kind=kind, number=loan.number)
    proposal = Proposal(
        id=new_id(),
        loan_id=loan_id,
        kind=kind,
        category=category,
        status=ProposalStatus.PROPOSED,
        proposed_by=by,
        proposed_at=at,
        why=why,
    )
    session.add(proposal)
    proposal.begin(session, by=by, at=at, why=why)
    session.flush()
    return proposal


def _decided(
    session: Session,
    proposal_id: UUID,
    to: ProposalStatus,
    *,
    by: str,
    at: datetime,
    why: str = "",
) -> Proposal:
    proposal = lock(session, Proposal, proposal_id)
    if proposal.proposed_by == by:
        raise SameHands(kind=proposal.kind)
    proposal.move(session, to, by=by, at=at, why=why)
    proposal.decided_by, proposal.decided_at = by, at
    session.flush()
    return proposal
