from typing import Any

import pytest
from sqlalchemy.orm import Session

from kernel import MoveNotAllowed, NotFound, Rate
from origination import (
    Application,
    ApplicationStatus,
    ApprovalNeedsReason,
    Decision,
    DecisionKind,
    MayNotBorrow,
    NotYours,
    OfferExpired,
    RateAboveCap,
    SameHands,
    UnknownReason,
    accept,
    decide,
    decisions,
    review,
)
from origination.queries import FINAL, last_decision
from tests.origination.stories import (
    ALICE,
    BOB,
    NOON,
    OLGA,
    OSCAR,
    a_reviewed,
    a_submitted,
    an_accepted,
    an_approved,
    changed,
    days,
    dollars,
)

BEHIND = changed(delinquent_accounts=1)


def reviewed_by_olga(session: Session, application: Application, recommend: str) -> Decision:
    return review(
        session,
        application_id=application.id,
        by=OLGA,
        recommend=recommend,
        note="Papers seen.",
        at=NOON,
    )


def decided_by_oscar(session: Session, application: Application, **choices: Any) -> Decision:
    usual: dict[str, Any] = {"by": OSCAR, "approve": True, "at": NOON}
    return decide(session, application_id=application.id, **usual | choices)


@pytest.mark.parametrize(
    ("recommend", "kind"),
    [
        ("approve", DecisionKind.RECOMMEND_APPROVAL),
        ("decline", DecisionKind.RECOMMEND_DECLINE),
    ],
)
def test_a_review_recommends_and_keeps_what_it_rests_on(
    session: Session, recommend: str, kind: DecisionKind
) -> None:
    application = a_submitted(session)

    found = reviewed_by_olga(session, application, recommend)

    assert application.status == ApplicationStatus.REVIEWED
    assert (found.kind, found.by, found.note) == (kind, OLGA, "Papers seen.")
    assert (found.grade, found.rate) == ("B", Rate.percent("10.42"))
    assert found.scorecard == "personal-rules-1"
    assert found.reasons == [
        "high_debt_to_income",
        "high_revolving_utilisation",
        "many_recent_inquiries",
        "amount_high_for_income",
    ]


def test_a_draft_is_not_reviewed(session: Session) -> None:
    application = an_approved(session)

    with pytest.raises(MoveNotAllowed):
        reviewed_by_olga(session, application, "approve")


def test_oscar_approves_what_olga_reviewed(session: Session) -> None:
    application = a_reviewed(session)

    made = decided_by_oscar(session, application)

    assert application.status == ApplicationStatus.APPROVED
    assert (made.kind, made.reasons) == (DecisionKind.APPROVE, [])
    assert (made.amount, made.installments) == (dollars("10000.00"), 36)
    kinds = [line.kind for line in decisions(session, application_id=application.id)]
    assert kinds == [DecisionKind.RECOMMEND_APPROVAL, DecisionKind.APPROVE]


@pytest.mark.parametrize("approve", [True, False])
def test_olga_may_not_decide_what_she_reviewed(session: Session, approve: bool) -> None:  # noqa: FBT001
    application = a_reviewed(session)

    with pytest.raises(SameHands, match="operator:olga reviewed this application"):
        decided_by_oscar(session, application, by=OLGA, approve=approve)

    assert application.status == ApplicationStatus.REVIEWED


def test_nothing_is_decided_before_the_review(session: Session) -> None:
    application = a_submitted(session)

    with pytest.raises(MoveNotAllowed):
        decided_by_oscar(session, application)
    with pytest.raises(NotFound):
        last_decision(session, application=application, kinds=FINAL)


def test_a_decline_names_at_most_four_reasons_of_the_assessment(session: Session) -> None:
    application = a_reviewed(session, facts=BEHIND)

    made = decided_by_oscar(session, application, approve=False)

    assert application.status == ApplicationStatus.DECLINED
    assert made.kind == DecisionKind.DECLINE
    assert made.reasons[0] == "currently_delinquent"
    assert len(made.reasons) == 4


def test_an_operator_may_decline_for_reasons_of_their_own(session: Session) -> None:
    application = a_reviewed(session)

    made = decided_by_oscar(session, application, approve=False, reasons=["identity_not_verified"])

    assert made.reasons == ["identity_not_verified"]


def test_a_reason_that_is_not_in_the_list_is_refused(session: Session) -> None:
    application = a_reviewed(session)

    with pytest.raises(UnknownReason, match="“bad_feeling” is no reason code"):
        decided_by_oscar(session, application, approve=False, reasons=["bad_feeling"])


def test_approving_against_the_rules_needs_a_note(session: Session) -> None:
    application = a_reviewed(session, facts=BEHIND)

    with pytest.raises(ApprovalNeedsReason, match="currently_delinquent"):
        decided_by_oscar(session, application, note="  ")
    made = decided_by_oscar(session, application, note="The other debt was paid; letter seen.")

    assert made.reasons == ["despite_rules"]


def test_nobody_approves_whom_a_contract_would_not_bind(session: Session) -> None:
    application = a_reviewed(session, facts=changed(age=17))

    with pytest.raises(MayNotBorrow, match="below_minimum_age"):
        decided_by_oscar(session, application, note="A gifted child.")
    with pytest.raises(MayNotBorrow):
        decided_by_oscar(session, application, grade="A", rate=Rate.percent("7.12"))
    made = decided_by_oscar(session, application, approve=False)

    assert made.reasons[0] == "below_minimum_age"


def test_a_grade_from_outside_is_recorded_as_such(session: Session) -> None:
    application = a_reviewed(session, facts=BEHIND)

    made = decided_by_oscar(session, application, grade="D", rate=Rate.percent("19.03"))

    assert (made.grade, made.rate) == ("D", Rate.percent("19.03"))
    assert made.reasons == ["despite_rules", "external_grade"]


def test_another_amount_and_term_may_be_offered(session: Session) -> None:
    application = a_reviewed(session)

    made = decided_by_oscar(session, application, amount=dollars("8000.00"), installments=60)

    assert (made.amount, made.installments) == (dollars("8000.00"), 60)
    assert made.rate == Rate.percent("10.91")
    assert made.reasons == ["changed_terms"]
    assert application.amount == dollars("10000.00")


def test_an_offer_above_the_ceiling_cannot_be_made(session: Session) -> None:
    application = a_reviewed(session)

    with pytest.raises(RateAboveCap):
        decided_by_oscar(session, application, rate=Rate.percent("36"))

    assert application.status == ApplicationStatus.REVIEWED


def test_alice_accepts_on_the_last_day_of_the_offer(session: Session) -> None:
    application = an_approved(session)

    accept(session, application_id=application.id, borrower_id=ALICE, at=NOON + days(30))

    assert application.status == ApplicationStatus.ACCEPTED


def test_an_offer_expires(session: Session) -> None:
    application = an_approved(session)

    with pytest.raises(OfferExpired, match="The offer of 2026-03-02 was open until 2026-04-01"):
        accept(session, application_id=application.id, borrower_id=ALICE, at=NOON + days(31))

    assert application.status == ApplicationStatus.APPROVED


def test_only_alice_accepts_her_offer(session: Session) -> None:
    application = an_approved(session)

    with pytest.raises(NotYours):
        accept(session, application_id=application.id, borrower_id=BOB, at=NOON)


def test_an_offer_is_accepted_once(session: Session) -> None:
    application = an_accepted(session)

    with pytest.raises(MoveNotAllowed):
        accept(session, application_id=application.id, borrower_id=ALICE, at=NOON)
