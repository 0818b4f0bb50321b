from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from kernel import MoveNotAllowed, NotFound, new_id
from servicing import (
    Loan,
    LoanStatus,
    RepaymentKind,
    State,
    audit,
    begin_close,
    charge_off,
    claim_loans,
    close_loan,
    day_totals,
    due_loans,
    fail_item,
    finish_close,
    reverse_repayment,
)
from tests.support.loans import a_loan, noon, pays
from tests.support.plans import STARTED, terms, usd

FIRST_DUE = date(2026, 2, 15)


def closed(session: Session, loan: Loan, on: date) -> bool:
    return close_loan(session, loan_id=loan.id, on=on, at=noon(on))


def claimed(session: Session, on: date) -> list[UUID]:
    return claim_loans(session, day=on, holder=new_id(), since=noon(on), at=noon(on))


def test_the_close_touches_only_loans_on_which_something_happens(session: Session) -> None:
    early = a_loan(session)
    late = a_loan(session, on=STARTED + timedelta(days=3))

    assert due_loans(session, on=FIRST_DUE - timedelta(days=1)) == []
    assert due_loans(session, on=FIRST_DUE) == [early.id]
    assert set(due_loans(session, on=FIRST_DUE + timedelta(days=3))) == {early.id, late.id}


def test_due_loans_come_in_pages(session: Session) -> None:
    for _ in range(3):
        a_loan(session)

    first = due_loans(session, on=FIRST_DUE, limit=2)
    second = due_loans(session, on=FIRST_DUE, after=first[-1], limit=2)

    assert [len(first), len(second)] == [2, 1]
    assert first + second == sorted(first + second)


def test_closing_a_due_day_bills_the_installment(session: Session) -> None:
    loan = a_loan(session)

    happened = closed(session, loan, FIRST_DUE)

    assert happened
    assert [bill.total for bill in State.from_json(loan.state).bills] == [10662]
    assert loan.next_event_on == date(2026, 3, 3)
    assert due_loans(session, on=FIRST_DUE) == []


def test_closing_a_day_again_changes_nothing(session: Session) -> None:
    loan = a_loan(session)
    closed(session, loan, FIRST_DUE)
    state = loan.state

    assert not closed(session, loan, FIRST_DUE)
    assert loan.state == state


def test_missed_days_are_made_up_for_in_their_turn(session: Session) -> None:
    missed, kept = a_loan(session), a_loan(session)
    for days in range(70):
        closed(session, kept, FIRST_DUE + timedelta(days=days))

    closed(session, missed, FIRST_DUE + timedelta(days=69))

    assert missed.state == kept.state
    assert missed.next_event_on == kept.next_event_on


def test_a_payment_of_a_later_day_finds_its_place_after_a_close(session: Session) -> None:
    loan = a_loan(session)
    closed(session, loan, FIRST_DUE + timedelta(days=10))

    pays(session, loan, "106.62", FIRST_DUE + timedelta(days=2))

    assert State.from_json(loan.state).bills == ()
    assert not audit(session).findings


def test_a_loan_unpaid_for_too_long_is_charged_off_by_the_close(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)

    closed(session, loan, date(2026, 12, 31))

    assert loan.status == LoanStatus.CHARGED_OFF
    assert loan.charged_off_on == date(2026, 3, 15) + timedelta(days=151)
    assert loan.charged_off_minor == loan.outstanding_minor == 110538
    assert loan.next_event_on is None
    assert due_loans(session, on=date(2027, 12, 31)) == []
    assert not closed(session, loan, date(2027, 12, 31))
    assert not audit(session).findings


def test_a_payment_after_the_day_of_the_loss_leaves_the_loss_to_the_next_close(
    session: Session,
) -> None:
    loan, today = a_loan(session), date(2026, 9, 1)
    pays(session, loan, "1.00", today)

    closed(session, loan, today)

    assert (loan.status, loan.charged_off_on) == (LoanStatus.CHARGED_OFF, today)
    assert not audit(session).findings


