"""Applications as their borrowers and the operators see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from kernel import Money, NotFound, Rate, StatusEvent, find
from origination.assessment import Assessment, assess
from origination.facts import Facts
from origination.models import (
    APPLICATIONS,
    LISTINGS,
    Application,
    ApplicationStatus,
    Decision,
    DecisionKind,
    Listing,
    Product,
    Signature,
)
from origination.paging import Keyset, Page, page
from origination.queries.decisions import FINAL, REVIEWS, decisions
from origination.queries.listings import ListingCard, card
from origination.queries.policies import policy


@dataclass(frozen=True, slots=True)
class ApplicationCard:
    """What a list shows of an application."""

    id: UUID
    number: int
    borrower_id: UUID
    product: str
    product_name: Mapping[str, str]
    amount: Money
    installments: int
    purpose: str
    status: ApplicationStatus
    created_at: datetime
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One judgement, as the record shows it."""

    kind: DecisionKind
    by: str
    at: datetime
    score: int
    grade: str
    rate: Rate
    amount: Money
    installments: int
    reasons: tuple[str, ...]
    scorecard: str
    note: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One move of an application or of its listing."""

    noun: str
    from_state: str | None
    to_state: str
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class ApplicationFile:
    """An application with all that is known and was decided of it.

    Attributes:
        card: what was asked for.
        facts: what the applicant stated.
        assessment: what the product's policy finds of it now.
        decisions: reviews and decisions, the first one first.
        timeline: every move of the application and its listing.
        listing: what became of it, if it was listed.
        signed_at: when its agreement was signed, the last one if there are two.
    """

    card: ApplicationCard
    facts: Facts
    assessment: Assessment
    decisions: tuple[DecisionLine, ...]
    timeline: tuple[Moment, ...]
    listing: ListingCard | None
    signed_at: datetime | None

    @property
    def reviewer(self) -> str | None:
        """Who reviewed it last, and so may not decide it."""
        reviews = [line.by for line in self.decisions if line.kind in REVIEWS]
        return reviews[-1] if reviews else None

    @property
    def final(self) -> DecisionLine | None:
        """The approval or refusal, if there is one."""
        found = [line for line in self.decisions if line.kind in FINAL]
        return found[-1] if found else None


_WAITING = (ApplicationStatus.SUBMITTED, ApplicationStatus.REVIEWED)
_OLDEST = Keyset(Application.submitted_at.expression, Application.id.expression)
_NEWEST = Keyset(Application.created_at.expression, Application.id.expression, descending=True)


def queue(
    session: Session,
    *,
    statuses: tuple[ApplicationStatus, ...] = _WAITING,
    after: str | None = None,
    limit: int = 25,
) -> Page[ApplicationCard]:
    """Return a page of the applications that were handed in, the one that waits longest first.

    Raises:
        UnusableCursor: `after` was not given out by this list.
    """
    handed_in = Application.submitted_at.is_not(None)
    query = _cards().where(Application.status.in_(statuses), handed_in)
    rows = session.execute(_OLDEST.order(query, after=after, limit=limit)).all()
    return page(
        rows, limit=limit, show=lambda row: _card(*row), key=lambda r: (r[0].submitted_at, r[0].id)
    )


def applications_of(
    session: Session, *, borrower_id: UUID, after: str | None = None, limit: int = 25
) -> Page[ApplicationCard]:
    """Return a page of a borrower's applications, the newest first.

    Raises:
        UnusableCursor: `after` was not given out by this list.
    """
    query = _cards().where(Application.borrower_id == borrower_id)
    rows = session.execute(_NEWEST.order(query, after=after, limit=limit)).all()
    return page(
        rows, limit=limit, show=lambda row: _card(*row), key=lambda r: (r[0].created_at, r[0].id)
    )


def application_numbered(session: Session, *, number: int) -> UUID:
    """Return the id of the application with a short number.

    Raises:
        NotFound: there is no such application.
    """
    ident = session.scalar(select(Application.id).where(Application.number == number))
    if ident is None:
        raise NotFound(what="Application", id=number)
    return ident


def count_by_status(session: Session) -> dict[ApplicationStatus, int]:
    """Return how many applications there are of every status."""
    counted = select(Application.status, func.count()).group_by(Application.status)
    found = {ApplicationStatus(status): count for status, count in session.execute(counted)}
    return {status: found.get(status, 0) for status in ApplicationStatus}


def application_file(session: Session, *, application_id: UUID) -> ApplicationFile:
    """Return an application with all that is known and was decided of it.

    Raises:
        NotFound: there is no such application.
    """
    application = find(session, Application, application_id)
    product = find(session, Product, application.product_id)
    facts = Facts.from_json(application.facts)
    listing = session.scalar(select(Listing).where(Listing.application_id == application_id))
    signed = select(func.max(Signature.at)).where(Signature.application_id == application_id)
    return ApplicationFile(
        card=_card(application, product),
        facts=facts,
        assessment=assess(policy(product), facts, amount=application.amount),
        decisions=tuple(map(_line, decisions(session, application_id=application_id))),
        timeline=_timeline(session, application_id, listing),
        listing=None if listing is None else card(listing),
        signed_at=session.scalar(signed),
    )


def _cards() -> Select[Application, Product]:
    return select(Application, Product).join(Product, Product.id == Application.product_id)


def _card(application: Application, product: Product) -> ApplicationCard:
    return ApplicationCard(
        id=application.id,
        number=application.number,
        borrower_id=application.borrower_id,
        product=product.code,
        product_name=product.name,
        amount=application.amount,
        installments=application.installments,
        purpose=application.purpose,
        status=ApplicationStatus(application.status),
        created_at=application.created_at,
        submitted_at=application.submitted_at,
    )


def _line(decision: Decision) -> DecisionLine:
    return DecisionLine(
        kind=DecisionKind(decision.kind),
        by=decision.by,
        at=decision.at,
        score=decision.score,
        grade=decision.grade,
        rate=decision.rate,
        amount=decision.amount,
        installments=decision.installments,
        reasons=tuple(decision.reasons),
        scorecard=decision.scorecard,
        note=decision.note,
    )


def _timeline(
    session: Session, application_id: UUID, listing: Listing | None
) -> tuple[Moment, ...]:
    subjects = [(APPLICATIONS.noun, application_id)]
    if listing is not None:
        subjects.append((LISTINGS.noun, listing.id))
    own = (
        and_(StatusEvent.noun == noun, StatusEvent.subject_id == ident) for noun, ident in subjects
    )
    events = session.scalars(select(StatusEvent).where(or_(*own)).order_by(StatusEvent.id))
    return tuple(Moment(e.noun, e.from_state, e.to_state, e.by, e.at, e.why) for e in events)
