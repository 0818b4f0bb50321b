from datetime import date

from sqlalchemy.orm import Session

from kernel import Currency
from reporting import lender_currencies, lender_summary
from reporting.lenders import LenderSummary
from servicing import RepaymentKind, charge_off, close_loan, recover
from tests.support.loans import (
    ALICE,
    BOB,
    CAROL,
    DAN,
    a_listing,
    a_loan,
    cash,
    deposit,
    noon,
    pays,
)
from tests.support.plans import STARTED, usd

USD = Currency.USD
FEBRUARY = date(2026, 2, 15)


def of_bob(session: Session, on: date = FEBRUARY) -> LenderSummary:
    return lender_summary(session, lender_id=BOB, currency=USD, on=on)


def test_a_lender_without_anything_has_nothing(session: Session) -> None:
    found = of_bob(session)

    assert (found.total, found.income, found.expected_income) == (usd("0"), usd("0"), usd("0"))
    assert (found.notes, found.standings) == (0, ())
    assert lender_currencies(session, lender_id=BOB) == ()


def test_money_is_cash_or_reserved_or_lent(session: Session) -> None:
    deposit(session, [BOB], [usd("50.00")], STARTED)
    a_listing(session, lenders=[(BOB, "100.00")])
    a_loan(session)

    found = of_bob(session)

    assert lender_currencies(session, lender_id=BOB) == (USD,)
    assert (found.cash, found.reserved) == (usd("50.00"), usd("100.00"))
    assert (found.lent, found.outstanding) == (usd("600.00"), usd("600.00"))
    assert found.total == usd("750.00")
    assert [(line.name, line.notes) for line in found.standings] == [("current", 1)]


def test_an_installment_brings_principal_and_interest_less_the_fee(session: Session) -> None:
    loan = a_loan(session)

    pays(session, loan, "106.62", FEBRUARY)

    found = of_bob(session)
    assert (found.received_interest, found.received_principal) == (usd("6.00"), usd("47.31"))
    assert found.fees_paid == usd("0.53")
    assert found.cash == cash(session, BOB) == usd("52.78")
    assert found.income == usd("5.47")
    assert found.outstanding == usd("552.69")


def test_expected_income_is_the_interest_to_come_less_the_fee(session: Session) -> None:
    loan = a_loan(session)

    pays(session, loan, "106.62", FEBRUARY)

    found = of_bob(session)
    # Bob has half of a loan whose interest is 79.42 in all, 12.00 of which has come.
    assert found.expected_interest == usd("33.71")
    assert usd("5.80") <= found.expected_fees <= usd("5.90")
    assert found.expected_income == found.expected_interest - found.expected_fees


def test_notes_of_late_loans_are_told_apart(session: Session) -> None:
    on_time = a_loan(session)
    late = a_loan(session)
    look = date(2026, 3, 10)
    pays(session, on_time, "106.62", FEBRUARY)
    close_loan(session, loan_id=late.id, on=look, at=noon(look))

    found = of_bob(session, look)

    assert [(line.name, line.notes, line.outstanding) for line in found.standings] == [
        ("current", 1, usd("552.69")),
        ("late_16_30", 1, usd("600.00")),
    ]


def test_lost_principal_is_a_loss_and_recoveries_make_up_for_it(session: Session) -> None:
    loan = a_loan(session)
    look = date(2026, 8, 1)
    charge_off(session, loan_id=loan.id, by="system", on=look, at=noon(look), why="fraud")
    recover(
        session,
        loan_id=loan.id,
        gross=usd("100.00"),
        collection_fee=usd("18.00"),
        key="collectors",
        on=look,
        at=noon(look),
    )

    found = of_bob(session, look)

    assert (found.outstanding, found.expected_interest) == (usd("0"), usd("0"))
    assert found.received_recoveries == usd("41.00")
    assert found.income == usd("41.00") - usd("600.00") - found.fees_paid
    assert [(line.name, line.notes) for line in found.standings] == [("charged_off", 1)]


def test_a_settled_loan_is_settled(session: Session) -> None:
    loan = a_loan(session)

    pays(session, loan, "1212.00", FEBRUARY, kind=RepaymentKind.PAYOFF)

    found = of_bob(session)
    assert [(line.name, line.outstanding) for line in found.standings] == [("settled", usd("0"))]
    assert found.received_principal == usd("600.00")


def test_other_lenders_and_the_borrower_are_not_counted(session: Session) -> None:
    a_loan(session, lenders=[(CAROL, "600.00"), (DAN, "600.00")])

    assert of_bob(session).notes == 0
    assert lender_summary(session, lender_id=ALICE, currency=USD, on=FEBRUARY).notes == 0
