"""Changing the terms of a living loan: proposed by one, signed where it costs, made by another.

The change is kept word for word with its proposal; the loan follows it from its day on, and what
was paid since then is decided again. Withdrawn, the loan stands as if it had never been.
"""

import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import origination
from kernel import find, lock
from origination import Listing
from servicing import queries
from servicing.agreeing import ChangeKind, Outlook, Wish, change_of, outlook, with_change
from servicing.errors import (
    BorrowerHasToAgree,
    ChangeNotInForce,
    DueDateMoved,
    DueDateTooFar,
    LoanNotPayable,
    NothingToAccept,
)
from servicing.models import Loan, LoanStatus, Proposal, ProposalKind, ProposalStatus
from servicing.operations.correcting import replan
from servicing.operations.proposing import propose
from servicing.pausing import CountPause
from servicing.plan import Change
from servicing.revising import read_changes

POLICY = Path(__file__).parent.parent / "policies" / "changes.toml"


def propose_change(
    session: Session, *, loan_id: UUID, wish: Wish, by: str, at: datetime, why: str
) -> Proposal:
    """Propose other terms for a living loan; where they cost more, the borrower signs them first.

    Raises:
        LoanNotPayable: the loan is settled or charged off.
        DomainError: what is wished makes no schedule.
        AlreadyProposed: one is proposed already.
    """
    loan = find(session, Loan, loan_id)
    _check_living(loan)
    details = _details(session, loan, wish)
    return propose(session, loan_id, ProposalKind.CHANGE, details=details, by=by, at=at, why=why)


def foresee_change(
    session: Session, *, loan_id: UUID, wish: Wish, on: date, at: datetime
) -> tuple[Outlook, Outlook]:
    """Let a loan follow a change at once, and return what is to come without and with it.

    This is for a rehearsal, which takes back all that was done: nobody has agreed to it.

    Raises:
        LoanNotPayable: the loan is settled or charged off.
        DomainError: what is wished makes no schedule.
    """
    loan = lock(session, Loan, loan_id)
    _check_living(loan)
    plan = queries.plan(loan)
    state = queries.state_on(session, loan, wish.on, plan=plan)
    change = change_of(wish, state, plan=plan)
    day = max(on, wish.on)
    before = outlook(queries.state(loan), day, plan=plan)
    changed = with_change(plan, change)
    replan(
        session,
        loan,
        changes=changed.changes,
        on=change.on,
        key="foreseen",
        at=at,
        by="system",
        why="foreseen",
    )
    return before, outlook(queries.state(loan), day, plan=changed)


def accept_change(
    session: Session,
    *,
    proposal_id: UUID,
    borrower_id: UUID,
    signer: str,
    document: str,
    language: str,
    at: datetime,
) -> Proposal:
    """Keep what the borrower signed of a proposed change.

    Raises:
        NothingToAccept: nothing waits for a signature.
        NotYours: it is somebody else's loan.
        NothingToSign: no name, or no document.
    """
    proposal = lock(session, Proposal, proposal_id)
    loan = find(session, Loan, proposal.loan_id)
    waits = proposal.kind == ProposalKind.CHANGE and proposal.status == ProposalStatus.PROPOSED
    if not waits or proposal.details is None or "signature" in proposal.details:
        raise NothingToAccept(number=loan.number)
    listing = find(session, Listing, loan.listing_id)
    signature = origination.sign(
        session,
        application_id=listing.application_id,
        borrower_id=borrower_id,
        signer=signer,
        document=document,
        language=language,
        at=at,
    )
    proposal.details = proposal.details | {"signature": signature.id}
    session.flush()
    return proposal


def ask_for_due_date(
    session: Session,
    *,
    loan_id: UUID,
    borrower_id: UUID,
    first_due: date,
    signer: str,
    document: str,
    language: str,
    on: date,
    at: datetime,
) -> Proposal:
    """Let a borrower ask, signed, for another due date; an operator confirms it.

    Raises:
        DueDateMoved: it was moved before.
        DueDateTooFar: the day lies too far from the due day.
        DomainError: as for `propose_change` and `accept_change`.
    """
    loan = find(session, Loan, loan_id)
    check_due_date(session, loan, first_due, on=on)
    proposal = propose_change(
        session,
        loan_id=loan_id,
        wish=Wish(ChangeKind.DUE_DATE, on, first_due=first_due),
        by=f"borrower:{borrower_id}",
        at=at,
        why="asked for by the borrower",
    )
    return accept_change(
        session,
        proposal_id=proposal.id,
        borrower_id=borrower_id,
        signer=signer,
        document=document,
        language=language,
        at=at,
    )


