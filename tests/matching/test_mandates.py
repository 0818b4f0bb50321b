from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from kernel import Currency, MoveNotAllowed, NotFound, Rate
from matching import (
    Criteria,
    MandateStatus,
    UnusableMandate,
    batches,
    currencies_open,
    end_mandate,
    mandates_of,
    matching_listings,
    pause_mandate,
    resume_mandate,
    run_batch,
    update_mandate,
)
from tests.matching.stories import BOB, CAROL, LATER, a_listing, dollars, mandate


def change(session: Session, mandate_id: UUID, **how: Any) -> None:
    defaults: dict[str, Any] = {
        "lender_id": BOB,
        "name": "changed",
        "cap": dollars("50.00"),
        "keep": dollars("10.00"),
        "total": dollars("1000.00"),
        "criteria": Criteria(grades=("A",)),
    }
    update_mandate(session, mandate_id=mandate_id, **defaults | how)


def test_a_mandate_reads_as_it_was_written(session: Session) -> None:
    wish = Criteria(grades=("A", "B"), rate_min=Rate.percent("8"))

    mandate(session, BOB, name="safe", total=dollars("500.00"), criteria=wish)

    (line,) = mandates_of(session, lender_id=BOB)
    assert (line.name, line.status, line.criteria) == ("safe", MandateStatus.ACTIVE, wish)
    assert (line.cap, line.keep) == (dollars("100.00"), dollars("0.00"))
    assert (line.total, line.invested) == (dollars("500.00"), dollars("0.00"))
    assert (line.idle_why, line.served_at) == (None, None)


def test_a_changed_mandate_reads_as_changed(session: Session) -> None:
    bobs = mandate(session, BOB)

    change(session, bobs.id)

    (line,) = mandates_of(session, lender_id=BOB)
    assert (line.name, line.cap, line.keep) == ("changed", dollars("50.00"), dollars("10.00"))
    assert (line.total, line.criteria) == (dollars("1000.00"), Criteria(grades=("A",)))


def test_a_limit_can_be_taken_off(session: Session) -> None:
    bobs = mandate(session, BOB, total=dollars("500.00"))

    change(session, bobs.id, total=None)

    assert mandates_of(session, lender_id=BOB)[0].total is None


def test_a_mandate_rests_works_again_and_ends(session: Session) -> None:
    bobs = mandate(session, BOB)

    statuses = [
        move(session, mandate_id=bobs.id, lender_id=BOB, at=LATER).status
        for move in (pause_mandate, resume_mandate, end_mandate)
    ]

    assert statuses == [MandateStatus.PAUSED, MandateStatus.ACTIVE, MandateStatus.ENDED]


def test_an_ended_mandate_stays_as_it_was(session: Session) -> None:
    bobs = mandate(session, BOB)
    end_mandate(session, mandate_id=bobs.id, lender_id=BOB, at=LATER)

    with pytest.raises(UnusableMandate):
        change(session, bobs.id)
    with pytest.raises(MoveNotAllowed):
        resume_mandate(session, mandate_id=bobs.id, lender_id=BOB, at=LATER)


def test_nobody_touches_a_mandate_of_somebody_else(session: Session) -> None:
    bobs = mandate(session, BOB)

    with pytest.raises(NotFound):
        pause_mandate(session, mandate_id=bobs.id, lender_id=CAROL, at=LATER)


@pytest.mark.parametrize(
    ("amount", "value"), [("cap", "0.00"), ("keep", "-1.00"), ("total", "0.00")]
)
def test_amounts_that_make_no_sense_are_refused(session: Session, amount: str, value: str) -> None:
    with pytest.raises(UnusableMandate) as refused:
        mandate(session, BOB, **{amount: dollars(value)})

    assert refused.value.field == amount


def test_a_lender_sees_how_many_open_listings_match(session: Session) -> None:
    a_listing(session)
    a_listing(session, installments=60)

    counts = matching_listings(
        session,
        criteria=[Criteria(), Criteria(installments_min=60), Criteria(grades=("Z",))],
        currency=Currency.USD,
        at=LATER,
    )

    assert counts == [2, 1, 0]


def test_the_newest_batch_is_shown_first(session: Session) -> None:
    first = run_batch(session, at=LATER, seed="1")
    second = run_batch(session, at=LATER, seed="2")

    assert {batch.id for batch in batches(session)} >= {first.id, second.id}
    assert [batch.id for batch in batches(session, limit=1)] == [max(first.id, second.id)]


def test_a_batch_is_due_in_every_currency_with_open_listings(session: Session) -> None:
    a_listing(session)

    assert Currency.USD in currencies_open(session)
