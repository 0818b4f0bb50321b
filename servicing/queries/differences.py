"""What a payment of an earlier day, or a return, changed: told to the borrower and to lenders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import Currency, Money, find
from servicing.kinds import RepaymentKind
from servicing.models import Correction, Distribution, Loan, Note, Repayment, Shortfall
from servicing.owing import owed
from servicing.queries.loans import plan
from servicing.state import State


@dataclass(frozen=True, slots=True)
class Parts:
    """One amount by component."""

    principal: Money
    interest: Money
    late_fee: Money
    recovery: Money


@dataclass(frozen=True, slots=True)
class Change:
    """One later payment that was computed anew: what it paid, and what it pays now."""

    place: int
    paid_on: date
    kind: RepaymentKind
    was: Parts
    now: Parts


@dataclass(frozen=True, slots=True)
class Differences:
    """What one payment or return changed for the borrower.

    Attributes:
        number: the number of the payment or return on its loan.
        on: the day of which the two sums speak.
        owed_before: all that was owed on that day without the change.
        owed_after: all that is owed with it.
        late_before: of it, late fees.
        late_after: of it, late fees now.
        changes: the later payments that come out differently.
    """

    number: int
    on: date
    owed_before: Money
    owed_after: Money
    late_before: Money
    late_after: Money
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class OpenShortfall:
    """What a lender could not give back of a loan; their next distributions meet it."""

    loan_id: UUID
    loan_number: int
    amount: Money


def differences(session: Session, *, loan_id: UUID) -> list[Differences]:
    """Return what payments of earlier days and returns changed on a loan, the latest first."""
    loan = find(session, Loan, loan_id)
    rows = session.execute(
        select(Correction, Repayment.seq)
        .join(Repayment, Repayment.id == Correction.repayment_id)
        .where(Correction.loan_id == loan_id)
        .order_by(Repayment.seq.desc())
    ).all()
    changed = _changes(session, loan_id)
    return [_told(loan, row.Correction, row.seq, changed) for row in rows]


def lender_differences(session: Session, *, repayment_id: UUID, lender_id: UUID) -> Parts:
    """Return what a payment or return, with all that came anew by it, brought a lender.

    Below zero is what the lender's notes have received less than before; the platform's fee is not
    taken off.
    """
    sums = (
        func.coalesce(func.sum(part), 0)
        for part in (
            Distribution.principal_minor,
            Distribution.interest_minor,
            Distribution.late_fee_minor,
            Distribution.recovery_minor,
        )
    )
    cause = (Repayment.id == repayment_id) | (Repayment.cause_id == repayment_id)
    row = session.execute(
        select(*sums)
        .select_from(Distribution)
        .join(Repayment, Repayment.id == Distribution.repayment_id)
        .join(Note, Note.id == Distribution.note_id)
        .where(cause, Note.lender_id == lender_id)
    ).one()
    return _parts(row, Currency(find(session, Repayment, repayment_id).currency))


def shortfalls_of(session: Session, *, lender_id: UUID) -> list[OpenShortfall]:
    """Return what a lender's next distributions will meet first, loan by loan."""
    rows = session.execute(
        select(Shortfall, Loan.number)
        .join(Loan, Loan.id == Shortfall.loan_id)
        .where(Shortfall.lender_id == lender_id, Shortfall.open_minor > 0)
        .order_by(Loan.number)
    )
    return [
        OpenShortfall(
            row.Shortfall.loan_id,
            row.number,
            Money(row.Shortfall.open_minor, Currency(row.Shortfall.currency)),
        )
        for row in rows
    ]


def _told(
    loan: Loan, made: Correction, number: int, changed: dict[UUID, list[Change]]
) -> Differences:
    agreed = plan(loan)
    before, after = State.from_json(made.before), State.from_json(made.after)
    late = (sum(bill.late_fee for bill in state.bills) for state in (before, after))
    late_before, late_after = map(agreed.money, late)
    return Differences(
        number=number,
        on=after.as_of,
        owed_before=owed(before, plan=agreed).total,
        owed_after=owed(after, plan=agreed).total,
        late_before=late_before,
        late_after=late_after,
        changes=tuple(changed.get(made.repayment_id, ())),
    )


def _changes(session: Session, loan_id: UUID) -> dict[UUID, list[Change]]:
    """Return the later payments that came anew, by what caused it.

    Of each there are two rows in turn: what is taken back, and what stands in its place.
    """
    rows = session.scalars(
        select(Repayment)
        .where(Repayment.loan_id == loan_id, Repayment.cause_id.is_not(None))
        .order_by(Repayment.seq)
    ).all()
    changed: dict[UUID, list[Change]] = {}
    for back, fresh in zip(rows[::2], rows[1::2], strict=True):
        assert fresh.cause_id is not None
        changed.setdefault(fresh.cause_id, []).append(
            Change(
                place=fresh.place,
                paid_on=fresh.paid_on,
                kind=RepaymentKind(fresh.kind),
                was=_of(back, sign=-1),
                now=_of(fresh, sign=1),
            )
        )
    return changed


def _of(row: Repayment, *, sign: int) -> Parts:
    minors = (row.principal_minor, row.interest_minor, row.late_fee_minor, row.recovery_minor)
    return _parts((sign * minor for minor in minors), Currency(row.currency))


def _parts(minors: Iterable[int], currency: Currency) -> Parts:
    return Parts(*(Money(int(minor), currency) for minor in minors))
