"""What the pages of reviewing show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

import origination
from marketplace.who import names, spoken_names
from marketplace.words import state_word
from origination import ApplicationCard, ApplicationFile, ApplicationStatus, DecisionKind, Quote

TABS: dict[str, tuple[Any, ApplicationStatus]] = {
    "submitted": (_l("To review"), ApplicationStatus.SUBMITTED),
    "reviewed": (_l("To decide"), ApplicationStatus.REVIEWED),
    "approved": (_l("Offered"), ApplicationStatus.APPROVED),
    "accepted": (_l("To list"), ApplicationStatus.ACCEPTED),
}


@dataclass(frozen=True)
class Waiting:
    """One application of the queue, with whose it is."""

    card: ApplicationCard
    borrower: str


@dataclass(frozen=True)
class QueuePage:
    """The applications that wait for one step, the oldest first."""

    tab: str
    tabs: tuple[tuple[str, Any], ...]
    rows: tuple[Waiting, ...]
    after: str | None


@dataclass(frozen=True)
class Told:
    """One line of the timeline, in the form that the component takes."""

    at: datetime
    text: str
    by: str
    note: str


@dataclass(frozen=True)
class Related:
    """Another borrower who belongs together with this one."""

    name: str
    since: datetime
    why: str


@dataclass(frozen=True)
class Workbench:
    """Everything that one application is judged by.

    Attributes:
        quote: what the borrower would get by the rules, or was offered; None where no grade is.
        related: who else counts as one risk with the borrower.
        same_hands: whether the reader reviewed it, so that somebody else must decide.
    """

    file: ApplicationFile
    borrower: str
    decided_by: dict[str, str]
    timeline: tuple[Told, ...]
    quote: Quote | None
    related: tuple[Related, ...]
    same_hands: bool

    @property
    def status(self) -> str:
        """Where the application stands."""
        return self.file.card.status.value


def queue_page(session: Session, *, tab: str, after: str | None) -> QueuePage:
    """Return one tab of the queue."""
    found = origination.queue(session, statuses=(TABS[tab][1],), after=after)
    known = names(session, (card.borrower_id for card in found.items))
    return QueuePage(
        tab=tab,
        tabs=tuple((key, text) for key, (text, _status) in TABS.items()),
        rows=tuple(Waiting(card, known.get(card.borrower_id, "")) for card in found.items),
        after=found.after,
    )


def workbench(session: Session, *, application_id: UUID, reader_mark: str) -> Workbench:
    """Return everything about one application."""
    file = origination.application_file(session, application_id=application_id)
    marks = [line.by for line in file.decisions] + [event.by for event in file.timeline]
    who = spoken_names(session, marks)
    borrower = names(session, [file.card.borrower_id]).get(file.card.borrower_id, "")
    return Workbench(
        file=file,
        borrower=borrower,
        decided_by=who,
        timeline=tuple(
            Told(event.at, _state(event.noun, event.to_state), who[event.by], event.why)
            for event in reversed(file.timeline)
        ),
        quote=_quote(session, file),
        related=_related(session, file.card.borrower_id),
        same_hands=_reviewed_by(file) == reader_mark,
    )


def _state(noun: str, state: str) -> str:

    return str(state_word(noun, state).text)


def _quote(session: Session, file: ApplicationFile) -> Quote | None:
    decided = file.card.status in {
        ApplicationStatus.APPROVED,
        ApplicationStatus.ACCEPTED,
        ApplicationStatus.LISTED,
    }
    if not decided or file.card.submitted_at is None:
        return None
    on = file.card.submitted_at.date()
    return origination.offer_made(session, application_id=file.card.id, on=on).quote


def _related(session: Session, borrower_id: UUID) -> tuple[Related, ...]:
    found = origination.related_parties(session, borrower_id=borrower_id)
    known = names(session, (each.borrower_id for each in found))
    return tuple(Related(known.get(each.borrower_id, ""), each.since, each.why) for each in found)


def _reviewed_by(file: ApplicationFile) -> str | None:
    reviews = (DecisionKind.RECOMMEND_APPROVAL, DecisionKind.RECOMMEND_DECLINE)
    return next((line.by for line in reversed(file.decisions) if line.kind in reviews), None)
