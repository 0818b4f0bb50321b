"""The loan book by category (五级分类): how much is in each, and what is provided for it.

A category follows from the days late and from judgement, the worse of the two. Only late and judged
loans are looked at one by one; all the others are counted together.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from kernel import Currency, Money
from reporting.delinquency import days_past_due, may_be_late
from servicing import (
    Categories,
    CategoryLine,
    Loan,
    LoanStatus,
    Proposal,
    ProposalKind,
    judged_categories,
)


@dataclass(frozen=True, slots=True)
class CategoryBand:
    """What is outstanding in one category, and what is provided for it."""

    name: str
    loans: int
    outstanding: Money
    provision: Money


@dataclass(frozen=True, slots=True)
class CategoryMove:
    """How many loans went from one category to another; `to` is None where they ended."""

    was: str
    to: str | None
    loans: int


def categories_of(session: Session, *, preset: Categories, on: date) -> dict[UUID, str]:
    """Return the category of every active loan that is not in the best one."""
    judged = judged_categories(session)
    rows = session.execute(select(Loan.id, Loan.state).where(_looked_at(on)))
    found = {
        row.id: preset.of(days_past_due(row.state, on=on), judged=judged.get(row.id))
        for row in rows
    }
    best = preset.bands.names[0]
    return {loan: category for loan, category in found.items() if category != best}


def category_bands(
    session: Session, *, preset: Categories, on: date, currency: Currency
) -> tuple[CategoryBand, ...]:
    """Return the active book of one currency by category, the best first."""
    found = categories_of(session, preset=preset, on=on)
    in_currency = Loan.currency == currency.value
    loans, outstanding = session.execute(
        select(func.count(Loan.id), func.coalesce(func.sum(Loan.outstanding_minor), 0)).where(
            Loan.status == LoanStatus.ACTIVE, in_currency
        )
    ).one()
    counts, sums = Counter[str](), Counter[str]()
    rows = session.execute(
        select(Loan.id, Loan.outstanding_minor).where(_looked_at(on), in_currency)
    )
    for row in rows:
        if row.id in found:
            counts[found[row.id]] += 1
            sums[found[row.id]] += row.outstanding_minor
    best, *_ = preset.bands.names
    counts[best], sums[best] = loans - counts.total(), int(outstanding) - sums.total()
    return tuple(
        _band(preset, name, counts[name], Money(sums[name], currency))
        for name in preset.bands.names
    )


def category_moves(
    session: Session,
    before: Mapping[UUID, str],
    after: Mapping[UUID, str],
    *,
    best: str,
    since: date,
    until: date,
) -> tuple[CategoryMove, ...]:
    """Return how the loans that lived on one day stood on another: the migration matrix (迁徙).

    Args:
        session: a session that may only read.
        before: categories on the first day, of the loans that were not in the best.
        after: likewise on the second day.
        best: what every other loan is in.
        since: the first day.
        until: the second day.
    """
    lived = (Loan.started_on <= since) & ~_ended_by(since)
    named = Loan.id.in_(select(CategoryLine.loan_id)) | _looked_at(until)
    moves = Counter[tuple[str, str | None]]()
    for ended, to in ((_ended_by(until), None), (~_ended_by(until), best)):
        whole = session.scalar(select(func.count(Loan.id)).where(lived, ended)) or 0
        looked_at = session.scalars(select(Loan.id).where(lived, ended, named)).all()
        for loan in looked_at:
            moves[before.get(loan, best), to and after.get(loan, best)] += 1
        moves[best, to] += whole - len(looked_at)
    return tuple(CategoryMove(was, to, loans) for (was, to), loans in moves.items() if loans)


def _looked_at(on: date) -> ColumnElement[bool]:
    """Return the condition of the active loans that may be in another category than the best."""
    judged = select(Proposal.loan_id).where(Proposal.kind == ProposalKind.CATEGORY)
    active = (Loan.status == LoanStatus.ACTIVE) & Loan.id.in_(judged)
    return or_(may_be_late(on), active)


def _ended_by(day: date) -> ColumnElement[bool]:
    midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
    return Loan.closed_at.is_not(None) & (Loan.closed_at < midnight)


def _band(preset: Categories, name: str, loans: int, outstanding: Money) -> CategoryBand:
    return CategoryBand(name, loans, outstanding, preset.provision(outstanding, name))
