from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import NotFound
from origination import (
    NoRelation,
    RelatedParty,
    borrower_groups,
    relate,
    related_parties,
    related_to,
    unrelate,
)
from tests.origination.stories import ALICE, NOON, OLGA, days

ADAM, ANNA, ARNE = (UUID(int=number) for number in (0xADA, 0xA11A, 0xA54E))


def together(session: Session, one: UUID, other: UUID, why: str = "one household") -> UUID:
    return relate(session, borrower_id=one, other_id=other, why=why, by=OLGA, at=NOON)


def test_two_who_belong_together_are_found_from_either(session: Session) -> None:
    group = together(session, ALICE, ADAM)

    (adam,) = related_parties(session, borrower_id=ALICE)

    assert (adam.borrower_id, adam.why, adam.by, adam.since) == (ADAM, "one household", OLGA, NOON)
    assert related_to(session, borrower_id=ADAM) == [ALICE]
    assert related_to(session, borrower_id=ANNA) == []
    assert borrower_groups(session, borrower_ids=[ALICE, ADAM, ANNA]) == {ALICE: group, ADAM: group}


def test_said_again_it_changes_nothing(session: Session) -> None:
    first = together(session, ALICE, ADAM)

    again = together(session, ADAM, ALICE, why="another reason")

    assert again == first
    assert session.scalar(select(func.count()).select_from(RelatedParty)) == 2


def test_two_groups_become_one_and_no_row_is_lost(session: Session) -> None:
    together(session, ALICE, ADAM)
    together(session, ANNA, ARNE, why="one company")

    group = together(session, ADAM, ANNA, why="guarantor")

    everybody = [ALICE, ADAM, ANNA, ARNE]
    assert set(borrower_groups(session, borrower_ids=everybody).values()) == {group}
    assert set(related_to(session, borrower_id=ARNE)) == {ALICE, ADAM, ANNA}
    ended = RelatedParty.ended_at.is_not(None)
    assert session.scalar(select(func.count()).where(ended)) == 2


def test_a_third_joins_a_group_that_there_is(session: Session) -> None:
    group = together(session, ALICE, ADAM)

    assert together(session, ANNA, ALICE) == group
    assert set(related_to(session, borrower_id=ANNA)) == {ALICE, ADAM}


def test_who_leaves_is_alone_and_the_others_stay(session: Session) -> None:
    together(session, ALICE, ADAM)
    together(session, ALICE, ANNA)

    unrelate(session, borrower_id=ALICE, by=OLGA, at=NOON + days(1))

    assert related_to(session, borrower_id=ALICE) == []
    assert related_to(session, borrower_id=ADAM) == [ANNA]


def test_nobody_is_a_group_of_one(session: Session) -> None:
    together(session, ALICE, ADAM)

    unrelate(session, borrower_id=ALICE, by=OLGA, at=NOON + days(1))

    assert borrower_groups(session, borrower_ids=[ALICE, ADAM]) == {}
    with pytest.raises(NotFound):
        unrelate(session, borrower_id=ADAM, by=OLGA, at=NOON + days(1))
    assert together(session, ALICE, ADAM)


@pytest.mark.parametrize(("other", "why"), [(ALICE, "herself"), (ADAM, "  ")])
def test_a_relation_needs_two_people_and_a_reason(session: Session, other: UUID, why: str) -> None:
    with pytest.raises(NoRelation):
        together(session, ALICE, other, why)
