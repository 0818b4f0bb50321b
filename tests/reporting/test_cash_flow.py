from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from kernel import Currency, Money
from origination import Fees, ServicingBase, Terms
from reporting import CashFlow, cash_flow, portfolio
from servicing import close_loan
from tests.support.loans import BOB, CAROL, a_loan, noon, pays
from tests.support.plans import STARTED, terms, usd

USD = Currency.USD


def of_bob(session: Session, on: date = STARTED) -> CashFlow:
    return cash_flow(session, lender_id=BOB, currency=USD, on=on)


def principal(flow: CashFlow) -> Money:
    return sum((month.principal for month in flow.months), usd("0"))


def fee_on_interest() -> Terms:
    fees: Fees = replace(terms().fees, servicing_base=ServicingBase.INTEREST)
    return terms(fees=fees)


def test_without_notes_nothing_is_to_come(session: Session) -> None:
    assert of_bob(session).months == ()


def test_a_note_brings_its_share_of_every_installment(session: Session) -> None:
    a_loan(session)

    months = of_bob(session).months

    assert [month.month for month in months][::11] == [date(2026, 2, 1), date(2027, 1, 1)]
    first = months[0]
    assert (first.principal, first.interest, first.fee) == (usd("47.31"), usd("6.00"), usd("0.53"))
    assert first.net == usd("52.78")


def test_the_principal_of_a_note_comes_back_to_the_cent(session: Session) -> None:
    loan = a_loan(session, lenders=[(BOB, "25.00"), (CAROL, "974.99")])
    assert principal(of_bob(session)) == usd("25.00")

    pays(session, loan, "88.85", date(2026, 2, 15))

    received = usd("25.00") - principal(of_bob(session))
    assert usd("1.95") <= received <= usd("2.00")


def test_loans_add_up_month_by_month(session: Session) -> None:
    a_loan(session)
    a_loan(session, installments=6, on=date(2026, 2, 15))

    months = of_bob(session).months

    assert len(months) == 12
    assert principal(of_bob(session)) == usd("1200.00")
    assert months[1].principal > months[0].principal


def test_what_is_overdue_is_expected_at_once(session: Session) -> None:
    loan = a_loan(session)
    look = date(2026, 3, 20)
    close_loan(session, loan_id=loan.id, on=look, at=noon(look))

    months = of_bob(session, look).months

    assert months[0].month == date(2026, 3, 1)
    assert months[0].principal > usd("94.00")
    assert principal(of_bob(session, look)) == usd("600.00")


def test_a_fee_on_interest_leaves_principal_alone(session: Session) -> None:
    a_loan(session, agreed=fee_on_interest())

    assert of_bob(session).months[0].fee == usd("0.06")


def test_one_note_may_be_forecast_alone(session: Session) -> None:
    first, _second = a_loan(session), a_loan(session)
    lines = portfolio(session, lender_id=BOB, on=STARTED).items
    note = next(line for line in lines if line.loan_number == first.number)

    alone = cash_flow(session, lender_id=BOB, currency=USD, on=STARTED, note_id=note.id)
    both = cash_flow(session, lender_id=BOB, currency=USD, on=STARTED)

    month = alone.months[0]
    assert month.principal + month.principal == both.months[0].principal
    assert month.interest_kept == month.interest - month.fee
