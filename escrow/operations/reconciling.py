"""The day's reconciliation: recognise, settle, hold against each other, open and close breaks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escrow.models import Entry
from escrow.operations.breaks import follow
from escrow.operations.recognising import note_flow, recognise
from escrow.operations.returns import meet_shortfalls
from escrow.operations.settling import book_costs, settle
from escrow.outside import (
    BankBalance,
    ProviderBundle,
    ProviderFetch,
    ProviderLine,
    ReconciliationReport,
)
from escrow.queries.explaining import explanations
from escrow.queries.sides import sides
from escrow.reconciling import Explanation, Key, Line, Outcome, Place, Verdict, paired, reconcile
from kernel import Currency, Money

SYSTEM = "system"
BY_AMOUNT = "by its amount and day"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a place holds in one currency: by the book, by its lines, and by its own word."""

    place: Place
    currency: str
    book: int
    lines: int
    told: int | None
    told_on: date | None


def reconcile_day(
    session: Session,
    *,
    on: date,
    at: datetime,
    held: Mapping[Currency, Money] | None = None,
) -> ReconciliationReport:
    """Hold the book against provider and bank, and keep the whole report of it.

    What is owed for returned deposits is met first, as far as there is money; lines of the bank are
    recognised, prices paid, and payments of the provider to our bank settled. Every flow then
    clears, is explained, or is one break. A break that has gone is resolved by itself.

    Args:
        session: the writing session.
        on: the day that is reported.
        at: the moment, for the record.
        held: what the provider says now that it holds for us, by currency.
    """
    meet_shortfalls(session, at=at)
    recognise(session, at=at)
    book_costs(session, at=at)
    places = compared(session)
    told = _told(session)
    lines = sides(session, places=places)
    joined = paired(lines)
    _remember(session, lines, joined, at)
    settle(session, lines=joined, at=at)
    lines = sides(session, places=places)
    reasons = explanations(session, paired(lines), told=told)
    outcomes = reconcile(lines, reasons, on=on)
    standings = _standings(session, outcomes, held or {}, on)
    outcomes += [lack for each in standings if (lack := _missing(each, reasons)) is not None]
    outcomes += _bundles(session, reasons)
    numbers = follow(session, outcomes, on=on, at=at)
    return _report(session, on=on, at=at, outcomes=outcomes, standings=standings, numbers=numbers)


def compared(session: Session) -> frozenset[Place]:
    """Return the places that can be compared: the provider's once it has told its lines."""
    finished = select(ProviderFetch.id).where(ProviderFetch.finished_at.is_not(None)).limit(1)
    provider = session.scalar(finished) is not None
    return frozenset(Place) if provider else frozenset({Place.BANK})


def _told(session: Session) -> dict[Place, datetime | date | None]:
    """Return until when the outside has told what happened."""
    return {
        Place.STRIPE: session.scalar(
            select(func.max(ProviderFetch.until)).where(ProviderFetch.finished_at.is_not(None))
        ),
        Place.BANK: session.scalar(select(func.max(BankBalance.day))),
    }


def _remember(session: Session, before: list[Line], after: list[Line], at: datetime) -> None:
    """Write down which lines only their amount and day brought to a flow."""
    for was, line in zip(before, after, strict=True):
        alone = f"{line.side}:{line.id}"
        if not was.flow and line.flow != alone:
            note_flow(
                session,
                side=line.side,
                line=line.id,
                flow=line.flow,
                by=SYSTEM,
                at=at,
                why=BY_AMOUNT,
            )


def _standings(
    session: Session, outcomes: Sequence[Outcome], held: Mapping[Currency, Money], on: date
) -> list[Standing]:
    keys = sorted({(each.key.place, each.key.currency) for each in outcomes})
    found = []
    for place, currency in keys:
        here = [
            each for each in outcomes if each.key.place is place and each.key.currency == currency
        ]
        told, day = _word(session, place, currency, held, on)
        found.append(
            Standing(
                place,
                currency,
                sum(each.book for each in here),
                sum(each.outside for each in here),
                told,
                day,
            )
        )
    return found


