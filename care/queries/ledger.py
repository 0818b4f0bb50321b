"""The monitoring ledger (贷款监测台账): every loan, how it stands and what is next on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from care.errors import UnusablePlace
from care.models import CareFile
from kernel import Money
from servicing import Categories, LoanStatus, Proposal, ProposalKind, ProposalStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFilters:
    """Which loans are wanted; what is None does not matter.

    Attributes:
        status: of the loan.
        least_late: at least so many days late.
        category: the category it is in.
        owner_id: who owns it.
        tier: how closely it is watched.
        number: the number of the loan.
        sort: `number` for the newest first, `late` for the latest, `action` for the next action.
    """

    status: str | None = None
    least_late: int | None = None
    category: str | None = None
    owner_id: UUID | None = None
    tier: str | None = None
    number: int | None = None
    sort: str = "number"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One loan of the ledger."""

    loan_id: UUID
    number: int
    borrower_id: UUID
    owner_id: UUID
    product: str
    tier: str
    status: str
    outstanding: Money
    started_on: date
    days_late: int
    category: str
    next_action: str | None
    next_action_on: date | None


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Some loans, and where the next ones start."""

    lines: tuple[LedgerLine, ...]
    after: str | None


def ledger(
    session: Session,
    *,
    filters: LedgerFilters,
    preset: Categories,
    on: date,
    after: str | None = None,
    limit: int = 25,
) -> LedgerPage:
    """Return a page of the ledger.

    Raises:
        UnusablePlace: `after` was not given out by this list.
    """
    wanted = _ordered(_filtered(filters, preset, on), filters.sort, after).limit(limit + 1)
    rows = session.scalars(wanted).all()
    judged = judged_categories(session, loan_ids=[row.loan_id for row in rows])
    lines = tuple(_line(row, judged.get(row.loan_id), preset, on) for row in rows[:limit])
    more = len(rows) > limit
    return LedgerPage(lines, _place(rows[limit - 1], filters.sort) if more else None)


def whole_ledger(
    session: Session, *, filters: LedgerFilters, preset: Categories, on: date, slice_: int = 1000
) -> Iterator[LedgerLine]:
    """Yield every loan of the ledger that the filters let through, a slice at a time."""
    after: str | None = None
    while True:
        page = ledger(session, filters=filters, preset=preset, on=on, after=after, limit=slice_)
        yield from page.lines
        if page.after is None:
            return
        session.expunge_all()
        after = page.after


def judged_categories(session: Session, *, loan_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the categories that were confirmed last, by loan."""
    rows = session.execute(
        select(Proposal.loan_id, Proposal.category)
        .where(Proposal.loan_id.in_(loan_ids), *_confirmed(Proposal))
        .order_by(Proposal.decided_at, Proposal.id)
    )
    return {loan_id: category or "" for loan_id, category in rows}


def _filtered(filters: LedgerFilters, preset: Categories, on: date) -> Select[CareFile]:
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (CareFile.status, filters.status),
        (CareFile.owner_id, filters.owner_id),
        (CareFile.tier, filters.tier),
        (CareFile.number, filters.number),
    ):
        if value is not None:
            conditions.append(column == value)
    if filters.least_late is not None:
        conditions.append(CareFile.unpaid_since <= on - timedelta(days=filters.least_late))
    if filters.category is not None:
        conditions.append(_in_category(filters.category, preset, on))
    return select(CareFile).where(*conditions)


def _ordered(wanted: Select[CareFile], sort: str, after: str | None) -> Select[CareFile]:
    if sort == "number":
        place = None if after is None else _whole(after)
        wanted = wanted if place is None else wanted.where(CareFile.number < place)
        return wanted.order_by(CareFile.number.desc())
    column = CareFile.unpaid_since if sort == "late" else CareFile.next_action_on
    wanted = wanted.where(column.is_not(None)).order_by(column, CareFile.number)
    if after is None:
        return wanted
    day, _, number = after.partition("~")
    try:
        here = tuple_(column, CareFile.number) > (date.fromisoformat(day), _whole(number))
    except ValueError:
        raise UnusablePlace(text=after) from None
    return wanted.where(here)


def _place(row: CareFile, sort: str) -> str:
    if sort == "number":
        return str(row.number)
    return f"{row.unpaid_since if sort == 'late' else row.next_action_on}~{row.number}"


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:  # noqa: PLR2004 - fits BIGINT
        raise UnusablePlace(text=text)
    return int(text)


def _in_category(category: str, preset: Categories, on: date) -> ColumnElement[bool]:
    """Return what holds for loans whose days or whose judgement, the worse, make this category."""
    names = preset.bands.names
    if category not in names:
        return CareFile.loan_id.is_(None)
    rank = names.index(category)
    by_days = and_(_band(rank, preset, on), ~_judged(names[rank + 1 :]))
    better = or_(*(_band(place, preset, on) for place in range(rank + 1)))
    return and_(
        CareFile.status == LoanStatus.ACTIVE, or_(by_days, and_(better, _judged([category])))
    )


def _band(rank: int, preset: Categories, on: date) -> ColumnElement[bool]:
    """Return what holds for loans that are as many days late as a category begins with."""
    starts = [start for _, start in preset.bands.starts]
    conditions = []
    if rank > 0:
        conditions.append(CareFile.unpaid_since <= on - timedelta(days=starts[rank]))
    if rank + 1 < len(starts):
        conditions.append(CareFile.unpaid_since > on - timedelta(days=starts[rank + 1]))
    band = and_(*conditions)
    return or_(CareFile.unpaid_since.is_(None), band) if rank == 0 else band


def _judged(categories: Sequence[str]) -> ColumnElement[bool]:
    """Return what holds for loans whose last confirmed judgement is one of these."""
    later = aliased(Proposal)
    newer = exists().where(
        later.loan_id == Proposal.loan_id,
        *_confirmed(later),
        tuple_(later.decided_at, later.id) > tuple_(Proposal.decided_at, Proposal.id),
    )
    last = select(Proposal.loan_id).where(
        *_confirmed(Proposal), Proposal.category.in_(categories), ~newer
    )
    return CareFile.loan_id.in_(last)


def _confirmed(row: type[Proposal]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return row.kind == ProposalKind.CATEGORY, row.status == ProposalStatus.CONFIRMED


def _line(row: CareFile, judged: str | None, preset: Categories, on: date) -> LedgerLine:
    days = 0 if row.unpaid_since is None else max(0, (on - row.unpaid_since).days)
    return LedgerLine(
        loan_id=row.loan_id,
        number=row.number,
        borrower_id=row.borrower_id,
        owner_id=row.owner_id,
        product=row.product,
        tier=row.tier,
        status=row.status,
        outstanding=row.outstanding,
        started_on=row.started_on,
        days_late=days,
        category=preset.of(days, judged=judged) if row.status == LoanStatus.ACTIVE else "",
        next_action=row.next_action,
        next_action_on=row.next_action_on,
    )
