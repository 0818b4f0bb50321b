from datetime import date

import pytest
from sqlalchemy.orm import Session

from servicing import (
    LoanNotPayable,
    NothingPaid,
    PayoffTooSmall,
    RepaymentKind,
    loan_detail,
    preview_repayment,
    quote_payoff,
)
from tests.support.loans import a_loan, pays
from tests.support.plans import usd

FIRST_DUE = date(2026, 2, 15)


@pytest.mark.parametrize("kind", [RepaymentKind.INSTALLMENT, RepaymentKind.EXTRA])
def test_a_preview_says_what_the_payment_then_does(session: Session, kind: RepaymentKind) -> None:
    loan = a_loan(session)
    seen = preview_repayment(
        session, loan_id=loan.id, amount=usd("306.62"), kind=kind, on=FIRST_DUE
    )

    paid = pays(session, loan, "306.62", FIRST_DUE, kind=kind)

    parts = (seen.principal.minor, seen.interest.minor, seen.late_fee.minor, seen.excess.minor)
    booked = (paid.principal_minor, paid.interest_minor, paid.late_fee_minor, paid.excess_minor)
    assert parts == booked
    assert seen.outstanding == loan.outstanding
    assert not seen.settles


def test_a_payoff_leaves_nothing(session: Session) -> None:
    loan = a_loan(session)
    total = quote_payoff(session, loan_id=loan.id, on=FIRST_DUE).total

    seen = preview_repayment(
        session, loan_id=loan.id, amount=total, kind=RepaymentKind.PAYOFF, on=FIRST_DUE
    )

    assert seen.settles
    assert seen.outstanding == usd("0.00")


def test_nothing_is_recorded_by_looking(session: Session) -> None:
    loan = a_loan(session)
    before = dict(loan.state)

    preview_repayment(
        session, loan_id=loan.id, amount=usd("50"), kind=RepaymentKind.EXTRA, on=FIRST_DUE
    )

    assert loan.state == before


def test_what_could_not_be_paid_cannot_be_previewed(session: Session) -> None:
    loan = a_loan(session)
    payoff = RepaymentKind.PAYOFF

    with pytest.raises(PayoffTooSmall):
        preview_repayment(session, loan_id=loan.id, amount=usd("1"), kind=payoff, on=FIRST_DUE)
    with pytest.raises(NothingPaid):
        preview_repayment(session, loan_id=loan.id, amount=usd("0"), kind=payoff, on=FIRST_DUE)
    pays(session, loan, "2000", FIRST_DUE, kind=payoff)
    with pytest.raises(LoanNotPayable):
        preview_repayment(session, loan_id=loan.id, amount=usd("1"), kind=payoff, on=FIRST_DUE)


def test_a_borrower_is_asked_for_what_is_owed_else_for_what_comes_next(session: Session) -> None:
    loan = a_loan(session)

    early = loan_detail(session, loan_id=loan.id, on=date(2026, 1, 20)).standing
    late = loan_detail(session, loan_id=loan.id, on=date(2026, 2, 20)).standing
    pays(session, loan, "2000", date(2026, 2, 20), kind=RepaymentKind.PAYOFF)
    settled = loan_detail(session, loan_id=loan.id, on=date(2026, 2, 20)).standing

    assert early.asked == usd("106.62")
    assert late.asked == late.to_pay
    assert settled.asked is None
