"""Correcting: a payment of an earlier day is entered or taken back, and the later ones come anew.

From the snapshot before it the payments are decided again, each on its own day. One that comes out
as before stays; of any other the stored parts are negated, and what it pays now is a new row in its
place. The book is written once, with what every account gets or gives back on the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import reduce

import numpy as np
from sqlalchemy.orm import Session

from servicing import booking, queries
from servicing.deciding import Entered, Footing, applied_to, decide
from servicing.kinds import RepaymentKind
from servicing.models import Correction, Loan, LoanStatus, Repayment
from servicing.operations.recording import Line, changed, negated, received, write
from servicing.owing import is_settled, to_settle
from servicing.plan import Change, Plan
from servicing.position import advance, next_event
from servicing.queries import Notes
from servicing.receipts import Receipt
from servicing.split import Shares
from servicing.state import State


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """One later payment: as it was recorded, and as it comes out now."""

    paid: Repayment
    was: Shares
    before: State
    decided: Receipt

    @property
    def is_changed(self) -> bool:
        """Whether it pays something else than it did, or somebody else."""
        return any(
            not np.array_equal(
                getattr(self.was, field.name), getattr(self.decided.shares, field.name)
            )
            for field in fields(self.was)
        ) or (self.decided.applied.minor_parts, self.decided.applied.recovery.minor) != (
            self.paid.parts,
            self.paid.recovery_minor,
        )


def enter_earlier(
    session: Session,
    loan: Loan,
    entered: Entered,
    *,
    key: str,
    at: datetime,
    by: str,
    source: str | None = None,
) -> Repayment:
    """Enter a payment of a day beyond which the loan has been counted."""
    plan, notes = queries.plan(loan), queries.notes(session, loan_id=loan.id)
    live = queries.live_repayments(session, loan_id=loan.id)
    earlier = [paid for paid in live if paid.paid_on <= entered.on]
    later = live[len(earlier) :]
    undone = queries.shares_of(session, repayment_ids=[paid.id for paid in later], notes=notes)
    footing = _footing(session, loan, notes, undone, later, plan=plan)
    footing = replace(footing, state=_state_after(earlier, plan=plan))

    decided, following = decide(footing, entered, plan=plan)
    again, ended = _again(following, later, undone, plan=plan)

    line = received(
        loan,
        decided,
        kind=entered.kind,
        key=key,
        on=entered.on,
        at=at,
        before=footing.state,
        seq=loan.payments + 1,
        source=source,
    )
    memo = f"L-{loan.number} {entered.kind} of {entered.on}"
    _record(
        session,
        loan,
        line,
        again,
        ended,
        notes=notes,
        plan=plan,
        on=entered.on,
        by=by,
        memo=memo,
    )
    return line.row


def replan(
    session: Session,
    loan: Loan,
    *,
    changes: Sequence[Change],
    on: date,
    key: str,
    at: datetime,
    by: str,
    why: str,
) -> Repayment:
    """Let a loan follow other changes of its terms, from the first day on which they differ.

    Payments of that day and later ones are decided again. The row that is returned moves no money;
    what changes because of it names it as its cause.

    Args:
        session: the writing session.
        loan: the loan, locked.
        changes: all that was agreed anew, with what is new and without what is withdrawn.
        on: the first day on which they differ.
        key: names the change on this loan.
        at: when it is recorded.
        by: who recorded it.
        why: the reason, for the record.
    """
    loan.changes = [change.to_json() for change in changes] or None
    plan, notes = queries.plan(loan), queries.notes(session, loan_id=loan.id)
    live = queries.live_repayments(session, loan_id=loan.id)
    earlier = [paid for paid in live if paid.paid_on < on]
    later = live[len(earlier) :]
    undone = queries.shares_of(session, repayment_ids=[paid.id for paid in later], notes=notes)
    footing = _footing(session, loan, notes, undone, later, plan=plan)
    footing = replace(footing, state=_state_after(earlier, plan=plan))

    again, ended = _again(footing, later, undone, plan=plan)

    line = changed(loan, notes, key=key, on=on, at=at, before=footing.state)
    memo = f"L-{loan.number} terms of {on}: {why}"
    counted = queries.state(loan).as_of
    _record(
        session,
        loan,
        line,
        again,
        ended,
        notes=notes,
        plan=plan,
        on=counted,
        by=by,
        memo=memo,
        why=why,
    )
    return line.row


def take_back(
    session: Session,
    loan: Loan,
    paid: Repayment,
    *,
    key: str,
    on: date,
    at: datetime,
    why: str,
    by: str,
) -> Repayment:
    """Take a payment back as it was stored."""
    plan, notes = queries.plan(loan), queries.notes(session, loan_id=loan.id)
    live = queries.live_repayments(session, loan_id=loan.id)
    later = live[live.index(paid) + 1 :]
    out = [paid, *later]
    undone = queries.shares_of(session, repayment_ids=[row.id for row in out], notes=notes)
    footing = _footing(session, loan, notes, undone, out, plan=plan)
    footing = replace(footing, state=State.from_json(paid.state_before))

    again, ended = _again(footing, later, undone[1:], plan=plan)

    line = negated(loan, paid, undone[0], key=key, on=on, at=at, seq=loan.payments + 1)
    memo = f"L-{loan.number} returned: {why}"
    _record(
        session,
        loan,
        line,
        again,
        ended,
        notes=notes,
        plan=plan,
        on=on,
        by=by,
        memo=memo,
        taken=paid,
        why=why,
    )
    return line.row


def _footing(
    session: Session,
    loan: Loan,
    notes: Notes,
    undone: Sequence[Shares],
    rows: Sequence[Repayment],
    *,
    plan: Plan,
) -> Footing:
    """Return what notes had received and what was recovered before some payments."""
    taken = sum(row.recovery_minor + row.collection_fee_minor for row in rows)
    return Footing(
        state=queries.state(loan),
        book=reduce(lambda book, shares: book.after(shares.negated()), undone, notes.book),
        recovered=queries.recovered_before(session, loan=loan) - plan.money(taken),
    )


def _state_after(earlier: Sequence[Repayment], *, plan: Plan) -> State:
    """Return the state after the last of some payments, from the snapshot before it."""
    paying = [paid for paid in earlier if paid.kind != RepaymentKind.RECOVERY]
    if not paying:
        return booking.start(plan)
    last = paying[-1]
    state, _ = applied_to(State.from_json(last.state_before), queries.entered(last), plan=plan)
    return state


def _again(
    footing: Footing, later: Sequence[Repayment], undone: Sequence[Shares], *, plan: Plan
) -> tuple[list[Again], Footing]:
    """Decide later payments again, and return where the loan stands after them."""
    again = []
    for paid, was in zip(later, undone, strict=True):
        before = footing.state
        decided, footing = decide(footing, queries.entered(paid), plan=plan)
        again.append(Again(paid, was, before, decided))
    return again, footing


def _record(
    session: Session,
    loan: Loan,
    line: Line,
    again: Sequence[Again],
    ended: Footing,
    *,
    notes: Notes,
    plan: Plan,
    on: date,
    by: str,
    memo: str,
    taken: Repayment | None = None,
    why: str = "",
) -> None:
    """Write down what happened, what is computed anew by it, and where the loan stands now."""
    was = queries.state(loan)
    state = _counted(loan, ended.state, on=on, plan=plan)
    lines = [line]
    for later in again:
        later.paid.state_before = later.before.to_json()
        if later.is_changed:
            lines += _anew(loan, later, line.row, seq=line.row.seq + len(lines))
    write(session, loan, lines, notes, by=by, memo=memo, taken_back=taken)
    _restate(session, loan, replace(ended, state=state), plan, by=by, at=line.row.at, why=why)
    day = max(was.as_of, state.as_of)
    session.add(
        Correction(
            repayment_id=line.row.id,
            loan_id=loan.id,
            at=line.row.at,
            before=advance(was, day, plan=plan).to_json(),
            after=advance(state, day, plan=plan).to_json(),
        )
    )
    session.flush()


def _anew(loan: Loan, later: Again, cause: Repayment, *, seq: int) -> list[Line]:
    """Return the rows that put what a later payment pays now in the place of what it paid."""
    paid, at = later.paid, cause.at
    back = negated(loan, paid, later.was, key=f"anew:{seq}", on=paid.paid_on, at=at, seq=seq)
    fresh = received(
        loan,
        later.decided,
        kind=RepaymentKind(paid.kind),
        key=f"anew:{seq + 1}",
        on=paid.paid_on,
        at=at,
        before=later.before,
        seq=seq + 1,
        sent=paid.excess_minor,
        source=paid.source,
    )
    back.row.cause_id = fresh.row.cause_id = cause.id
    fresh.row.root_id, fresh.row.place = paid.root_id or paid.id, paid.place
    return [back, fresh]


def _counted(loan: Loan, state: State, *, on: date, plan: Plan) -> State:
    """Return the state on the day up to which the loan has been counted; a loss ends it."""
    if loan.charged_off_on is not None:
        return advance(state, loan.charged_off_on, plan=plan)
    until = max(queries.state(loan).as_of, state.as_of, on)
    return advance(state, until, plan=plan)


def _restate(
    session: Session, loan: Loan, ended: Footing, plan: Plan, *, by: str, at: datetime, why: str
) -> None:
    """Let the loan stand where it stands now."""
    state = ended.state
    loan.state = state.to_json()
    if loan.charged_off_on is not None:
        loan.charged_off_minor = state.outstanding
        is_paid = _claim_is_paid(session, loan, ended, plan)
        to = LoanStatus.SETTLED if is_paid else LoanStatus.CHARGED_OFF
    else:
        loan.next_event_on = next_event(state, plan=plan)
        to = LoanStatus.SETTLED if is_settled(state, plan=plan) else LoanStatus.ACTIVE
    if loan.status != to:
        loan.move(session, to, by=by, at=at, why=why)
        loan.closed_at = None if to is LoanStatus.ACTIVE else at
    session.flush()


def _claim_is_paid(session: Session, loan: Loan, ended: Footing, plan: Plan) -> bool:
    """Say whether what was recovered covered, on the day of the last recovery, what was owed."""
    live = queries.live_repayments(session, loan_id=loan.id)
    recovered_on = [paid.paid_on for paid in live if paid.kind == RepaymentKind.RECOVERY]
    last = advance(ended.state, max(recovered_on, default=ended.state.as_of), plan=plan)
    return to_settle(last, plan=plan) <= ended.recovered
