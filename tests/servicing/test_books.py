from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from kernel import NotFound
from servicing import (
    LoanStatus,
    RepaymentKind,
    charge_off,
    loan_detail,
    loans,
    notes_of,
    payments,
    reverse_repayment,
)
from tests.support.loans import ALICE, BOB, CAROL, a_loan, noon, pays
from tests.support.plans import usd

FIRST_DUE = date(2026, 2, 15)


def test_a_borrower_sees_what_is_to_be_paid_and_what_comes(session: Session) -> None:
    loan = a_loan(session)

    shown = loan_detail(session, loan_id=loan.id, on=date(2026, 3, 20))

    standing = shown.standing
    assert standing.past_due == usd("228.24")  # two installments and a late fee
    assert standing.to_pay == standing.past_due
    assert standing.days_past_due == 33
    assert standing.next is not None
    assert (standing.next.number, standing.next.amount) == (1, usd("121.62"))
    assert [row.number for row in standing.upcoming] == list(range(1, 13))
    assert [row.is_billed for row in standing.upcoming[:3]] == [True, True, False]
    assert shown.card.outstanding == usd("1200.00")


def test_what_settles_the_loan_is_shown_for_the_day(session: Session) -> None:
    loan = a_loan(session)

    standing = loan_detail(session, loan_id=loan.id, on=date(2026, 1, 25)).standing

    assert standing.payoff == usd("1203.87")
    assert standing.to_pay == usd("0.00")


def test_a_day_before_the_last_payment_shows_the_loan_as_of_that_payment(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)

    standing = loan_detail(session, loan_id=loan.id, on=date(2026, 2, 1)).standing

    assert standing.on == FIRST_DUE
    assert standing.past_due == usd("0.00")


def test_a_settled_loan_owes_nothing_and_nothing_comes(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "2000.00", FIRST_DUE)

    shown = loan_detail(session, loan_id=loan.id, on=date(2026, 3, 20))

    assert shown.card.status == LoanStatus.SETTLED
    assert shown.standing.payoff is None
    assert shown.standing.next is None
    assert shown.paid_principal == usd("1200.00")
    assert shown.paid_interest == usd("12.00")


def test_there_is_no_loan_with_an_unknown_id(session: Session) -> None:
    with pytest.raises(NotFound):
        loan_detail(session, loan_id=UUID(int=1), on=FIRST_DUE)


def test_the_history_shows_the_latest_payment_first_and_what_was_returned(
    session: Session,
) -> None:
    loan = a_loan(session)
    paid = pays(session, loan, "106.62", FIRST_DUE)
    pays(session, loan, "10.00", date(2026, 2, 20), kind=RepaymentKind.EXTRA)
    on = date(2026, 2, 21)
    reverse_repayment(session, repayment_id=paid.id, key="back", on=on, at=noon(on), why="returned")

    history = payments(session, loan_id=loan.id)

    assert [line.kind for line in history] == [
        RepaymentKind.REVERSAL,
        RepaymentKind.EXTRA,
        RepaymentKind.INSTALLMENT,
    ]
    assert [line.returned for line in history] == [False, False, True]
    assert history[0].amount == usd("-106.62")


def test_the_book_lists_the_newest_loan_first_page_by_page(session: Session) -> None:
    numbers = [a_loan(session).number for _ in range(3)]

    first = loans(session, borrower_id=ALICE, limit=2)
    second = loans(session, borrower_id=ALICE, after=first.after, limit=2)

    assert [card.number for card in (*first.items, *second.items)] == numbers[::-1]
    assert second.after is None


def test_the_book_can_be_narrowed_to_losses(session: Session) -> None:
    a_loan(session)
    lost = a_loan(session)
    charge_off(session, loan_id=lost.id, by="system", on=FIRST_DUE, at=noon(FIRST_DUE), why="gone")

    found = loans(session, status=LoanStatus.CHARGED_OFF)

    assert [card.id for card in found.items] == [lost.id]
    assert found.items[0].charged_off_on == FIRST_DUE


def test_a_lender_sees_each_note_with_its_receipts(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)
    session.expire_all()

    (note,) = notes_of(session, lender_id=BOB).items

    assert note.loan.number == loan.number
    assert (note.principal, note.received_interest) == (usd("600.00"), usd("6.00"))
    assert note.outstanding == usd("552.69")
    assert note.received_principal + note.received_interest - note.fee_paid == usd("52.78")


def test_notes_come_in_pages_and_by_the_status_of_their_loan(session: Session) -> None:
    settled = a_loan(session)
    pays(session, settled, "2000.00", FIRST_DUE)
    twice = a_loan(session, lenders=[(CAROL, "25.00"), (CAROL, "50.00")])

    first = notes_of(session, lender_id=CAROL, limit=1)
    rest = notes_of(session, lender_id=CAROL, limit=5, after=first.after)
    done = notes_of(session, lender_id=CAROL, statuses=[LoanStatus.SETTLED])

    assert first.items[0].loan.id == twice.id
    assert [note.loan.id for note in rest.items] == [twice.id, settled.id]
    assert [note.loan.id for note in done.items] == [settled.id]
