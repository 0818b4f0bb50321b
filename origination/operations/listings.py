"""A listing: published, and then funded, partly funded, expired or withdrawn."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import MoveNotAllowed, Refused, Rounding, find, lock, new_id, next_number
from origination import queries
from origination.facts import Facts, shown
from origination.models import (
    Application,
    ApplicationStatus,
    Decision,
    Listing,
    ListingStatus,
    Product,
)
from origination.operations.applications import NotYours, borrower
from origination.terms import Terms


class StillOpen(Refused):
    """Listing {number} stays open until {until}."""


class AnswerTooLate(Refused):
    """The time to take the smaller amount of listing {number} was over at {until}."""


def publish(session: Session, *, application_id: UUID, by: str, at: datetime) -> Listing:
    """Open an accepted offer to lenders.

    Raises:
        MoveNotAllowed: the borrower has not accepted an offer, or it is listed already.
    """
    application = lock(session, Application, application_id)
    product = find(session, Product, application.product_id)
    application.move(session, ApplicationStatus.LISTED, by=by, at=at)
    offered = queries.last_decision(session, application=application, kinds=queries.FINAL)

    pricing = queries.policy(product).pricing
    terms = pricing.terms(queries.terms(product), offered.grade)

    facts = replace(
        Facts.from_json(application.facts), security=queries.policy(product).limits.security
    )

    listing = _listing(application, facts, offered, terms, at=at)
    listing.number = next_number(session)
    session.add(listing)
    listing.begin(session, by=by, at=at)
    session.flush()
    return listing


def expire(session: Session, *, listing_id: UUID, at: datetime) -> Listing:
    """Close a listing whose time is over.

    An open listing that reached its minimum becomes partial: its borrower may take what is there.
    One that did not, or whose borrower did not answer in time, expires.

    Raises:
        StillOpen: it is not time yet.
        MoveNotAllowed: it is neither open nor partial.
    """
    listing = lock(session, Listing, listing_id)
    until = ends_at(listing)

    if until is not None and at < until:
        raise StillOpen(number=listing.number, until=until.isoformat(timespec="minutes"))
    waits = listing.status == ListingStatus.OPEN and listing.reserved >= listing.minimum
    to = ListingStatus.PARTIAL if waits else ListingStatus.EXPIRED

    listing.move(session, to, by="system", at=at, why="time over")
    listing.closed_at = listing.closed_at or at
    return listing


def accept_partial(
    session: Session, *, listing_id: UUID, borrower_id: UUID, at: datetime
) -> Listing:
    """Take the smaller amount that lenders have put up; it becomes the amount of the listing.

    Raises:
        NotYours: somebody else's listing.
        MoveNotAllowed: it is not partly funded.
        AnswerTooLate: the time to answer is over, and only the listing's end is still to come.
    """
    listing = _own(session, listing_id, by=borrower(borrower_id))
    until = ends_at(listing) if listing.status == ListingStatus.PARTIAL else None
    if until is not None and at >= until:
        raise AnswerTooLate(number=listing.number, until=until.isoformat(timespec="minutes"))
    listing.move(session, ListingStatus.FUNDED, by=borrower(borrower_id), at=at, why="partial")
    listing.amount = listing.reserved
    return listing


def decline_partial(
    session: Session, *, listing_id: UUID, borrower_id: UUID, at: datetime
) -> Listing:
    """Leave the smaller amount; the listing is withdrawn and its money may be released.

    Raises:
        NotYours: somebody else's listing.
        MoveNotAllowed: it is not partly funded.
    """
    by = borrower(borrower_id)
    listing = _own(session, listing_id, by=by)
    if listing.status != ListingStatus.PARTIAL:
        raise MoveNotAllowed(noun=listing.machine.noun, now=listing.status, to="declined")
    listing.move(session, ListingStatus.WITHDRAWN, by=by, at=at, why="partial amount declined")
    return listing


def withdraw_listing(
    session: Session, *, listing_id: UUID, by: str, at: datetime, why: str
) -> Listing:
    """Take a listing back before it is disbursed.

    Raises:
        NotYours: another borrower's listing.
        MoveNotAllowed: it is disbursed, expired or already withdrawn.
    """
    listing = _own(session, listing_id, by=by)
    listing.move(session, ListingStatus.WITHDRAWN, by=by, at=at, why=why)
    listing.closed_at = listing.closed_at or at
    return listing


def _listing(
    application: Application, facts: Facts, offered: Decision, terms: Terms, *, at: datetime
) -> Listing:
    listing = Listing(
        id=new_id(),
        application_id=application.id,
        borrower_id=application.borrower_id,
        product_id=application.product_id,
        amount=offered.amount,
        rate=offered.rate,
        grade=offered.grade,
        score=offered.score,
        installments=offered.installments,
        purpose=application.purpose,
        region=facts.region or "",
        facts=shown(facts),
        terms=terms.to_json(),
        status=ListingStatus.OPEN,
        opened_at=at,
        closes_at=at + timedelta(days=terms.funding.days),
    )
    listing.reserved_minor = 0
    listing.minimum = terms.funding.minimum_share.of(offered.amount, rounding=Rounding.UP)
    return listing


def ends_at(listing: Listing) -> datetime | None:
    """Return when the listing's time is over: for lenders, then for its borrower."""
    if listing.status == ListingStatus.PARTIAL and listing.closed_at is not None:
        days = Terms.from_json(listing.terms).funding.acceptance_days
        return listing.closed_at + timedelta(days=days)
    return listing.closes_at if listing.status == ListingStatus.OPEN else None


def _own(session: Session, listing_id: UUID, *, by: str) -> Listing:
    """Lock a listing for its borrower; operators and the system may act for them."""
    listing = lock(session, Listing, listing_id)
    if by.startswith("borrower:") and by != borrower(listing.borrower_id):
        raise NotYours
    return listing