def _word(
    session: Session, place: Place, currency: str, held: Mapping[Currency, Money], on: date
) -> tuple[int | None, date | None]:
    """Return what a place says itself that it holds: the provider now, the bank at its last day."""
    if place is Place.STRIPE:
        amount = held.get(Currency(currency))
        return (None, None) if amount is None else (amount.minor, on)
    rows = session.execute(
        select(BankBalance.account, BankBalance.day, BankBalance.amount_minor)
        .where(BankBalance.currency == currency, BankBalance.day <= on)
        .order_by(BankBalance.day)
    ).all()
    last = {row.account: row for row in rows}
    if not last:
        return None, None
    return sum(row.amount_minor for row in last.values()), max(row.day for row in last.values())


def _missing(standing: Standing, reasons: Mapping[Key, Sequence[Explanation]]) -> Outcome | None:
    """Return what a place says that it holds, and its lines do not come to."""
    if standing.told is None or standing.told == standing.lines:
        return None
    key = Key(f"balance:{standing.place}", standing.place, standing.currency)
    lacking = standing.told - standing.lines
    return _lack(key, lacking, reasons)


def _lack(key: Key, lacking: int, reasons: Mapping[Key, Sequence[Explanation]]) -> Outcome:
    """Return what lacks; only people can say that it may."""
    known = tuple(reasons.get(key, ()))
    rest = lacking - sum(each.amount for each in known)
    verdict = Verdict.BREAK if rest else Verdict.EXPLAINED
    return Outcome(key, 0, lacking, verdict, rest, known, ())


def _bundles(session: Session, reasons: Mapping[Key, Sequence[Explanation]]) -> list[Outcome]:
    """Return the payments to our bank that are not the sum of what was paid in them."""
    inside = (
        select(
            ProviderBundle.payout,
            func.sum(ProviderLine.amount_minor - ProviderLine.fee_minor).label("net"),
        )
        .join(ProviderLine, ProviderLine.id == ProviderBundle.line_id)
        .group_by(ProviderBundle.payout)
        .subquery()
    )
    rows = session.execute(
        select(ProviderLine.source, ProviderLine.currency, ProviderLine.amount_minor, inside.c.net)
        .join(inside, inside.c.payout == ProviderLine.source)
        .where(ProviderLine.kind == "payout", inside.c.net != -ProviderLine.amount_minor)
    )
    found = []
    for row in rows:
        key = Key(f"bundle:{row.source}", Place.STRIPE, row.currency)
        lacking = -row.amount_minor - int(row.net)
        found.append(_lack(key, lacking, reasons))
    return found


def _report(
    session: Session,
    *,
    on: date,
    at: datetime,
    outcomes: Sequence[Outcome],
    standings: Sequence[Standing],
    numbers: Mapping[Key, int],
) -> ReconciliationReport:
    """Keep what was found: all that is open or explained, and what of the day has cleared."""
    shown = [
        each
        for each in outcomes
        if each.verdict is not Verdict.CLEARED or any(line.on == on for line in each.lines)
    ]
    counts = dict.fromkeys(Verdict, 0)
    for each in outcomes:
        counts[each.verdict] += 1
    body = {
        "standings": [_standing(each) for each in standings],
        "flows": [_flow(each, numbers) for each in shown],
    }
    report = ReconciliationReport(
        day=on,
        at=at,
        through_entry_id=session.scalar(select(func.max(Entry.id))) or 0,
        flows=len(outcomes),
        cleared=counts[Verdict.CLEARED],
        explained=counts[Verdict.EXPLAINED],
        breaks=counts[Verdict.BREAK],
        body=json.dumps(body, ensure_ascii=False),
    )
    session.add(report)
    session.flush()
    return report


def _standing(each: Standing) -> dict[str, Any]:
    return {
        "place": each.place.value,
        "currency": each.currency,
        "book": each.book,
        "lines": each.lines,
        "told": each.told,
        "told_on": each.told_on and each.told_on.isoformat(),
    }


def _flow(each: Outcome, numbers: Mapping[Key, int]) -> dict[str, Any]:
    return {
        "flow": each.key.flow,
        "place": each.key.place.value,
        "currency": each.key.currency,
        "book": each.book,
        "outside": each.outside,
        "verdict": each.verdict.value,
        "unexplained": each.unexplained,
        "break": numbers.get(each.key),
        "reasons": [[reason.reason, reason.amount] for reason in each.reasons],
        "lines": [
            [line.side.value, line.id, line.what, line.on.isoformat(), line.amount]
            for line in each.lines
        ],
    }