def test_a_payment_returned_after_the_day_of_the_loss_ends_with_the_loss(session: Session) -> None:
    loan, today = a_loan(session), date(2026, 10, 1)
    settled = pays(session, loan, "1300.00", FIRST_DUE, kind=RepaymentKind.PAYOFF)
    reverse_repayment(
        session, repayment_id=settled.id, key="back", on=today, at=noon(today), why="disputed"
    )

    closed(session, loan, today)

    assert (loan.status, loan.charged_off_on) == (LoanStatus.CHARGED_OFF, today)
    assert not audit(session).findings


def test_a_product_may_leave_the_loss_to_people(session: Session) -> None:
    loan = a_loan(session, agreed=terms(charge_off_days=0))

    closed(session, loan, date(2028, 12, 31))

    assert loan.status == LoanStatus.ACTIVE
    assert loan.next_event_on is None
    charge_off(
        session,
        loan_id=loan.id,
        by="system",
        on=date(2029, 1, 1),
        at=noon(date(2029, 1, 1)),
        why="no hope",
    )
    assert loan.status == LoanStatus.CHARGED_OFF


def test_a_settled_loan_is_not_charged_off(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "2000.00", FIRST_DUE)

    with pytest.raises(MoveNotAllowed):
        charge_off(
            session, loan_id=loan.id, by="system", on=FIRST_DUE, at=noon(FIRST_DUE), why="mistake"
        )


def test_the_close_ends_with_the_proof_of_what_it_touched(session: Session) -> None:
    sound, broken = a_loan(session), a_loan(session)
    failing = a_loan(session)
    begin_close(session, day=FIRST_DUE, at=noon(FIRST_DUE))
    assert claimed(session, FIRST_DUE) == sorted([sound.id, broken.id, failing.id])
    for loan in (sound, broken):
        closed(session, loan, FIRST_DUE)
    fail_item(session, day=FIRST_DUE, loan_id=failing.id, why="locked")
    broken.outstanding_minor -= 1
    session.flush()

    close = finish_close(session, day=FIRST_DUE, at=noon(FIRST_DUE))

    assert (close.expected, close.loans) == (3, 2)
    assert close.finished_at == noon(FIRST_DUE)
    assert close.failures == [{"loan": str(failing.id), "why": "locked"}]
    assert {finding["subject"] for finding in close.findings} == {str(broken.id)}


def test_the_day_says_what_happened_to_its_loans(session: Session) -> None:
    loan = a_loan(session)
    lost_on = STARTED + timedelta(days=190)
    for day in (FIRST_DUE, date(2026, 3, 3), lost_on):
        begin_close(session, day=day, at=noon(day))
        claimed(session, day)
        closed(session, loan, day)

    first, second, last = (
        day_totals(session, day=day)[0] for day in (FIRST_DUE, date(2026, 3, 3), lost_on)
    )

    assert (first.loans, first.bills, first.billed) == (1, 1, usd("106.62"))
    assert (first.late_fees, first.losses) == (0, 0)
    assert (second.bills, second.late_fees, second.late_fee) == (0, 1, usd("15.00"))
    assert (last.losses, last.lost) == (1, loan.principal)


def test_a_close_that_was_interrupted_is_taken_up_again(session: Session) -> None:
    loan = a_loan(session)
    first = begin_close(session, day=FIRST_DUE, at=noon(FIRST_DUE))
    claimed(session, FIRST_DUE)
    closed(session, loan, FIRST_DUE)

    again = begin_close(session, day=FIRST_DUE, at=noon(FIRST_DUE) + timedelta(hours=1))

    assert again is first
    assert again.started_at == noon(FIRST_DUE)
    assert again.expected == 1


def test_a_close_that_was_not_begun_cannot_end(session: Session) -> None:
    with pytest.raises(NotFound):
        finish_close(session, day=FIRST_DUE, at=noon(FIRST_DUE))
