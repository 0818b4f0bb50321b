from datetime import date

from sqlalchemy.orm import Session

from kernel import Currency
from reporting import borrower_summary
from servicing import LoanStatus, RepaymentKind, close_loan
from tests.support.loans import ALICE, BOB, a_loan, noon, pays
from tests.support.plans import usd

USD = Currency.USD
FEBRUARY = date(2026, 2, 15)


def test_a_borrower_without_loans_owes_nothing(session: Session) -> None:
    found = borrower_summary(session, borrower_id=BOB, on=FEBRUARY)

    assert (found.loans, found.currencies) == ((), ())
    assert found.outstanding(USD) == found.owed_now(USD) == usd("0")


def test_alice_sees_what_she_owes_and_when(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FEBRUARY)

    found = borrower_summary(session, borrower_id=ALICE, on=date(2026, 3, 1))

    (line,) = found.loans
    assert (line.number, line.status, line.standing) == (loan.number, LoanStatus.ACTIVE, "current")
    assert (line.installment, line.next_due_on) == (usd("106.62"), date(2026, 3, 15))
    assert (line.paid_principal, line.paid_interest) == (usd("94.62"), usd("12.00"))
    assert (found.currencies, found.outstanding(USD)) == ((USD,), usd("1105.38"))
    assert found.owed_now(USD) == usd("0")


def test_a_late_loan_says_what_is_owed_now(session: Session) -> None:
    loan = a_loan(session)
    look = date(2026, 3, 5)
    close_loan(session, loan_id=loan.id, on=look, at=noon(look))

    found = borrower_summary(session, borrower_id=ALICE, on=look)

    (line,) = found.loans
    assert (line.standing, line.days_past_due) == ("late_16_30", 18)
    assert found.owed_now(USD) == usd("121.62")


def test_the_newest_loan_comes_first_and_a_settled_one_counts_no_more(session: Session) -> None:
    settled, active = a_loan(session), a_loan(session)
    pays(session, settled, "1212.00", FEBRUARY, kind=RepaymentKind.PAYOFF)

    found = borrower_summary(session, borrower_id=ALICE, on=FEBRUARY)

    assert [line.number for line in found.loans] == [active.number, settled.number]
    assert found.outstanding(USD) == usd("1200.00")
