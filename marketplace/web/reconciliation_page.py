"""What the pages of reconciling show."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any

from sqlalchemy.orm import Session

import escrow
from escrow import BreakFile, BreakLine, ReportFile, ReportLine, StatementFileLine
from kernel import Currency, Money
from marketplace.schemas.reconciliation import REMEDIES
from marketplace.web.reconciliation_words import flow_name, found_name, place_name, reason_name
from marketplace.web.spreadsheets import BOM, safe
from marketplace.who import spoken_names
from marketplace.words import spoken, state_word


@dataclass(frozen=True)
class Standing:
    """What a place holds by the book, by all that it told, and by its own word."""

    place: str
    book: Money
    lines: Money
    told: Money | None
    told_on: date | None

    @property
    def difference(self) -> Money:
        """What the outside has more than the book."""
        return (self.lines if self.told is None else self.told) - self.book


@dataclass(frozen=True)
class Side:
    """One line of a flow."""

    side: str
    ident: str
    what: str
    on: date
    amount: Money


@dataclass(frozen=True)
class Flow:
    """One flow at one place, with its verdict."""

    flow: str
    name: str
    place: str
    book: Money
    outside: Money
    verdict: str
    unexplained: Money
    number: int | None
    reasons: tuple[str, ...]
    lines: tuple[Side, ...]


@dataclass(frozen=True)
class DayPage:
    """The report of a day, whole."""

    line: ReportLine
    runs: int
    through_entry_id: int
    standings: tuple[Standing, ...]
    flows: tuple[Flow, ...]


@dataclass(frozen=True)
class IndexPage:
    """Where the money is, what differs, the days and the bank's files."""

    newest: DayPage | None
    breaks: tuple[BreakLine, ...]
    everything: bool
    days: tuple[ReportLine, ...]
    files: tuple[StatementFileLine, ...]
    who: Mapping[str, str]


@dataclass(frozen=True)
class Event:
    """One thing that happened to a break."""

    at: datetime
    text: str
    by: str
    note: str
    tone: str


@dataclass(frozen=True)
class BreakPage:
    """A break, its lines in the newest report, and what may be done with it now."""

    file: BreakFile
    name: str
    place: str
    found: str
    remedy: str
    bank_text: str
    flow: Flow | None
    events: tuple[Event, ...]
    who: Mapping[str, str]
    mine: bool
    proposed_by_me: bool


def index_page(session: Session, *, on: date, everything: bool) -> IndexPage:
    """Return what the first page of reconciling shows."""
    days = escrow.reports(session, limit=31)
    breaks = escrow.breaks(session, on=on, everything=everything)
    files = escrow.statement_files(session, limit=10)
    marks = {*(each.owner for each in breaks if each.owner), *(each.by for each in files)}
    return IndexPage(
        newest=day_page(escrow.report_of(session, day=days[0].day)) if days else None,
        breaks=breaks,
        everything=everything,
        days=days,
        files=files,
        who=spoken_names(session, marks),
    )


def day_page(file: ReportFile) -> DayPage:
    """Return what the page of a day shows."""
    return DayPage(
        line=file.line,
        runs=file.runs,
        through_entry_id=file.through_entry_id,
        standings=tuple(map(_standing, file.body["standings"])),
        flows=tuple(sorted(map(_flow, file.body["flows"]), key=_first_the_breaks)),
    )


def break_page(session: Session, *, number: int, me: str, on: date) -> BreakPage:
    """Return what the page of a break shows.

    Raises:
        NotFound: there is none with this number.
    """
    file = escrow.break_file(session, number=number, on=on)
    marks = {by for _at, _to, by, _why in file.events} | {file.proposed_by, file.line.owner}
    who = spoken_names(session, marks - {""})
    return BreakPage(
        file=file,
        name=flow_name(file.line.flow),
        place=place_name(file.line.place),
        found=found_name(file.line.found),
        remedy=str(REMEDIES.get(file.remedy, "")),
        bank_text=escrow.bank_text(session, flow=file.line.flow),
        flow=_newest_of(session, file.line),
        events=tuple(_event(*each, who) for each in file.events),
        who=who,
        mine=file.line.owner == me,
        proposed_by_me=file.proposed_by == me,
    )


def spreadsheet(page: DayPage) -> str:
    """Return the flows of a day as CSV, one line each, amounts with a decimal point."""
    file = StringIO()
    rows = csv.writer(file)
    rows.writerow(
        ["flow", "place", "currency", "book", "outside", "verdict", "unexplained", "break", "why"]
    )
    for each in page.flows:
        amounts = [f"{amount.decimal:f}" for amount in (each.book, each.outside)]
        rest = [each.verdict, f"{each.unexplained.decimal:f}", each.number or ""]
        why = safe("; ".join(each.reasons))
        currency = each.book.currency.value
        rows.writerow([safe(each.flow), each.place, currency, *amounts, *rest, why])
    return BOM + file.getvalue()


def _standing(said: dict[str, Any]) -> Standing:
    currency = Currency(said["currency"])
    told = said["told"]
    return Standing(
        place=place_name(said["place"]),
        book=Money(said["book"], currency),
        lines=Money(said["lines"], currency),
        told=None if told is None else Money(told, currency),
        told_on=date.fromisoformat(said["told_on"]) if said["told_on"] else None,
    )


def _flow(said: dict[str, Any]) -> Flow:
    currency = Currency(said["currency"])
    return Flow(
        flow=said["flow"],
        name=flow_name(said["flow"]),
        place=place_name(said["place"]),
        book=Money(said["book"], currency),
        outside=Money(said["outside"], currency),
        verdict=said["verdict"],
        unexplained=Money(said["unexplained"], currency),
        number=said["break"],
        reasons=tuple(reason_name(word) for word, _amount in said["reasons"]),
        lines=tuple(_side(line, currency) for line in said["lines"]),
    )


def _side(line: Sequence[Any], currency: Currency) -> Side:
    side, ident, what, on, amount = line
    return Side(side, ident, what, date.fromisoformat(on), Money(amount, currency))


def _first_the_breaks(flow: Flow) -> tuple[int, str]:
    return ["break", "explained", "cleared"].index(flow.verdict), flow.flow


def _event(at: datetime, state: str, by: str, why: str, who: Mapping[str, str]) -> Event:
    word = state_word("break", state)
    return Event(at, str(word.text), who[by], _why(why), word.tone)


def _why(why: str) -> str:
    """Return why something was done: the remedy in words, then what was noted."""
    remedy, colon, note = why.partition(": ")
    if colon and remedy in REMEDIES:
        return f"{REMEDIES[remedy]}: {note}"
    return spoken(why)


def _newest_of(session: Session, line: BreakLine) -> Flow | None:
    """Return the flow of a break as the newest report has it, while it still does."""
    days = escrow.reports(session, limit=1)
    flows = day_page(escrow.report_of(session, day=days[0].day)).flows if days else ()
    return next((each for each in flows if each.number == line.number), None)
