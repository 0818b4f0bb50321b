"""Runs of a close share the loans between them, and none is left by one that died."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from kernel import find, new_id
from servicing import (
    Loan,
    begin_close,
    claim_loans,
    claimed_loans,
    close_loan,
    fail_item,
    release_claims,
)
from servicing.operations.claiming import EXPIRES
from tests.support.loans import a_loan, noon, pays

DAY = date(2026, 2, 15)
MOMENT = timedelta(seconds=1)


@pytest.fixture
def loans(session: Session) -> list[UUID]:
    """Give three loans that are due, in the order of their close."""
    due = sorted(a_loan(session).id for _ in range(3))
    begin_close(session, day=DAY, at=noon(DAY))
    return due


def claims(
    session: Session, holder: UUID, *, after: timedelta = timedelta(), most: int = 50
) -> list[UUID]:
    """Claim loans some time after noon, in a run that began then."""
    at = noon(DAY) + after
    return claim_loans(session, day=DAY, holder=holder, since=at, at=at, most=most)


def test_two_runs_share_the_loans(session: Session, loans: list[UUID]) -> None:
    one, other = new_id(), new_id()

    first = claims(session, one, most=2)
    second = claims(session, other)

    assert sorted(first + second) == loans
    assert len(first) == 2
    assert claims(session, one) == []
    assert claimed_loans(session, day=DAY) == 3


def test_what_a_dead_run_has_left_is_taken_over_when_its_claims_expire(
    session: Session, loans: list[UUID]
) -> None:
    claims(session, new_id())

    assert claims(session, new_id(), after=EXPIRES - MOMENT) == []
    assert claims(session, new_id(), after=EXPIRES) == loans


def test_an_interrupted_run_gives_back_what_it_has_not_closed(
    session: Session, loans: list[UUID]
) -> None:
    one, other = new_id(), new_id()
    claims(session, one)
    close_loan(session, loan_id=loans[0], on=DAY, at=noon(DAY))

    release_claims(session, day=DAY, holder=one)

    assert claims(session, other) == loans[1:]


def test_what_failed_is_tried_by_the_next_run_and_once_in_each(
    session: Session, loans: list[UUID]
) -> None:
    one = new_id()
    claims(session, one)
    for loan in loans:
        fail_item(session, day=DAY, loan_id=loan, why="locked")

    again = claim_loans(session, day=DAY, holder=one, since=noon(DAY), at=noon(DAY) + 2 * EXPIRES)

    assert again == []
    assert claimed_loans(session, day=DAY) == 0
    assert claims(session, new_id(), after=MOMENT) == loans


def test_a_loan_paid_off_since_it_was_claimed_has_no_part_in_the_day(session: Session) -> None:
    loan = a_loan(session)
    begin_close(session, day=DAY, at=noon(DAY))
    claims(session, new_id())
    pays(session, loan, "2000.00", DAY)

    assert not close_loan(session, loan_id=loan.id, on=DAY, at=noon(DAY))
    assert claimed_loans(session, day=DAY) == 0


def test_a_loan_that_is_due_again_after_its_close_is_claimed_again(
    session: Session, loans: list[UUID]
) -> None:
    claims(session, new_id())
    for loan in loans:
        close_loan(session, loan_id=loan, on=DAY, at=noon(DAY))
    find(session, Loan, loans[1]).next_event_on = DAY  # as where a payment was taken back
    session.flush()

    assert claims(session, new_id()) == [loans[1]]
