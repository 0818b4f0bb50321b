"""What was agreed anew for a loan, and where it stood on an earlier day."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from servicing import booking
from servicing.agreeing import Wish
from servicing.deciding import applied_to
from servicing.kinds import RepaymentKind
from servicing.models import Loan, Proposal, ProposalKind, ProposalStatus
from servicing.plan import Plan
from servicing.queries.loans import entered, live_repayments, state
from servicing.state import State


@dataclass(frozen=True, slots=True)
class AgreedChange:
    """One change of a loan's terms.

    Attributes:
        id: the proposal that it came from.
        is_in_force: whether the loan follows it; otherwise it waits or was withdrawn.
        is_accepted: whether the borrower signed it, or need not.
        interest_before: interest to come without it, in minor units.
        interest_after: likewise with it.
    """

    id: UUID
    wish: Wish
    why: str
    status: ProposalStatus
    is_in_force: bool
    is_accepted: bool
    interest_before: int
    interest_after: int


def state_on(session: Session, loan: Loan, on: date, *, plan: Plan) -> State:
    """Return where a loan stood before anything was paid on a day."""
    kept = state(loan)
    if kept.as_of < on:
        return kept
    paid = [
        row
        for row in live_repayments(session, loan_id=loan.id)
        if row.paid_on < on and row.kind != RepaymentKind.RECOVERY
    ]
    if not paid:
        return booking.start(plan)
    last = paid[-1]
    after, _ = applied_to(State.from_json(last.state_before), entered(last), plan=plan)
    return after


def changes_of(session: Session, *, loan: Loan) -> list[AgreedChange]:
    """Return what was proposed to be agreed anew for a loan and not refused, the latest first."""
    rows = session.scalars(
        select(Proposal)
        .where(
            Proposal.loan_id == loan.id,
            Proposal.kind == ProposalKind.CHANGE,
            Proposal.status != ProposalStatus.REFUSED,
        )
        .order_by(Proposal.proposed_at.desc(), Proposal.id.desc())
    )
    return [_agreed(row, loan.changes or []) for row in rows]


def _agreed(row: Proposal, followed: list[dict[str, Any]]) -> AgreedChange:
    details = row.details or {}
    confirmed = row.status == ProposalStatus.CONFIRMED
    return AgreedChange(
        id=row.id,
        wish=Wish.from_json(details["wish"]),
        why=row.why,
        status=ProposalStatus(row.status),
        is_in_force=confirmed and details["change"] in followed,
        is_accepted="signature" in details or not details["costs"],
        interest_before=details["interest_before"],
        interest_after=details["interest_after"],
    )
