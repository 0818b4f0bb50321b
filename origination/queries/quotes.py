"""What a loan would cost: as an estimate, as it was offered, as its lenders have funded it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Money, find
from origination.models import Application, DecisionKind, Listing, ListingStatus, Product
from origination.queries.decisions import last_decision
from origination.queries.policies import policy, terms
from origination.quote import Quote, quote
from origination.terms import Terms


@dataclass(frozen=True, slots=True)
class OfferMade:
    """The offer on an application, as its borrower may take it.

    Attributes:
        quote: what it costs if the loan starts on the day asked for.
        terms: what the agreement states, the fee of the grade included.
        grade: the grade it is priced by.
        made_at: when it was decided.
        until: until when it may be accepted.
    """

    quote: Quote
    terms: Terms
    grade: str
    made_at: datetime
    until: datetime


def estimate(product: Product, *, grade: str, amount: Money, installments: int, on: date) -> Quote:
    """Return what a loan of a grade costs by the rate card; it promises nothing.

    Raises:
        GradeNotOffered: the product has no such grade.
        TermNotOffered: the product has no such term.
    """
    rules = policy(product)
    rules.limits.check_term(installments)
    return quote(
        rules.pricing.terms(terms(product), grade),
        amount=amount,
        installments=installments,
        rate=rules.pricing.price(grade, installments),
        on=on,
    )


def offer_made(session: Session, *, application_id: UUID, on: date) -> OfferMade:
    """Return the offer on an application, with what it costs if the loan starts on a day.

    Raises:
        NotFound: there is no such application, or it was not approved.
    """
    application = find(session, Application, application_id)
    product = find(session, Product, application.product_id)
    made = last_decision(session, application=application, kinds=(DecisionKind.APPROVE,))
    rules = policy(product)
    agreed = rules.pricing.terms(terms(product), made.grade)
    return OfferMade(
        quote=quote(
            agreed, amount=made.amount, installments=made.installments, rate=made.rate, on=on
        ),
        terms=agreed,
        grade=made.grade,
        made_at=made.at,
        until=made.at + timedelta(days=rules.limits.offer_days),
    )


def listing_quote(session: Session, *, listing_id: UUID, on: date) -> Quote:
    """Return what the loan of a listing costs if it starts on a day.

    Of one that waits for its borrower with less than was asked for, it is the quote for what is
    there.

    Raises:
        NotFound: there is no such listing.
    """
    listing = find(session, Listing, listing_id)
    partly = listing.status == ListingStatus.PARTIAL
    return quote(
        Terms.from_json(listing.terms),
        amount=listing.reserved if partly else listing.amount,
        installments=listing.installments,
        rate=listing.rate,
        on=on,
    )
