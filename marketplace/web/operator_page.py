"""What the operators' overview shows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

import origination
from kernel import Money
from marketplace import jobs
from origination import ApplicationStatus, ListingStatus
from reporting import LoanBookLine, buckets, listing_book, loan_book


@dataclass(frozen=True)
class Queue:
    """One thing that waits: what, how many, and where to go."""

    text: Any
    count: int
    endpoint: str
    values: dict[str, str]


@dataclass(frozen=True)
class BookLine:
    """Loans of one currency that stand alike."""

    standing: str
    loans: int
    outstanding: Money


@dataclass(frozen=True)
class Overview:
    """Every queue, and the loan book by standing."""

    queues: tuple[Queue, ...]
    failed_jobs: int
    book: tuple[BookLine, ...]


def overview(session: Session, *, on: date) -> Overview:
    """Return what waits and how the book stands."""
    return Overview(
        queues=(*_applications(session), *_listings(session)),
        failed_jobs=jobs.counts(session).get("failed", 0),
        book=_book(loan_book(session, on=on)),
    )


def _applications(session: Session) -> tuple[Queue, ...]:
    waiting = origination.count_by_status(session)
    steps = (
        ("submitted", _l("To review"), ApplicationStatus.SUBMITTED),
        ("reviewed", _l("To decide"), ApplicationStatus.REVIEWED),
        ("accepted", _l("To list"), ApplicationStatus.ACCEPTED),
    )
    return tuple(
        Queue(text, waiting.get(status, 0), "reviews.index", {"tab": tab})
        for tab, text, status in steps
    )


def _listings(session: Session) -> tuple[Queue, ...]:
    lines = listing_book(session)
    steps = (
        ("funded", _l("To pay out"), ListingStatus.FUNDED),
        ("open", _l("Open for funding"), ListingStatus.OPEN),
    )
    return tuple(
        Queue(
            text,
            sum(line.listings for line in lines if line.status is status),
            "desk.index",
            {"tab": tab},
        )
        for tab, text, status in steps
    )


def _book(lines: tuple[LoanBookLine, ...]) -> tuple[BookLine, ...]:
    """Add the grades of each standing up, the least late first."""
    order = [bucket.name for bucket in buckets()]
    groups: dict[tuple[str, str], BookLine] = {}
    for line in lines:
        key = (line.currency.value, line.standing)
        known = groups.get(key)
        groups[key] = BookLine(
            line.standing,
            line.loans + (known.loans if known else 0),
            line.outstanding if known is None else known.outstanding + line.outstanding,
        )
    rank = {name: place for place, name in enumerate(order)}
    return tuple(
        groups[key]
        for key in sorted(groups, key=lambda k: (k[0], rank.get(k[1], len(order)), k[1]))
    )
