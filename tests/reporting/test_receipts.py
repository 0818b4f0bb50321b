from datetime import date

from sqlalchemy.orm import Session

from kernel import Currency
from reporting import newest_receipts, note_receipts, portfolio
from servicing import RepaymentKind, reverse_repayment
from tests.support.loans import ALICE, BOB, CAROL, a_loan, noon, pays
from tests.support.plans import usd

FEBRUARY, MARCH = date(2026, 2, 15), date(2026, 3, 15)


def test_a_note_shows_what_it_got_of_each_payment_the_latest_first(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FEBRUARY)
    pays(session, loan, "106.62", MARCH)
    (line,) = portfolio(session, lender_id=BOB, on=MARCH).items

    received = note_receipts(session, note_id=line.id, lender_id=BOB)

    assert [receipt.paid_on for receipt in received] == [MARCH, FEBRUARY]
    first = received[-1]
    assert (first.principal, first.interest, first.fee) == (usd("47.31"), usd("6.00"), usd("0.53"))
    assert first.net == usd("52.78")
    assert first.kind is RepaymentKind.INSTALLMENT


def test_nobody_reads_the_receipts_of_somebody_else(session: Session) -> None:
    pays(session, a_loan(session), "106.62", FEBRUARY)
    (line,) = portfolio(session, lender_id=BOB, on=FEBRUARY).items

    assert note_receipts(session, note_id=line.id, lender_id=CAROL) == ()


def test_a_returned_payment_is_a_receipt_below_zero(session: Session) -> None:
    loan = a_loan(session)
    paid = pays(session, loan, "106.62", FEBRUARY)
    reverse_repayment(
        session,
        repayment_id=paid.id,
        key="back",
        on=MARCH,
        at=noon(MARCH),
        why="bounced",
        by=str(ALICE),
    )

    back, first = newest_receipts(session, lender_id=BOB, currency=Currency.USD)

    assert back.kind is RepaymentKind.REVERSAL
    assert back.net == -first.net


def test_the_newest_receipts_are_those_of_all_notes_in_one_currency(session: Session) -> None:
    for _ in range(3):
        pays(session, a_loan(session), "106.62", FEBRUARY)

    received = newest_receipts(session, lender_id=BOB, currency=Currency.USD, limit=2)

    assert len({receipt.note_id for receipt in received}) == 2
    assert newest_receipts(session, lender_id=BOB, currency=Currency.CNY) == ()
