"""What a close has to do, and what it has done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from kernel import Currency, Money
from servicing.close_models import CloseItem
from servicing.models import Loan, LoanStatus


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What a close did to the loans of one currency.

    Attributes:
        currency: of all amounts.
        loans: on how many something happened.
        bills: how many installments fell due.
        billed: what they ask for.
        late_fees: how many late fees were charged.
        late_fee: what they come to.
        losses: how many loans were charged off.
        lost: their principal.
    """

    currency: Currency
    loans: int
    bills: int
    billed: Money
    late_fees: int
    late_fee: Money
    losses: int
    lost: Money


def is_due(day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the condition of a loan on which something happens by itself up to a day."""
    return Loan.next_event_on <= day, Loan.status == LoanStatus.ACTIVE


def due_loans(
    session: Session, *, on: date, after: UUID | None = None, limit: int | None = None
) -> list[UUID]:
    """Return the loans on which something happens by itself on a day or happened before it.

    Args:
        session: a session that may only read.
        on: the day.
        after: the last loan of the page before.
        limit: how many at most.
    """
    due = select(Loan.id).where(*is_due(on))
    if after is not None:
        due = due.where(Loan.id > after)
    return list(session.scalars(due.order_by(Loan.id).limit(limit)))


def count_due(session: Session, *, on: date) -> int:
    """Return how many loans are due on a day."""
    return session.scalar(select(func.count()).select_from(Loan).where(*is_due(on))) or 0


def closed_loans(session: Session, *, day: date) -> Sequence[UUID]:
    """Return the loans that the close of a day has touched, in the order of their ids."""
    closed = CloseItem.day == day, CloseItem.closed_at.is_not(None)
    return session.scalars(
        select(CloseItem.loan_id).where(*closed).order_by(CloseItem.loan_id)
    ).all()


def failed_loans(session: Session, *, day: date) -> list[dict[str, str]]:
    """Return the loans that the close of a day could not close, and why."""
    failed = (
        select(CloseItem.loan_id, CloseItem.failure)
        .where(CloseItem.day == day, CloseItem.failure.is_not(None))
        .order_by(CloseItem.loan_id)
    )
    return [{"loan": str(row.loan_id), "why": row.failure} for row in session.execute(failed)]


def claimed_loans(session: Session, *, day: date) -> int:
    """Return how many loans of a day are claimed and neither closed nor failed."""
    open_ones = (
        CloseItem.day == day,
        CloseItem.closed_at.is_(None),
        CloseItem.failure.is_(None),
    )
    return session.scalar(select(func.count()).select_from(CloseItem).where(*open_ones)) or 0


def day_totals(session: Session, *, day: date) -> tuple[DayTotal, ...]:
    """Return what the close of a day did to the loans, by currency."""
    rows = session.execute(
        select(
            Loan.currency,
            func.count(),
            func.sum(CloseItem.bills),
            func.sum(CloseItem.billed_minor),
            func.sum(CloseItem.late_fees),
            func.sum(CloseItem.late_fee_minor),
            func.sum(case((CloseItem.lost_minor > 0, 1), else_=0)),
            func.sum(CloseItem.lost_minor),
        )
        .join(Loan, Loan.id == CloseItem.loan_id)
        .where(CloseItem.day == day, CloseItem.closed_at.is_not(None))
        .group_by(Loan.currency)
        .order_by(Loan.currency)
    )
    return tuple(_total(Currency(row[0]), *map(int, row[1:])) for row in rows)


def _total(currency: Currency, *sums: int) -> DayTotal:
    loans, bills, billed, late_fees, late_fee, losses, lost = sums
    return DayTotal(
        currency=currency,
        loans=loans,
        bills=bills,
        billed=Money(billed, currency),
        late_fees=late_fees,
        late_fee=Money(late_fee, currency),
        losses=losses,
        lost=Money(lost, currency),
    )
