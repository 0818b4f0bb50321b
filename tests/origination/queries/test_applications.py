from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from kernel import NotFound
from origination import (
    ApplicationStatus,
    DecisionKind,
    application_file,
    application_numbered,
    applications_of,
    count_by_status,
    queue,
    submit,
)
from tests.origination.stories import (
    ALICE,
    ALICES_FACTS,
    BOB,
    NOON,
    OLGA,
    OSCAR,
    a_draft,
    a_listing,
    a_product,
    a_reviewed,
    a_submitted,
    an_approved,
    days,
)


def test_the_queue_shows_the_one_that_waits_longest_first(session: Session) -> None:
    product = a_product(session)
    late, early = (a_draft(session, product=product) for _ in range(2))
    submit(session, application_id=late.id, at=NOON + days(1))
    submit(session, application_id=early.id, at=NOON)
    a_draft(session, product=product)

    first = queue(session, limit=1)
    second = queue(session, limit=1, after=first.after)

    assert [card.number for card in (*first.items, *second.items)] == [early.number, late.number]
    assert first.items[0].product_name["en"] == "Personal loan"
    assert second.after is None


def test_the_queue_shows_only_what_was_asked_for(session: Session) -> None:
    product = a_product(session)
    a_submitted(session, product=product)
    reviewed = a_reviewed(session, product=product)

    page = queue(session, statuses=(ApplicationStatus.REVIEWED,))

    assert [card.id for card in page.items] == [reviewed.id]


def test_applications_are_counted_by_status(session: Session) -> None:
    product = a_product(session)
    a_draft(session, product=product)
    a_reviewed(session, product=product)
    a_reviewed(session, product=product)

    counts = count_by_status(session)

    assert counts[ApplicationStatus.REVIEWED] == 2
    assert counts[ApplicationStatus.DRAFT] == 1
    assert counts[ApplicationStatus.DECLINED] == 0


def test_an_application_is_found_by_its_short_number(session: Session) -> None:
    draft = a_draft(session)

    assert application_numbered(session, number=draft.number) == draft.id
    with pytest.raises(NotFound, match="no Application with the id 0"):
        application_numbered(session, number=0)


def test_alice_sees_her_applications_the_newest_first(session: Session) -> None:
    product = a_product(session)
    old = a_draft(session, product=product)
    new = a_draft(session, product=product, at=NOON + days(1))
    a_draft(session, product=product, borrower_id=BOB)

    first = applications_of(session, borrower_id=ALICE, limit=1)
    second = applications_of(session, borrower_id=ALICE, limit=1, after=first.after)

    assert [card.id for card in (*first.items, *second.items)] == [new.id, old.id]


def test_the_file_tells_the_whole_story_of_an_application(session: Session) -> None:
    listing = a_listing(session)

    file = application_file(session, application_id=listing.application_id)

    assert file.facts == ALICES_FACTS
    assert (file.assessment.grade, file.assessment.eligible) == ("B", True)
    assert [(line.kind, line.by) for line in file.decisions] == [
        (DecisionKind.RECOMMEND_APPROVAL, OLGA),
        (DecisionKind.APPROVE, OSCAR),
    ]
    assert [(moment.noun, moment.to_state) for moment in file.timeline] == [
        ("application", "draft"),
        ("application", "submitted"),
        ("application", "reviewed"),
        ("application", "approved"),
        ("application", "accepted"),
        ("application", "listed"),
        ("listing", "open"),
    ]
    assert file.timeline[2].why == "Papers seen."
    assert file.listing is not None
    assert file.listing.number == listing.number


def test_the_file_names_the_reviewer_and_the_decision(session: Session) -> None:
    product = a_product(session)
    draft = a_draft(session, product=product)
    approved = an_approved(session, product=product)

    fresh = application_file(session, application_id=draft.id)
    decided = application_file(session, application_id=approved.id)

    assert (fresh.reviewer, fresh.final, fresh.listing) == (None, None, None)
    assert decided.reviewer == OLGA
    assert decided.final is not None
    assert decided.final.kind is DecisionKind.APPROVE


def test_an_unknown_application_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        application_file(session, application_id=uuid4())
