"""What the pages of a borrower's applications show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

import origination
import servicing
from kernel import Money, NotFound, find
from marketplace.i18n import language
from origination import (
    Application,
    ApplicationCard,
    ApplicationFile,
    ApplicationStatus,
    Listing,
    ListingCard,
    ListingStatus,
)

# Up to here a borrower may take the application, or the listing it has become, back.
OPEN = frozenset(ApplicationStatus) - {
    ApplicationStatus.DECLINED,
    ApplicationStatus.LISTED,
    ApplicationStatus.WITHDRAWN,
}
OPEN_LISTING = frozenset({ListingStatus.OPEN, ListingStatus.PARTIAL, ListingStatus.FUNDED})

# What is told of every move: the words and their tone.
MOVES: dict[tuple[str, str], tuple[Any, str]] = {
    ("application", "draft"): (_l("Application begun"), "neutral"),
    ("application", "submitted"): (_l("Application sent"), "info"),
    ("application", "reviewed"): (_l("Application reviewed"), "info"),
    ("application", "approved"): (_l("Approved; an offer was made"), "positive"),
    ("application", "declined"): (_l("Declined"), "negative"),
    ("application", "accepted"): (_l("Offer accepted"), "positive"),
    ("application", "listed"): (_l("Handed to the marketplace"), "info"),
    ("application", "withdrawn"): (_l("Application withdrawn"), "neutral"),
    ("listing", "open"): (_l("Open to investors"), "info"),
    ("listing", "funded"): (_l("Funded"), "positive"),
    ("listing", "partial"): (_l("Time was up; a part is funded"), "warning"),
    ("listing", "disbursed"): (_l("Paid out"), "positive"),
    ("listing", "expired"): (_l("Time was up; investors have their money back"), "negative"),
    ("listing", "withdrawn"): (_l("Listing withdrawn"), "neutral"),
}


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    at: datetime
    text: Any
    by: Any
    tone: str


@dataclass(frozen=True)
class ApplicationLine:
    """One application in the list."""

    card: ApplicationCard
    noun: str
    status: str
    product: str


@dataclass(frozen=True)
class IndexPage:
    """A borrower's applications."""

    rows: tuple[ApplicationLine, ...]
    after: str | None


@dataclass(frozen=True)
class ApplicationPage:
    """One application, whatever has become of it.

    Attributes:
        noun: whether `status` is the application's or its listing's.
        reasons: codes, where it was declined.
        offer_until: until when the offer may be accepted.
        ends_at: when the listing's time is up, for investors or for the borrower.
        loan_id: the loan it has become.
        signed_at: when its agreement was signed.
    """

    card: ApplicationCard
    product: str
    noun: str
    status: str
    reasons: tuple[str, ...]
    events: tuple[Event, ...]
    may_withdraw: bool
    offered: Money | None
    offer_until: datetime | None
    listing: ListingCard | None
    ends_at: datetime | None
    loan_id: UUID | None
    signed_at: datetime | None


def own(session: Session, application_id: UUID, *, borrower_id: UUID) -> Application:
    """Return an application of this borrower; another's does not exist for them.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    application = find(session, Application, application_id)
    if application.borrower_id != borrower_id:
        raise NotFound(what="Application", id=application_id)
    return application


def index_page(session: Session, *, borrower_id: UUID, after: str | None) -> IndexPage:
    """Return a page of a borrower's applications."""
    found = origination.applications_of(session, borrower_id=borrower_id, after=after)
    return IndexPage(tuple(line(session, card) for card in found.items), found.after)


def line(session: Session, card: ApplicationCard) -> ApplicationLine:
    """Return an application as the list shows it: once listed, with the listing's state."""
    listing = None
    if card.status is ApplicationStatus.LISTED:
        listing = origination.application_file(session, application_id=card.id).listing
    noun, status = standing(card, listing)
    return ApplicationLine(card, noun, status, name_of(card))


def application_page(session: Session, *, application_id: UUID) -> ApplicationPage:
    """Return one application with its story and what may be done."""
    file = origination.application_file(session, application_id=application_id)
    noun, status = standing(file.card, file.listing)
    offer = _offer(session, file)
    return ApplicationPage(
        card=file.card,
        product=name_of(file.card),
        noun=noun,
        status=status,
        reasons=_reasons(file),
        events=tuple(_event(moment) for moment in reversed(file.timeline)),
        may_withdraw=may_withdraw(file),
        offered=offer.quote.amount if offer else None,
        offer_until=offer.until if offer else None,
        listing=file.listing,
        ends_at=ends_at(session, file.listing),
        loan_id=_loan(session, file),
        signed_at=file.signed_at,
    )


def standing(card: ApplicationCard, listing: ListingCard | None) -> tuple[str, str]:
    """Return whose state tells most, and that state."""
    if listing is not None:
        return "listing", listing.status.value
    return "application", card.status.value


def name_of(card: ApplicationCard) -> str:
    """Return the product's name in the reader's language."""
    return card.product_name.get(language()) or card.product_name["en"]


def may_withdraw(file: ApplicationFile) -> bool:
    """Say whether the borrower may still step back."""
    if file.listing is not None:
        return file.listing.status in OPEN_LISTING
    return file.card.status in OPEN


def ends_at(session: Session, listing: ListingCard | None) -> datetime | None:
    """Return when the time of a listing is up, first for investors and then for its borrower."""
    return None if listing is None else origination.ends_at(find(session, Listing, listing.id))


def _offer(session: Session, file: ApplicationFile) -> origination.OfferMade | None:
    if file.card.status is not ApplicationStatus.APPROVED or file.final is None:
        return None
    return origination.offer_made(session, application_id=file.card.id, on=file.final.at.date())


def _reasons(file: ApplicationFile) -> tuple[str, ...]:
    declined = file.card.status is ApplicationStatus.DECLINED and file.final is not None
    return file.final.reasons if declined and file.final else ()


def _event(moment: origination.Moment) -> Event:
    text, tone = MOVES.get((moment.noun, moment.to_state), (moment.to_state, "neutral"))
    by = _l("You") if moment.by.startswith("borrower:") else "Tessera"
    return Event(moment.at, text, by, tone)


def _loan(session: Session, file: ApplicationFile) -> UUID | None:
    if file.listing is None or file.listing.status is not ListingStatus.DISBURSED:
        return None
    found = servicing.loans(session, borrower_id=file.card.borrower_id, limit=100).items
    return next((loan.id for loan in found if loan.listing_id == file.listing.id), None)
