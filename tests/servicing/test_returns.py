from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow import (
    verify,
)
from servicing import (
    Loan,
    LoanStatus,
    Note,
    NotReturnable,
    PaymentKeyUsed,
    PaymentReturned,
    Repayment,
    RepaymentKind,
    State,
    audit,
    charge_off,
    recover,
    reverse_repayment,
)
from servicing.queries import live_repayments
from tests.support.loans import BOB, CAROL, DAN, THREE, a_loan, cash, noon, pays
from tests.support.plans import usd

FIRST_DUE = date(2026, 2, 15)
SECOND_DUE = date(2026, 3, 15)


def proved(session: Session) -> bool:
    return not (audit(session).findings + verify(session).findings)


def returned(session: Session, paid: Repayment, on: date, *, key: str = "returned") -> Repayment:
    return reverse_repayment(
        session, repayment_id=paid.id, key=key, on=on, at=noon(on), why="insufficient funds"
    )


def standing(session: Session, loan: Loan) -> dict[str, Any]:
    """What a payment and its return must leave as it was."""
    session.expire_all()
    notes = select(
        Note.received_principal_minor,
        Note.received_interest_minor,
        Note.received_late_fee_minor,
        Note.received_recovery_minor,
        Note.fee_paid_minor,
    ).where(Note.loan_id == loan.id)
    return {
        "cash": [cash(session, lender) for lender, _ in THREE],
        "notes": session.execute(notes.order_by(Note.seq)).all(),
        "status": loan.status,
        "outstanding": loan.outstanding,
        "state": State.from_json(loan.state),
        "next": loan.next_event_on,
        "lost": (loan.charged_off_minor, loan.recovered_minor),
    }


def test_a_payment_and_its_return_leave_everything_as_before(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)
    before = standing(session, loan)

    paid = pays(session, loan, "50.00", date(2026, 2, 20), kind=RepaymentKind.EXTRA)
    returned(session, paid, date(2026, 2, 20))

    after = standing(session, loan)
    assert after["state"].as_of == date(2026, 2, 20)
    assert after | {"state": None} == before | {"state": None}
    assert proved(session)


def test_without_its_installment_the_loan_is_late_again(session: Session) -> None:
    loan = a_loan(session)
    paid = pays(session, loan, "106.62", FIRST_DUE)

    returned(session, paid, date(2026, 3, 10))

    state = State.from_json(loan.state)
    assert state.days_past_due == 23
    assert state.bills[0].late_fee == 1500
    assert loan.next_event_on == SECOND_DUE
    assert proved(session)


def test_a_return_in_the_middle_lets_the_later_payments_pay_what_was_open_then(
    session: Session,
) -> None:
    loan = a_loan(session)
    first = pays(session, loan, "106.62", FIRST_DUE)
    pays(session, loan, "106.62", SECOND_DUE)
    pays(session, loan, "106.62", date(2026, 4, 10))

    returned(session, first, date(2026, 4, 12))

    second, third = live_repayments(session, loan_id=loan.id)
    assert (second.paid_on, third.paid_on) == (SECOND_DUE, date(2026, 4, 10))
    # March pays February's late fee and installment first.
    assert (second.late_fee_minor, second.interest_minor) == (1500, 1200)
    assert loan.outstanding_minor == 120000 - second.principal_minor - third.principal_minor
    assert State.from_json(loan.state).days_past_due > 0
    assert proved(session)


def test_payments_after_a_return_can_be_returned_in_turn(session: Session) -> None:
    loan = a_loan(session)
    first = pays(session, loan, "106.62", FIRST_DUE)
    second = pays(session, loan, "300.00", SECOND_DUE, kind=RepaymentKind.EXTRA)
    returned(session, first, date(2026, 3, 20), key="one")
    third = pays(session, loan, "250.00", date(2026, 3, 25))

    returned(session, second, date(2026, 3, 26), key="two")
    returned(session, third, date(2026, 3, 27), key="three")

    assert loan.outstanding == usd("1200.00")
    assert [cash(session, lender) for lender in (BOB, CAROL, DAN)] == [usd("0.00")] * 3
    assert proved(session)


