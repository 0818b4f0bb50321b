"""What operators see of reconciling: reports, breaks by their age, files, choices."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escrow.gateway_names import BANK_FILE
from escrow.outside import (
    BankLineRow,
    BankStatementFile,
    Break,
    BreakStatus,
    CustodyChoice,
    PaymentFile,
    PaymentFileLine,
    ReconciliationReport,
)
from escrow.transfers import Payout, PayoutStatus
from kernel import Currency, Money, NotFound, StatusEvent


@dataclass(frozen=True, slots=True)
class BreakLine:
    """A break in a list; `age` is in days."""

    id: UUID
    number: int
    flow: str
    place: str
    amount: Money
    found: str
    status: str
    opened_on: date
    age: int
    owner: str
    note: str


@dataclass(frozen=True, slots=True)
class BreakFile:
    """A break with what is proposed for it, and all that happened to it."""

    line: BreakLine
    remedy: str
    subject: str
    proposed_by: str
    resolved_by: str
    resolved_at: datetime | None
    entry_id: int | None
    events: tuple[tuple[datetime, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One day's newest report in the list of days."""

    day: date
    at: datetime
    flows: int
    cleared: int
    explained: int
    breaks: int


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A day's report, whole, as it was stored."""

    line: ReportLine
    through_entry_id: int
    runs: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StatementFileLine:
    """A file of the bank that was imported."""

    name: str
    form: str
    lines: int
    fresh: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """A choice of where client money rests."""

    id: UUID
    kind: str
    why: str
    status: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaymentFileShown:
    """A file that was handed to the bank."""

    id: UUID
    number: int
    total: Money
    payouts: int
    by: str
    at: datetime


def breaks(session: Session, *, on: date, everything: bool = False) -> tuple[BreakLine, ...]:
    """Return the breaks that are not resolved, or all, the oldest first."""
    asked = select(Break).order_by(Break.opened_on, Break.number)
    if not everything:
        asked = asked.where(Break.status != BreakStatus.RESOLVED)
    return tuple(_break(row, on) for row in session.scalars(asked))


def break_numbered(session: Session, *, number: int) -> UUID:
    """Return the id of a break by its number.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(Break.id).where(Break.number == number))
    if found is None:
        raise NotFound(what="break", id=number)
    return found


def break_file(session: Session, *, number: int, on: date) -> BreakFile:
    """Return one break.

    Raises:
        NotFound: there is none with this number.
    """
    row = session.get_one(Break, break_numbered(session, number=number))
    events = session.scalars(
        select(StatusEvent)
        .where(StatusEvent.noun == "break", StatusEvent.subject_id == row.id)
        .order_by(StatusEvent.id.desc())
    )
    return BreakFile(
        line=_break(row, on),
        remedy=row.remedy or "",
        subject=row.subject or "",
        proposed_by=row.proposed_by or "",
        resolved_by=row.resolved_by or "",
        resolved_at=row.resolved_at,
        entry_id=row.entry_id,
        events=tuple((each.at, each.to_state, each.by, each.why) for each in events),
    )


def reports(session: Session, *, limit: int = 60) -> tuple[ReportLine, ...]:
    """Return the newest report of each day, the latest day first."""
    newest = select(func.max(ReconciliationReport.id)).group_by(ReconciliationReport.day)
    asked = (
        select(ReconciliationReport)
        .where(ReconciliationReport.id.in_(newest))
        .order_by(ReconciliationReport.day.desc())
        .limit(limit)
    )
    return tuple(map(_line, session.scalars(asked)))


def report_of(session: Session, *, day: date) -> ReportFile:
    """Return the newest report of a day.

    Raises:
        NotFound: there is none.
    """
    own = ReconciliationReport.day == day
    asked = select(ReconciliationReport).where(own).order_by(ReconciliationReport.id.desc())
    row = session.scalars(asked.limit(1)).first()
    if row is None:
        raise NotFound(what="report", id=day)
    runs = session.scalar(select(func.count()).select_from(ReconciliationReport).where(own))
    return ReportFile(_line(row), row.through_entry_id, runs or 0, json.loads(row.body))


def statement_files(session: Session, *, limit: int = 30) -> tuple[StatementFileLine, ...]:
    """Return the newest files of the bank."""
    asked = select(BankStatementFile).order_by(BankStatementFile.id.desc()).limit(limit)
    return tuple(
        StatementFileLine(row.name, row.form, row.lines, row.fresh, row.by, row.at)
        for row in session.scalars(asked)
    )


def choices(session: Session) -> tuple[ChoiceLine, ...]:
    """Return every choice of where client money rests, the newest first."""
    asked = select(CustodyChoice).order_by(CustodyChoice.id.desc())
    return tuple(
        ChoiceLine(
            row.id,
            row.kind,
            row.why,
            row.status,
            row.proposed_by,
            row.proposed_at,
            row.decided_by or "",
            row.decided_at,
        )
        for row in session.scalars(asked)
    )


def payment_files(session: Session, *, limit: int = 30) -> tuple[PaymentFileShown, ...]:
    """Return the newest files that were handed to the bank."""
    asked = select(PaymentFile).order_by(PaymentFile.id.desc()).limit(limit)
    return tuple(
        PaymentFileShown(row.id, row.number, row.total, row.payouts, row.by, row.at)
        for row in session.scalars(asked)
    )


def payouts_for_file(session: Session) -> tuple[tuple[int, Money], ...]:
    """Return how many payouts wait for a file for the bank, and their sum, by currency."""
    filed = select(PaymentFileLine.payout_id)
    rows = session.execute(
        select(Payout.currency, func.count(), func.sum(Payout.amount_minor))
        .where(
            Payout.gateway == BANK_FILE,
            Payout.status == PayoutStatus.REQUESTED,
            Payout.id.not_in(filed),
        )
        .group_by(Payout.currency)
        .order_by(Payout.currency)
    )
    return tuple((count, Money(int(total), Currency(code))) for code, count, total in rows)


def payment_file_body(session: Session, *, file_id: UUID) -> str:
    """Return a file as it was handed to the bank.

    Raises:
        NotFound: there is none.
    """
    row = session.get(PaymentFile, file_id)
    if row is None:
        raise NotFound(what="file", id=file_id)
    return row.body


def bank_text(session: Session, *, flow: str) -> str:
    """Return what the bank's line says from which a flow was named; nothing for other flows."""
    side, _, ident = flow.partition(":")
    row = session.get(BankLineRow, int(ident)) if side == "bank" else None
    if row is None:
        return ""
    words = (row.counterparty, row.text, row.reference)
    return " · ".join(word for word in words if word)


def _break(row: Break, on: date) -> BreakLine:
    return BreakLine(
        id=row.id,
        number=row.number,
        flow=row.flow,
        place=row.place,
        amount=Money(row.amount_minor, Currency(row.currency)),
        found=row.found,
        status=row.status,
        opened_on=row.opened_on,
        age=(on - row.opened_on).days,
        owner=row.owner or "",
        note=row.note,
    )


def _line(row: ReconciliationReport) -> ReportLine:
    return ReportLine(row.day, row.at, row.flows, row.cleared, row.explained, row.breaks)