def check_due_date(session: Session, loan: Loan, first_due: date, *, on: date) -> None:
    """Refuse a due date that a borrower may not ask for.

    Raises:
        DueDateMoved: it was moved before.
        DueDateTooFar: the day lies too far from the due day.
        LoanNotPayable: no installment is to come.
    """
    rule = _policy()["due_date"]
    made = [each for each in queries.changes_of(session, loan=loan) if each.is_in_force]
    if sum(each.wish.kind is ChangeKind.DUE_DATE for each in made) >= rule["times"]:
        raise DueDateMoved(number=loan.number)
    coming = [row for row in queries.standing(loan, on=on).upcoming if not row.is_billed]
    if not coming:
        raise LoanNotPayable(number=loan.number, status=loan.status)
    if abs((first_due - coming[0].due_on).days) > rule["days"]:
        raise DueDateTooFar(days=rule["days"], day=first_due, due_on=coming[0].due_on)


def propose_withdrawal(
    session: Session,
    *,
    proposal_id: UUID,
    by: str,
    on: date,
    at: datetime,
    why: str,
) -> Proposal:
    """Propose to withdraw a change, as if it had never been; a pause of the count ends instead.

    Raises:
        ChangeNotInForce: the loan does not follow it.
        AlreadyProposed: one is proposed already.
    """
    made = find(session, Proposal, proposal_id)
    loan = find(session, Loan, made.loan_id)
    _check_living(loan)
    _without(loan, made)
    details = {"of": str(proposal_id), "on": on.isoformat()}
    kind = ProposalKind.WITHDRAWAL
    return propose(session, loan.id, kind, details=details, by=by, at=at, why=why)


def follow(session: Session, proposal: Proposal, *, on: date, at: datetime) -> None:
    """Let a loan follow a change that was proposed.

    Raises:
        BorrowerHasToAgree: it costs the borrower more, and they have not signed it.
        LoanNotPayable: the loan is settled or charged off meanwhile.
    """
    del on
    assert proposal.details is not None
    loan = lock(session, Loan, proposal.loan_id)
    _check_living(loan)
    if proposal.details["costs"] and "signature" not in proposal.details:
        raise BorrowerHasToAgree(number=loan.number)
    (change,) = read_changes([proposal.details["change"]])
    changes = with_change(queries.plan(loan), change).changes
    _replan(session, loan, changes, change.on, proposal, at=at)


def withdraw(session: Session, proposal: Proposal, *, on: date, at: datetime) -> None:
    """Let a loan follow a change no more.

    Raises:
        ChangeNotInForce: it does not follow it.
        LoanNotPayable: the loan is settled or charged off meanwhile.
    """
    assert proposal.details is not None
    made = lock(session, Proposal, UUID(proposal.details["of"]))
    loan = lock(session, Loan, proposal.loan_id)
    _check_living(loan)
    change, changes = _without(loan, made)
    if isinstance(change, CountPause) and change.on < on:
        ended = change.resumed(on)
        assert made.details is not None
        made.details = made.details | {"change": ended.to_json()}
        changes = sorted((*changes, ended), key=lambda each: each.on)
    _replan(session, loan, changes, change.on, proposal, at=at)


def _check_living(loan: Loan) -> None:
    if loan.status != LoanStatus.ACTIVE:
        raise LoanNotPayable(number=loan.number, status=loan.status)


def _details(session: Session, loan: Loan, wish: Wish) -> dict[str, Any]:
    """Return the change that fulfils a wish, and what it costs."""
    plan = queries.plan(loan)
    state = queries.state_on(session, loan, wish.on, plan=plan)
    change = change_of(wish, state, plan=plan)
    before = outlook(state, wish.on, plan=plan)
    after = outlook(state, wish.on, plan=with_change(plan, change))
    return {
        "wish": wish.to_json(),
        "change": change.to_json(),
        "interest_before": before.interest,
        "interest_after": after.interest,
        "costs": after.interest > before.interest,
    }


def _without(loan: Loan, made: Proposal) -> tuple[Any, list[Change]]:
    """Return a change and the others that a loan follows."""
    changes = list(queries.plan(loan).changes)
    stored = (made.details or {}).get("change")
    for place, change in enumerate(changes):
        if change.to_json() == stored:
            return change, changes[:place] + changes[place + 1 :]
    raise ChangeNotInForce(number=loan.number)


def _replan(
    session: Session,
    loan: Loan,
    changes: Sequence[Change],
    on: date,
    proposal: Proposal,
    *,
    at: datetime,
) -> None:
    assert proposal.decided_by is not None
    replan(
        session,
        loan,
        changes=changes,
        on=on,
        key=f"{proposal.kind}:{proposal.id}",
        at=at,
        by=proposal.decided_by,
        why=proposal.why,
    )


@cache
def _policy() -> dict[str, Any]:
    return tomllib.loads(POLICY.read_text(encoding="utf-8"))
