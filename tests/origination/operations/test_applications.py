from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from kernel import CurrencyMismatch, MoveNotAllowed, NotFound
from origination import (
    AmountOutsideLimits,
    ApplicationStatus,
    Facts,
    FactsMissing,
    NotADraft,
    NotYours,
    ProductNotOffered,
    ProductStatus,
    PurposeNotOffered,
    TermNotOffered,
    apply,
    submit,
    update_application,
    withdraw,
)
from tests.origination.stories import (
    ALICE,
    ALICES_FACTS,
    BOB,
    NOON,
    OLGA,
    a_draft,
    a_product,
    a_submitted,
    dollars,
)


def test_alice_applies_and_hands_in(session: Session) -> None:
    draft = a_draft(session)
    assert draft.status == ApplicationStatus.DRAFT

    submitted = submit(session, application_id=draft.id, at=NOON)

    assert submitted.status == ApplicationStatus.SUBMITTED
    assert submitted.submitted_at == NOON
    assert Facts.from_json(submitted.facts) == ALICES_FACTS


def test_applications_have_short_numbers_of_their_own(session: Session) -> None:
    product = a_product(session)

    numbers = {a_draft(session, product=product).number for _ in range(3)}

    assert len(numbers) == 3


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        ({"amount": dollars("40025.00")}, AmountOutsideLimits),
        ({"amount": dollars("475.00")}, AmountOutsideLimits),
        ({"installments": 24}, TermNotOffered),
        ({"purpose": "gambling"}, PurposeNotOffered),
    ],
)
def test_what_the_product_does_not_offer_cannot_be_applied_for(
    session: Session, wish: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        a_draft(session, **wish)


def test_dollars_cannot_be_asked_of_a_product_in_yuan(session: Session) -> None:
    with pytest.raises(CurrencyMismatch):
        a_draft(session, product=a_product(session, "personal-cn"))


def test_a_retired_product_cannot_be_applied_for(session: Session) -> None:
    product = a_product(session)
    product.move(session, ProductStatus.RETIRED, by=OLGA, at=NOON)

    with pytest.raises(ProductNotOffered, match="personal-us version 1 may no longer"):
        a_draft(session, product=product)


def test_an_unknown_product_cannot_be_applied_for(session: Session) -> None:
    with pytest.raises(NotFound):
        apply(
            session,
            borrower_id=ALICE,
            product_id=uuid4(),
            amount=dollars("1000.00"),
            installments=36,
            purpose="car",
            facts=ALICES_FACTS,
            at=NOON,
        )


def test_a_draft_may_be_changed(session: Session) -> None:
    draft = a_draft(session)

    update_application(
        session,
        application_id=draft.id,
        borrower_id=ALICE,
        amount=dollars("12000.00"),
        installments=60,
        purpose="car",
        facts=Facts(annual_income_minor=1),
    )

    assert (draft.amount, draft.installments, draft.purpose) == (dollars("12000.00"), 60, "car")
    assert draft.facts == {"annual_income_minor": 1}


def test_what_is_not_given_stays_as_it_was(session: Session) -> None:
    draft = a_draft(session)

    update_application(session, application_id=draft.id, borrower_id=ALICE)

    assert (draft.amount, draft.installments) == (dollars("10000.00"), 36)
    assert draft.facts == ALICES_FACTS.to_json()


def test_a_changed_draft_keeps_to_the_limits(session: Session) -> None:
    draft = a_draft(session)

    with pytest.raises(TermNotOffered):
        update_application(session, application_id=draft.id, borrower_id=ALICE, installments=24)


def test_nobody_changes_what_was_handed_in(session: Session) -> None:
    application = a_submitted(session)

    with pytest.raises(NotADraft, match=f"Application {application.number} was handed in"):
        update_application(session, application_id=application.id, borrower_id=ALICE)


def test_bob_cannot_change_alices_draft(session: Session) -> None:
    draft = a_draft(session)

    with pytest.raises(NotYours):
        update_application(session, application_id=draft.id, borrower_id=BOB)


def test_an_application_without_income_cannot_be_handed_in(session: Session) -> None:
    draft = a_draft(session, facts=Facts(age=34))

    with pytest.raises(FactsMissing, match="annual_income_minor"):
        submit(session, application_id=draft.id, at=NOON)

    assert draft.status == ApplicationStatus.DRAFT


def test_an_application_cannot_be_handed_in_twice(session: Session) -> None:
    application = a_submitted(session)

    with pytest.raises(MoveNotAllowed):
        submit(session, application_id=application.id, at=NOON)


def test_alice_withdraws_once(session: Session) -> None:
    application = a_submitted(session)
    by = f"borrower:{ALICE}"

    withdraw(session, application_id=application.id, by=by, at=NOON, why="changed my mind")
    assert application.status == ApplicationStatus.WITHDRAWN

    with pytest.raises(MoveNotAllowed):
        withdraw(session, application_id=application.id, by=by, at=NOON, why="again")


def test_bob_cannot_withdraw_for_alice_but_olga_can(session: Session) -> None:
    application = a_submitted(session)

    with pytest.raises(NotYours):
        withdraw(session, application_id=application.id, by=f"borrower:{BOB}", at=NOON, why="")
    withdraw(session, application_id=application.id, by=OLGA, at=NOON, why="asked by telephone")

    assert application.status == ApplicationStatus.WITHDRAWN
