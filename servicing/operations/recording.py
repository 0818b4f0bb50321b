"""Recording decided payments: rows, totals, one entry in the book."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import reduce
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow import AccountKind, AccountRef, Entry, Movement, NothingToPost, Posting, post
from kernel import Money, bulk_insert, bulk_update, new_id
from servicing.apportion import Column
from servicing.kinds import RepaymentKind
from servicing.models import DISTRIBUTIONS, NOTES, Loan, Repayment
from servicing.operations.bridging import Bridged, Part, distribute, draw, keep, share_out
from servicing.queries import Notes
from servicing.receipts import Receipt
from servicing.split import NoteBook, Shares
from servicing.state import State

_RECEIVED = {
    "received_principal_minor": ("received_principal", "principal"),
    "received_interest_minor": ("received_interest", "interest"),
    "received_late_fee_minor": ("received_late_fee", "late_fee"),
    "received_recovery_minor": ("received_recovery", "recovery"),
    "fee_paid_minor": ("fee_paid", "fee"),
}
_AMOUNTS = (
    "amount_minor",
    "principal_minor",
    "interest_minor",
    "late_fee_minor",
    "late_fee_kept_minor",
    "fee_minor",
    "recovery_minor",
    "collection_fee_minor",
    "servicing_fee_minor",
    "excess_minor",
)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One payment or return to be written down, with what it brings or takes of each note."""

    row: Repayment
    shares: Shares


def received(
    loan: Loan,
    decided: Receipt,
    *,
    kind: RepaymentKind,
    key: str,
    on: date,
    at: datetime,
    before: State,
    seq: int,
    sent: int = 0,
    source: str | None = None,
) -> Line:
    """Return the row of a decided payment.

    Args:
        loan: the loan.
        decided: what the payment pays, and whom.
        kind: what it is meant for.
        key: names it on its loan.
        on: the day from which it counts.
        at: when it is recorded.
        before: the state from which it was computed.
        seq: its number on the loan.
        sent: what went back to the borrower of it before, in minor units.
        source: who paid, where it was not the borrower in the ordinary way.
    """
    applied = decided.applied
    paid = applied.principal + applied.interest + applied.penalty + applied.fee
    excess = applied.excess + Money(sent, applied.excess.currency)
    row = Repayment(
        id=new_id(),
        loan_id=loan.id,
        seq=seq,
        place=seq,
        key=key,
        kind=kind,
        paid_on=on,
        at=at,
        currency=loan.currency,
        amount=paid + applied.recovery + applied.collection_fee + excess,
        principal_minor=applied.principal.minor,
        interest_minor=applied.interest.minor,
        late_fee_minor=applied.penalty.minor,
        late_fee_kept_minor=decided.late_fee_kept.minor,
        fee_minor=applied.fee.minor,
        recovery_minor=applied.recovery.minor,
        collection_fee_minor=applied.collection_fee.minor,
        servicing_fee_minor=decided.servicing_fee,
        excess_minor=excess.minor,
        source=source,
        state_before=before.to_json(),
    )
    return Line(row, decided.shares)


def changed(loan: Loan, notes: Notes, *, key: str, on: date, at: datetime, before: State) -> Line:
    """Return the row of a change of terms, which moves no money itself."""
    row = Repayment(
        id=new_id(),
        loan_id=loan.id,
        seq=loan.payments + 1,
        place=loan.payments + 1,
        key=key,
        kind=RepaymentKind.CHANGE,
        paid_on=on,
        at=at,
        currency=loan.currency,
        state_before=before.to_json(),
        **dict.fromkeys(_AMOUNTS, 0),
    )
    nothing = np.zeros_like(notes.accounts)
    return Line(row, Shares(*(nothing.copy() for _ in fields(Shares))))


def negated(
    loan: Loan, paid: Repayment, shares: Shares, *, key: str, on: date, at: datetime, seq: int
) -> Line:
    """Return the row that takes a payment back: its stored parts with the sign turned."""
    row = Repayment(
        id=new_id(),
        loan_id=loan.id,
        seq=seq,
        place=seq,
        key=key,
        kind=RepaymentKind.REVERSAL,
        paid_on=on,
        at=at,
        currency=paid.currency,
        reverses_id=paid.id,
        state_before=loan.state,
        **{name: -getattr(paid, name) for name in _AMOUNTS},
    )
    return Line(row, shares.negated())


