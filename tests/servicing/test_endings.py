"""A claim ends for less than is owed: written off, settled with the borrower, sold to a buyer."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from escrow import verify
from kernel import Money
from servicing import (
    AlreadyProposed,
    ClaimEnded,
    DayPassed,
    Ending,
    Loan,
    LoanNotPayable,
    LoanStatus,
    Note,
    NothingPaid,
    NotLess,
    PriceTooHigh,
    Proposal,
    Repayment,
    RepaymentKind,
    SameHands,
    Source,
    TakesTwo,
    audit,
    charge_off,
    claim,
    confirm_proposal,
    propose_sale,
    propose_settlement,
    propose_write_off,
    recover,
    reverse_repayment,
)
from tests.support.loans import OSCAR, THREE, USD, a_loan, cash, noon, pays
from tests.support.plans import usd

ON = date(2026, 3, 20)
UNTIL = date(2026, 4, 20)
OLGA = "operator:olga"


def proved(session: Session) -> bool:
    return not (audit(session).findings + verify(session).findings)


def settlement(session: Session, loan: Loan, amount: str, *, until: date = UNTIL) -> Proposal:
    return propose_settlement(
        session,
        loan_id=loan.id,
        amount=usd(amount),
        until=until,
        by=OLGA,
        on=ON,
        at=noon(ON),
        why="lives on a small pension",
    )


def sale(session: Session, loan: Loan, price: str) -> Proposal:
    return propose_sale(
        session,
        loan_id=loan.id,
        price=usd(price),
        buyer="Northern Claims",
        by=OLGA,
        on=ON,
        at=noon(ON),
        why="the best of three offers",
    )


def confirmed(session: Session, proposal: Proposal, *, by: str = OSCAR, day: date = ON) -> Proposal:
    return confirm_proposal(session, proposal_id=proposal.id, by=by, on=day, at=noon(day))


def received(session: Session) -> list[Money]:
    session.flush()
    return [cash(session, lender) for lender, _ in THREE]


def lost(session: Session, loan: Loan) -> list[int]:
    """Return what each note has lost."""
    session.flush()
    left = Note.principal_minor - Note.received_principal_minor - Note.received_recovery_minor
    return list(session.scalars(select(left).where(Note.loan_id == loan.id).order_by(Note.seq)))


def test_one_person_writes_no_loan_off(session: Session) -> None:
    loan = a_loan(session)
    with pytest.raises(TakesTwo):
        charge_off(session, loan_id=loan.id, by=OLGA, on=ON, at=noon(ON), why="insolvent")
    proposal = propose_write_off(session, loan_id=loan.id, by=OLGA, at=noon(ON), why="insolvent")

    with pytest.raises(SameHands):
        confirmed(session, proposal, by=OLGA)

    assert loan.status == LoanStatus.ACTIVE


def test_what_was_agreed_to_be_enough_ends_the_loan_and_lenders_share_the_loss(
    session: Session,
) -> None:
    loan = a_loan(session)
    confirmed(session, settlement(session, loan, "700.01"))
    pays(session, loan, "300.00", ON + timedelta(days=1))
    assert loan.status == LoanStatus.ACTIVE

    pays(session, loan, "400.01", UNTIL)

    assert (loan.status, loan.ended_as) == (LoanStatus.CHARGED_OFF, Ending.SETTLED_SHORT)
    fees = sum(row.servicing_fee_minor for row in session.scalars(select(Repayment)))
    assert sum(received(session), Money(fees, USD)) == usd("700.01")
    losses = lost(session, loan)
    assert sum(losses) == loan.charged_off_minor
    for share, (_, lent) in zip(losses, THREE, strict=True):
        assert abs(share * 120000 - loan.charged_off_minor * usd(lent).minor) < 120000
    assert proved(session)


def test_a_settlement_that_is_not_paid_in_time_settles_nothing(session: Session) -> None:
    loan = a_loan(session)
    confirmed(session, settlement(session, loan, "700.00"))

    pays(session, loan, "700.00", UNTIL + timedelta(days=1))

    assert loan.status == LoanStatus.ACTIVE
    assert loan.ended_as is None


def test_without_the_payment_that_settled_it_the_claim_lives_again(session: Session) -> None:
    loan = a_loan(session)
    before = received(session)
    confirmed(session, settlement(session, loan, "700.00"))
    paid = pays(session, loan, "700.00", UNTIL)
    assert loan.ended_as == Ending.SETTLED_SHORT

    reverse_repayment(
        session, repayment_id=paid.id, key="back", on=UNTIL, at=noon(UNTIL), why="no cover"
    )

    assert loan.ended_as is None
    assert received(session) == before
    assert claim(session, loan=loan, on=UNTIL) > usd("1200.00")
    assert proved(session)


def test_a_lost_loan_is_settled_by_what_is_recovered(session: Session) -> None:
    loan = a_loan(session)
    charge_off(session, loan_id=loan.id, by="system", on=ON, at=noon(ON), why="lost")
    confirmed(session, settlement(session, loan, "500.00"))

    recover(session, loan_id=loan.id, gross=usd("500.00"), key="r", on=UNTIL, at=noon(UNTIL))

    assert loan.ended_as == Ending.SETTLED_SHORT
    with pytest.raises(LoanNotPayable):
        recover(session, loan_id=loan.id, gross=usd("1.00"), key="x", on=UNTIL, at=noon(UNTIL))
    assert proved(session)


def test_a_settlement_is_for_less_and_for_a_day_to_come(session: Session) -> None:
    loan = a_loan(session)

    with pytest.raises(NotLess):
        settlement(session, loan, "5000.00")
    with pytest.raises(NotLess):
        settlement(session, loan, "0")
    with pytest.raises(DayPassed):
        settlement(session, loan, "700.00", until=ON - timedelta(days=1))


def test_a_settlement_of_a_loan_that_was_paid_meanwhile_is_not_needed(session: Session) -> None:
    loan = a_loan(session)
    proposal = settlement(session, loan, "700.00")
    agreed = confirmed(session, proposal)
    assert agreed.status == "confirmed"

    pays(session, loan, "2000.00", ON, kind=RepaymentKind.PAYOFF)

    assert (loan.status, loan.ended_as) == (LoanStatus.SETTLED, None)
    with pytest.raises(ClaimEnded):
        settlement(session, loan, "1.00")


def test_the_price_of_a_sold_loan_is_shared_to_the_cent_and_the_loan_is_over(
    session: Session,
) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", date(2026, 2, 15))
    before = received(session)

    confirmed(session, sale(session, loan, "333.34"))

    assert (loan.status, loan.ended_as) == (LoanStatus.CHARGED_OFF, Ending.SOLD)
    shares = [now - was for now, was in zip(received(session), before, strict=True)]
    assert sum(shares, usd("0")) == usd("333.34")
    for share, exact in zip(shares, ("166.67", "111.11", "55.56"), strict=True):
        assert abs((share - usd(exact)).minor) <= 1
    paid = session.scalars(select(Repayment).where(Repayment.source == Source.SALE)).one()
    assert (paid.kind, paid.collection_fee_minor) == (RepaymentKind.RECOVERY, 0)
    with pytest.raises(ClaimEnded):
        sale(session, loan, "1.00")
    assert proved(session)


def test_a_lost_loan_is_sold_and_comes_back_when_the_buyer_does_not_pay(session: Session) -> None:
    loan = a_loan(session)
    charge_off(session, loan_id=loan.id, by="system", on=ON, at=noon(ON), why="lost")
    before = received(session)
    confirmed(session, sale(session, loan, "400.00"))
    paid = session.scalars(select(Repayment).where(Repayment.source == Source.SALE)).one()

    reverse_repayment(session, repayment_id=paid.id, key="back", on=ON, at=noon(ON), why="not paid")

    assert (loan.status, loan.ended_as) == (LoanStatus.CHARGED_OFF, None)
    assert received(session) == before
    assert proved(session)


def test_a_sale_that_was_overtaken_is_refused_when_it_is_confirmed(session: Session) -> None:
    loan = a_loan(session)
    first = sale(session, loan, "400.00")
    pays(session, loan, "2000.00", ON, kind=RepaymentKind.PAYOFF)

    with pytest.raises(ClaimEnded):
        confirmed(session, first)


def test_a_price_lies_between_nothing_and_what_is_owed(session: Session) -> None:
    loan = a_loan(session)

    with pytest.raises(NothingPaid):
        sale(session, loan, "0")
    with pytest.raises(PriceTooHigh):
        sale(session, loan, "5000.00")
    sale(session, loan, "400.00")
    with pytest.raises(AlreadyProposed):
        sale(session, loan, "500.00")


def test_what_a_guarantor_or_the_collateral_brings_is_shared_and_named(session: Session) -> None:
    loan = a_loan(session)
    charge_off(session, loan_id=loan.id, by="system", on=ON, at=noon(ON), why="lost")

    car = recover(
        session,
        loan_id=loan.id,
        gross=usd("600.00"),
        key="car",
        on=ON,
        at=noon(ON),
        collection_fee=usd("45.00"),
        source=Source.COLLATERAL,
    )
    recover(
        session,
        loan_id=loan.id,
        gross=usd("100.00"),
        key="erin",
        on=ON,
        at=noon(ON),
        source=Source.GUARANTOR,
    )

    assert (car.source, car.recovery_minor, car.collection_fee_minor) == ("collateral", 55500, 4500)
    assert proved(session)


def test_whose_money_it_was_cannot_be_rewritten(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", date(2026, 2, 15))

    with pytest.raises(DBAPIError, match="refuse"):
        session.execute(text("UPDATE repayment SET source = 'sale'"))