def test_a_returned_payoff_opens_the_loan_again(session: Session) -> None:
    loan = a_loan(session)
    paid = pays(session, loan, "1300.00", date(2026, 1, 25), kind=RepaymentKind.PAYOFF)

    returned(session, paid, date(2026, 1, 30))

    assert loan.status == LoanStatus.ACTIVE
    assert loan.closed_at is None
    assert loan.next_event_on == FIRST_DUE
    assert proved(session)


def test_a_return_before_a_payoff_leaves_what_it_paid_owed(session: Session) -> None:
    loan = a_loan(session)
    first = pays(session, loan, "100.00", date(2026, 1, 20), kind=RepaymentKind.EXTRA)
    pays(session, loan, "1300.00", date(2026, 1, 25), kind=RepaymentKind.PAYOFF)

    returned(session, first, date(2026, 1, 30))

    assert loan.status == LoanStatus.ACTIVE
    (payoff,) = live_repayments(session, loan_id=loan.id)
    assert loan.outstanding_minor == 120000 - payoff.principal_minor > 0
    assert proved(session)


def test_a_returned_recovery_is_owed_by_the_loss_again(session: Session) -> None:
    loan = a_loan(session)
    lost_on = date(2026, 8, 1)
    charge_off(
        session, loan_id=loan.id, by="system", on=lost_on, at=noon(lost_on), why="unreachable"
    )
    before = standing(session, loan)
    paid = recover(
        session, loan_id=loan.id, gross=usd("5000.00"), key="r", on=lost_on, at=noon(lost_on)
    )
    assert loan.status == LoanStatus.SETTLED

    returned(session, paid, date(2026, 8, 9))

    assert standing(session, loan) == before
    assert loan.status == LoanStatus.CHARGED_OFF
    assert proved(session)


def test_an_installment_returned_after_the_loss_makes_the_loss_larger(session: Session) -> None:
    loan = a_loan(session)
    paid = pays(session, loan, "106.62", FIRST_DUE)
    lost_on = date(2026, 8, 1)
    charge_off(
        session, loan_id=loan.id, by="system", on=lost_on, at=noon(lost_on), why="unreachable"
    )

    returned(session, paid, date(2026, 8, 9))

    assert loan.charged_off_minor == 120000
    assert loan.status == LoanStatus.CHARGED_OFF
    assert State.from_json(loan.state).as_of == lost_on
    assert proved(session)


def test_a_return_is_recorded_once_for_its_key(session: Session) -> None:
    loan = a_loan(session)
    paid = pays(session, loan, "106.62", FIRST_DUE)

    first = returned(session, paid, FIRST_DUE)
    again = returned(session, paid, FIRST_DUE)

    assert again is first
    assert loan.outstanding == usd("1200.00")
    assert proved(session)


def test_a_payment_is_returned_only_once(session: Session) -> None:
    loan = a_loan(session)
    paid = pays(session, loan, "106.62", FIRST_DUE)
    returned(session, paid, FIRST_DUE)

    with pytest.raises(PaymentReturned):
        returned(session, paid, FIRST_DUE, key="once more")


def test_the_key_of_a_payment_cannot_name_a_return(session: Session) -> None:
    loan = a_loan(session)
    paid = pays(session, loan, "106.62", FIRST_DUE, key="march")

    with pytest.raises(PaymentKeyUsed):
        returned(session, paid, FIRST_DUE, key="march")


def test_a_return_is_not_returned(session: Session) -> None:
    loan = a_loan(session)
    back = returned(session, pays(session, loan, "106.62", FIRST_DUE), FIRST_DUE)

    with pytest.raises(NotReturnable):
        returned(session, back, FIRST_DUE, key="again")
