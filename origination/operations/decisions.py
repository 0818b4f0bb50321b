"""Judging an application: one person reviews, another decides, the borrower accepts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Invalid, Money, Rate, Refused, find, lock
from origination import queries
from origination.assessment import MOST_REASONS, Assessment, Policy, assess
from origination.facts import Facts
from origination.models import (
    APPLICATIONS,
    Application,
    ApplicationStatus,
    Decision,
    DecisionKind,
    Product,
)
from origination.offer import Offer, Wish, make_offer
from origination.operations.applications import borrower, require_owner
from origination.reasons import MESSAGES
from origination.terms import Terms


class SameHands(Refused):
    """{by} reviewed this application; somebody else must decide it."""


class ApprovalNeedsReason(Refused):
    """The applicant does not meet the rules ({reasons}); note why you approve all the same."""


class MayNotBorrow(Refused):
    """Nobody may approve this application: {reasons} Decline it."""


class UnknownReason(Invalid):
    """“{reason}” is no reason code; choose from the list."""


class OfferExpired(Refused):
    """The offer of {offered_on} was open until {until}; apply again for a new one."""


def review(
    session: Session, *, application_id: UUID, by: str, recommend: str, note: str, at: datetime
) -> Decision:
    """Recommend to approve or to decline; the decision is somebody else's.

    Args:
        session: the writing session.
        application_id: the application, which must have been handed in.
        by: who reviews.
        recommend: "approve" or "decline".
        note: why, for the one who decides.
        at: when.

    Raises:
        MoveNotAllowed: the application does not wait for a review.
    """
    case = _load(session, application_id)
    offer = _offer(case)

    approves = recommend == "approve"
    kind = DecisionKind.RECOMMEND_APPROVAL if approves else DecisionKind.RECOMMEND_DECLINE

    case.application.move(session, ApplicationStatus.REVIEWED, by=by, at=at, why=note)
    return _record(session, case, kind, offer, case.assessment.reasons, by=by, note=note, at=at)


def decide(
    session: Session,
    *,
    application_id: UUID,
    by: str,
    approve: bool,
    note: str = "",
    at: datetime,
    amount: Money | None = None,
    installments: int | None = None,
    rate: Rate | None = None,
    grade: str | None = None,
    reasons: Sequence[str] = (),
) -> Decision:
    """Approve an application with an offer, or decline it.

    Args:
        session: the writing session.
        application_id: the application, which must have been reviewed.
        by: who decides; not the one who reviewed.
        approve: or decline.
        note: for the record; required where the applicant does not meet the rules.
        at: when.
        amount: offered instead of the amount asked.
        installments: offered instead of the term asked.
        rate: instead of the rate card's.
        grade: instead of the scorecard's, recorded as `external_grade`.
        reasons: codes for a decline, instead of those that the assessment found.

    Raises:
        MoveNotAllowed: the application does not wait for a decision.
        SameHands: the reviewer decides.
        ApprovalNeedsReason: the rules are not met, and neither a note nor a grade says why.
        MayNotBorrow: a rule is not met that nobody may approve against.
        UnknownReason: a code is not in the list.
        RateAboveCap, AmountOutsideLimits, AmountOffStep, TermNotOffered, GradeNotOffered: the
            offer is not one the product may make.
    """
    case = _load(session, application_id)
    to = ApplicationStatus.APPROVED if approve else ApplicationStatus.DECLINED
    _require_other_hands(session, case.application, to, by=by)

    offer = _offer(case, amount=amount, installments=installments, rate=rate, grade=grade)
    if approve:
        _require_ground(case.assessment, grade=grade, note=note)
        offer.check(case.policy, on=at.date())
    found = offer.reasons if approve else _known(reasons) or case.assessment.reasons

    kind = DecisionKind.APPROVE if approve else DecisionKind.DECLINE
    case.application.move(session, to, by=by, at=at, why=note)
    return _record(session, case, kind, offer, found, by=by, note=note, at=at)


def accept(
    session: Session, *, application_id: UUID, borrower_id: UUID, at: datetime
) -> Application:
    """Take the offer.

    Raises:
        NotYours: somebody else's application.
        MoveNotAllowed: there is no offer.
        OfferExpired: it was open too long ago.
    """
    application = lock(session, Application, application_id)
    by = borrower(borrower_id)
    require_owner(application, by)
    APPLICATIONS.check(ApplicationStatus(application.status), ApplicationStatus.ACCEPTED)
    offered = queries.last_decision(session, application=application, kinds=queries.FINAL)

    product = find(session, Product, application.product_id)
    open_for = timedelta(days=queries.policy(product).limits.offer_days)
    if at > offered.at + open_for:
        until = (offered.at + open_for).date()
        raise OfferExpired(offered_on=offered.at.date(), until=until)

    application.move(session, ApplicationStatus.ACCEPTED, by=by, at=at)
    return application


@dataclass(frozen=True, slots=True)
class _Case:
    """An application held for change, with what it is judged by and what was found."""

    application: Application
    policy: Policy
    terms: Terms
    assessment: Assessment


def _load(session: Session, application_id: UUID) -> _Case:
    application = lock(session, Application, application_id)
    product = find(session, Product, application.product_id)
    policy = queries.policy(product)
    facts = Facts.from_json(application.facts)
    found = assess(policy, facts, amount=application.amount)
    return _Case(application, policy, queries.terms(product), found)


def _require_other_hands(
    session: Session, application: Application, to: ApplicationStatus, *, by: str
) -> None:
    APPLICATIONS.check(ApplicationStatus(application.status), to)
    reviewed = queries.last_decision(session, application=application, kinds=queries.REVIEWS)
    if reviewed.by == by:
        raise SameHands(by=by)


def _offer(
    case: _Case,
    *,
    amount: Money | None = None,
    installments: int | None = None,
    rate: Rate | None = None,
    grade: str | None = None,
) -> Offer:
    application = case.application
    asked = Wish(application.amount, application.installments, application.purpose)
    offered = Wish(
        amount=asked.amount if amount is None else amount,
        installments=asked.installments if installments is None else installments,
        purpose=asked.purpose,
    )
    return make_offer(
        case.policy,
        case.terms,
        case.assessment,
        asked=asked,
        offered=offered,
        grade=grade,
        rate=rate,
    )


def _require_ground(assessment: Assessment, *, grade: str | None, note: str) -> None:
    """Refuse to approve against the rules without saying why, and against some of them at all."""
    if assessment.bars:
        raise MayNotBorrow(reasons=", ".join(assessment.bars))
    if not assessment.eligible and grade is None and not note.strip():
        raise ApprovalNeedsReason(reasons=", ".join(assessment.reasons))


def _known(reasons: Sequence[str]) -> tuple[str, ...]:
    for reason in reasons:
        if reason not in MESSAGES:
            raise UnknownReason(reason=reason)
    return tuple(reasons)[:MOST_REASONS]


def _record(
    session: Session,
    case: _Case,
    kind: DecisionKind,
    offer: Offer,
    reasons: tuple[str, ...],
    *,
    by: str,
    note: str,
    at: datetime,
) -> Decision:
    decision = Decision(
        application_id=case.application.id,
        kind=kind,
        by=by,
        at=at,
        score=case.assessment.score.total,
        grade=offer.grade,
        rate=offer.rate,
        amount=offer.wish.amount,
        installments=offer.wish.installments,
        reasons=list(reasons),
        scorecard=case.assessment.score.scorecard,
        note=note,
    )
    session.add(decision)
    session.flush()
    return decision
