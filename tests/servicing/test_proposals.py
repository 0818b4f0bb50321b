from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import MoveNotAllowed
from servicing import (
    AlreadyProposed,
    Loan,
    LoanStatus,
    Proposal,
    SameHands,
    UnknownCategory,
    audit,
    categories,
    category_of,
    confirm_proposal,
    judgements,
    propose_category,
    propose_write_off,
    refuse_proposal,
)
from tests.support.loans import OSCAR, a_loan, noon

ON = date(2026, 2, 20)
OLGA = "operator:olga"
SMALL = categories("small_loan")


def judged(session: Session, loan: Loan, category: str, *, day: date = ON) -> Proposal:
    return propose_category(
        session,
        loan_id=loan.id,
        category=category,
        preset=SMALL,
        by=OLGA,
        at=noon(day),
        why="lost its main customer",
    )


def confirmed(session: Session, proposal: Proposal, *, by: str = OSCAR, day: date = ON) -> Proposal:
    return confirm_proposal(session, proposal_id=proposal.id, by=by, on=day, at=noon(day))


def test_a_judgement_counts_once_somebody_else_has_confirmed_it(session: Session) -> None:
    loan = a_loan(session)
    before = category_of(session, loan_id=loan.id, preset=SMALL, on=ON)
    proposal = judged(session, loan, "doubtful")
    waiting = category_of(session, loan_id=loan.id, preset=SMALL, on=ON)

    confirmed(session, proposal)

    assert (before, waiting) == ("special_mention", "special_mention")
    assert category_of(session, loan_id=loan.id, preset=SMALL, on=ON) == "doubtful"


def test_the_latest_judgement_counts_and_the_earlier_ones_stay_on_record(session: Session) -> None:
    loan = a_loan(session)
    confirmed(session, judged(session, loan, "loss"))
    later = date(2026, 2, 21)
    confirmed(session, judged(session, loan, "substandard", day=later), day=later)

    assert category_of(session, loan_id=loan.id, preset=SMALL, on=ON) == "substandard"
    assert [row.category for row in judgements(session, loan_id=loan.id)] == ["substandard", "loss"]


def test_nobody_confirms_or_refuses_their_own_proposal(session: Session) -> None:
    proposal = judged(session, a_loan(session), "loss")

    with pytest.raises(SameHands):
        confirmed(session, proposal, by=OLGA)
    with pytest.raises(SameHands):
        refuse_proposal(session, proposal_id=proposal.id, by=OLGA, at=noon(ON), why="no")


def test_the_database_refuses_the_same_hands_too(session: Session) -> None:
    judged(session, a_loan(session), "loss")

    with pytest.raises(IntegrityError, match="ck_proposal_hands"):
        session.execute(text("UPDATE proposal SET decided_by = proposed_by"))


def test_what_is_refused_changes_nothing_and_may_be_proposed_again(session: Session) -> None:
    loan = a_loan(session)
    proposal = judged(session, loan, "loss")
    with pytest.raises(AlreadyProposed):
        judged(session, loan, "doubtful")

    refuse_proposal(session, proposal_id=proposal.id, by=OSCAR, at=noon(ON), why="pays in time")

    assert category_of(session, loan_id=loan.id, preset=SMALL, on=ON) == "special_mention"
    with pytest.raises(MoveNotAllowed):
        confirmed(session, proposal)
    confirmed(session, judged(session, loan, "doubtful"))


def test_a_category_is_one_of_the_preset(session: Session) -> None:
    with pytest.raises(UnknownCategory, match="normal, special_mention"):
        judged(session, a_loan(session), "hopeless")


def test_a_loan_is_written_off_by_two_people(session: Session) -> None:
    loan = a_loan(session)
    proposal = propose_write_off(session, loan_id=loan.id, by=OLGA, at=noon(ON), why="insolvent")
    assert loan.status == LoanStatus.ACTIVE

    confirmed(session, proposal)

    assert loan.status == LoanStatus.CHARGED_OFF
    assert loan.charged_off_on == ON
    assert audit(session).ok