def write(
    session: Session,
    loan: Loan,
    lines: Sequence[Line],
    notes: Notes,
    *,
    by: str,
    memo: str,
    taken_back: Repayment | None = None,
) -> None:
    """Write payments and returns down that belong together, and move their money once.

    The first line is what happened; the others are what is computed anew because of it.
    """
    cause = lines[0].row
    net = np.sum([line.shares.net for line in lines], axis=0)
    if len(lines) == 1 and taken_back is None:
        bridged = distribute(session, loan, notes.accounts, net)
    else:
        bridged = share_out(session, loan, notes.accounts, net, taken_back=taken_back)
    postings = _postings(session, loan, [line.row for line in lines], bridged)
    entry_id = _posted(session, loan, cause, postings, by=by, memo=memo)
    for line in lines:
        line.row.entry_id = entry_id
        session.add(line.row)
        # In the order of their numbers, so that a return never comes before what it returns.
        session.flush()
        _distribute(session, line.row.id, notes, line.shares)
    for line in lines:
        _add_up(loan, line.row)
    _receive(session, notes, [line.shares for line in lines])
    keep(session, loan, bridged, cause=cause)


def _posted(
    session: Session, loan: Loan, cause: Repayment, postings: list[Part], *, by: str, memo: str
) -> int:
    """Move the money; where new terms move none, the payout stands for the row."""
    try:
        entry = post(
            session,
            key=f"repayment:{loan.id}:{cause.key}",
            postings=postings,
            at=cause.at,
            memo=memo[:200],
            actor=by,
        )
    except NothingToPost:
        paid_out = select(Entry.id).where(Entry.key == f"disburse:{loan.listing_id}")
        return session.scalars(paid_out).one()
    return entry.id


def _add_up(loan: Loan, repayment: Repayment) -> None:
    """Add a payment, or the negated parts of a return, to the totals of its loan."""
    loan.payments = repayment.seq
    loan.outstanding_minor -= repayment.principal_minor
    loan.paid_principal_minor += repayment.principal_minor
    loan.paid_interest_minor += repayment.interest_minor
    loan.paid_late_fee_minor += repayment.late_fee_minor
    loan.recovered_minor += repayment.recovery_minor


def _postings(
    session: Session, loan: Loan, rows: Sequence[Repayment], bridged: Bridged
) -> list[Part]:
    """Collect the money, share it, keep the fees and send back what is too much, in that order.

    Of a return all of it goes the other way; what the platform gives back or advances comes from
    what it has earned.
    """
    amount, kept, collected, excess = (
        sum(amounts)
        for amounts in zip(
            *(
                (
                    row.amount_minor,
                    row.servicing_fee_minor + row.late_fee_kept_minor + row.fee_minor,
                    row.collection_fee_minor,
                    row.excess_minor,
                )
                for row in rows
            ),
            strict=True,
        )
    )
    currency = loan.principal.currency
    outside = AccountRef(AccountKind.STRIPE, None, currency)
    fees = AccountRef(AccountKind.FEES, None, currency)
    inwards = max(amount, 0) + max(-excess, 0)

    def flow(movement: Movement, minor: int, *, to: AccountRef) -> Posting:
        return Posting(movement, loan.account_id, to, Money(max(minor, 0), currency))

    wanted = {
        Movement.REBATE: max(-kept, 0) + max(-collected, 0),
        Movement.ADVANCE: bridged.advanced,
    }
    return [
        Posting(Movement.COLLECT, outside, loan.account_id, Money(inwards, currency)),
        *bridged.parts,
        flow(Movement.SERVICE, kept, to=fees),
        flow(Movement.SERVICE, collected, to=fees),
        *draw(session, loan, wanted),
        flow(Movement.REFUND, excess, to=outside),
        flow(Movement.RETURN, -amount, to=outside),
    ]


def _distribute(session: Session, repayment_id: UUID, notes: Notes, shares: Shares) -> None:
    """Write down what each note received."""
    touched = np.flatnonzero(shares.gross)
    columns = {
        "repayment_id": repayment_id,
        "note_id": [notes.ids[place] for place in touched],
        "principal_minor": shares.principal[touched],
        "interest_minor": shares.interest[touched],
        "late_fee_minor": shares.late_fee[touched],
        "recovery_minor": shares.recovery[touched],
        "fee_minor": shares.fee[touched],
    }
    bulk_insert(session, DISTRIBUTIONS, columns, count=len(touched))


def _receive(session: Session, notes: Notes, shares: Sequence[Shares]) -> None:
    """Add what was distributed to the notes."""
    total = reduce(Shares.plus, shares)
    touched = np.flatnonzero(
        np.any([getattr(total, part) for _, part in _RECEIVED.values()], axis=0)
    )
    fresh = _changed(notes.book.after(total), total, touched)
    if fresh:
        ids = [notes.ids[place] for place in touched]
        bulk_update(session, NOTES, "id", {"id": ids} | fresh, count=len(touched))


def _changed(book: NoteBook, shares: Shares, touched: Column) -> dict[str, Column]:
    """Return the columns in which something was received."""
    return {
        column: getattr(book, total)[touched]
        for column, (total, part) in _RECEIVED.items()
        if getattr(shares, part).any()
    }
