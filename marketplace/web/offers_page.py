"""An offer as a borrower reads it: what it costs, the whole schedule, the agreement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

import origination
import servicing
from kernel import Money, NotFound, Rate, find
from marketplace.i18n import HTML_LANG
from marketplace.models import Role
from marketplace.people import Person
from marketplace.reckoning import reckoning
from marketplace.web.applications_page import ends_at, name_of, own
from origination import (
    Application,
    ApplicationCard,
    ApplicationStatus,
    ListingStatus,
    Quote,
    Terms,
)


@dataclass(frozen=True)
class OfferPage:
    """An offer.

    Attributes:
        quote: what it costs if the loan starts today.
        until: until when it may be accepted; None where it no longer can be.
        asked: the amount asked for, where less is offered.
        late_fixed: the least that a late installment costs.
    """

    id: UUID
    number: int
    product: str
    purpose: str
    installments: int
    grade: str
    quote: Quote
    terms: Terms
    until: datetime | None
    asked: Money | None
    late_fixed: Money
    borrower: str

    @property
    def is_open(self) -> bool:
        """Whether it may be accepted."""
        return self.until is not None

    @property
    def reckoning(self) -> tuple[str, ...]:
        """How the loan is counted and its payments are used, a sentence each."""
        return reckoning(self.terms)

    @property
    def fee_rate(self) -> Rate:
        """The share of the amount that the platform takes for arranging the loan."""
        return self.terms.fees.origination


def offer_page(session: Session, application_id: UUID, *, borrower: str, at: datetime) -> OfferPage:
    """Return the offer on an application, if the loan started today.

    Raises:
        NotFound: no offer was made.
    """
    file = origination.application_file(session, application_id=application_id)
    card = file.card
    if file.final is None or card.status is ApplicationStatus.DECLINED:
        raise NotFound(what="Offer", id=application_id)
    made = origination.offer_made(session, application_id=application_id, on=at.date())
    waits = card.status is ApplicationStatus.APPROVED and at <= made.until
    return _page(
        card,
        made.quote,
        made.terms,
        made.grade,
        until=made.until if waits else None,
        borrower=borrower,
    )


def smaller_page(
    session: Session, application_id: UUID, *, borrower: str, at: datetime
) -> tuple[OfferPage, UUID]:
    """Return the offer of what was funded in time, and the id of its listing.

    Raises:
        NotFound: there is no such offer.
    """
    file = origination.application_file(session, application_id=application_id)
    listing = file.listing
    if listing is None or listing.status is not ListingStatus.PARTIAL:
        raise NotFound(what="Offer", id=application_id)
    page = _page(
        file.card,
        origination.listing_quote(session, listing_id=listing.id, on=at.date()),
        origination.listing_detail(session, listing_id=listing.id).terms,
        listing.grade,
        until=ends_at(session, listing),
        borrower=borrower,
        asked=listing.amount,
    )
    return page, listing.id


@dataclass(frozen=True)
class SignedPage:
    """An agreement that was signed.

    Attributes:
        document: the text as it was signed.
        html_lang: what the document declares itself to be written in.
        back: where the reader came from.
    """

    id: UUID
    number: int
    signer: str
    at: datetime
    sha256: str
    document: Markup
    html_lang: str
    back: str


def signed_page(session: Session, application_id: UUID, *, reader: Person) -> SignedPage:
    """Return the agreement that was signed last, for its borrower or an operator.

    Raises:
        NotFound: nothing was signed, or it is not the reader's.
    """
    operates = reader.role is Role.OPERATOR
    if not operates:
        own(session, application_id, borrower_id=reader.id)
    application = find(session, Application, application_id)
    signature = origination.last_signature(
        session,
        application_id=application_id,
        until=servicing.opened_at(session, application_id=application_id),
    )
    return SignedPage(
        id=application_id,
        number=application.number,
        signer=signature.signer,
        at=signature.at,
        sha256=signature.sha256,
        # It is the rendering of a template of ours, with what people typed escaped.
        document=Markup(signature.document),  # noqa: S704
        html_lang=HTML_LANG.get(signature.language, signature.language),
        back=url_for(
            "reviews.show" if operates else "applications.show", application_id=application_id
        ),
    )


def _page(
    card: ApplicationCard,
    quote: Quote,
    terms: Terms,
    grade: str,
    *,
    until: datetime | None,
    borrower: str,
    asked: Money | None = None,
) -> OfferPage:
    wished = card.amount if asked is None else asked
    return OfferPage(
        id=card.id,
        number=card.number,
        product=name_of(card),
        purpose=card.purpose,
        installments=len(quote.schedule.rows),
        grade=grade,
        quote=quote,
        terms=terms,
        until=until,
        asked=None if wished == quote.amount else wished,
        late_fixed=Money(terms.fees.late.fixed_minor, terms.currency),
        borrower=borrower,
    )
