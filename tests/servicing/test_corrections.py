from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow import (
    verify,
)
from kernel import Money, find
from servicing import (
    Correction,
    Loan,
    LoanNotPayable,
    LoanStatus,
    Note,
    NothingPaid,
    PaymentReturned,
    Repayment,
    RepaymentKind,
    State,
    audit,
    charge_off,
    close_loan,
    differences,
    lender_differences,
    recover,
    reverse_repayment,
)
from servicing.queries import live_repayments
from tests.support.loans import BOB, THREE, USD, a_loan, cash, noon, pays
from tests.support.plans import STARTED, usd

FIRST_DUE = date(2026, 2, 15)
SECOND_DUE = date(2026, 3, 15)
THIRD_DUE = date(2026, 4, 15)
LOST_ON = date(2026, 8, 1)


def proved(session: Session) -> bool:
    return not (audit(session).findings + verify(session).findings)


def returned(session: Session, paid: Repayment, on: date, *, key: str = "returned") -> Repayment:
    return reverse_repayment(
        session, repayment_id=paid.id, key=key, on=on, at=noon(on), why="insufficient funds"
    )


def standing(session: Session, loan: Loan) -> dict[str, Any]:
    """What a payment and its return must leave as it was."""
    session.flush()
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
        "live": [
            (paid.paid_on, paid.kind, paid.principal_minor, paid.interest_minor)
            for paid in live_repayments(session, loan_id=loan.id)
        ],
    }


def test_a_payment_of_an_earlier_day_ends_as_if_it_had_come_in_time(session: Session) -> None:
    in_time = a_loan(session)
    pays(session, in_time, "106.62", FIRST_DUE)
    pays(session, in_time, "106.62", SECOND_DUE)
    before = [cash(session, lender) for lender, _ in THREE]
    late = a_loan(session)
    close_loan(session, loan_id=late.id, on=date(2026, 3, 10), at=noon(date(2026, 3, 10)))
    pays(session, late, "106.62", SECOND_DUE)

    pays(session, late, "106.62", FIRST_DUE)

    session.expire_all()
    assert late.state == in_time.state
    assert late.paid_late_fee_minor == 0
    assert [cash(session, lender) for lender, _ in THREE] == [one * 2 for one in before]
    assert proved(session)


def test_the_loan_tells_what_an_earlier_payment_changed(session: Session) -> None:
    loan = a_loan(session)
    close_loan(session, loan_id=loan.id, on=date(2026, 3, 10), at=noon(date(2026, 3, 10)))
    assert State.from_json(loan.state).bills[0].late_fee == 1500

    paid = pays(session, loan, "106.62", FIRST_DUE)

    told = find(session, Correction, paid.id)
    assert State.from_json(told.before).bills[0].late_fee == 1500
    assert State.from_json(told.after).bills == ()
    assert proved(session)


def test_borrower_and_lenders_are_told_the_differences(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", SECOND_DUE)

    paid = pays(session, loan, "106.62", FIRST_DUE)

    (told,) = differences(session, loan_id=loan.id)
    assert (told.number, told.late_before, told.late_after) == (2, usd("0.00"), usd("0.00"))
    assert told.owed_before - told.owed_after > usd("106.00")
    (change,) = told.changes
    assert (change.place, change.paid_on) == (1, SECOND_DUE)
    assert (change.was.late_fee, change.now.late_fee) == (usd("15.00"), usd("0.00"))
    bobs = lender_differences(session, repayment_id=paid.id, lender_id=BOB)
    assert bobs.late_fee == usd("-7.50")
    assert bobs.principal + bobs.interest + bobs.late_fee in (usd("53.31"), usd("53.32"))


def test_a_payment_that_comes_out_as_before_is_left_alone(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)
    second = pays(session, loan, "10.00", SECOND_DUE)

    returned(session, pays(session, loan, "5.00", date(2026, 3, 20)), date(2026, 3, 20))

    assert second in live_repayments(session, loan_id=loan.id)


@pytest.mark.parametrize("kind", [RepaymentKind.INSTALLMENT, RepaymentKind.EXTRA])
def test_an_earlier_payment_and_its_return_leave_everything_as_before(
    session: Session, kind: RepaymentKind
) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", SECOND_DUE)
    pays(session, loan, "150.00", THIRD_DUE)
    before = standing(session, loan)

    paid = pays(session, loan, "33.33", date(2026, 2, 20), kind=kind)
    assert standing(session, loan)["live"] != before["live"]
    returned(session, paid, THIRD_DUE)

    assert standing(session, loan) == before
    assert proved(session)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(
    days=st.permutations([3, 31, 40, 59, 60, 75, 95]),
    amounts=st.lists(st.integers(1, 15000), min_size=7, max_size=7),
    back=st.integers(0, 6),
)
def test_in_whatever_order_payments_are_entered_they_count_by_their_days(
    session: Session, days: list[int], amounts: list[int], back: int
) -> None:
    paid = dict(zip(days, amounts, strict=True))
    ordered, mixed = a_loan(session), a_loan(session)
    for day in sorted(paid):
        if day != days[back]:
            _pays_on(session, ordered, day, paid[day])
    entered = {day: _pays_on(session, mixed, day, paid[day]) for day in days}

    returned(session, entered[days[back]], STARTED + timedelta(days=95))

    session.flush()
    was, now = standing(session, ordered), standing(session, mixed)
    assert now["live"] == was["live"]
    assert now["notes"] == was["notes"]
    assert now["outstanding"] == was["outstanding"]
    assert proved(session)


def _pays_on(session: Session, loan: Loan, day: int, amount: int) -> Repayment:
    return pays(session, loan, Money(amount, USD), STARTED + timedelta(days=day))


def test_what_a_payoff_no_longer_needs_goes_back_to_the_borrower(session: Session) -> None:
    loan = a_loan(session)
    paid = pays(session, loan, "1300.00", SECOND_DUE, kind=RepaymentKind.PAYOFF)
    sent = paid.excess_minor

    pays(session, loan, "100.00", FIRST_DUE, kind=RepaymentKind.EXTRA)

    assert loan.status == LoanStatus.SETTLED
    _, payoff = live_repayments(session, loan_id=loan.id)
    assert payoff.amount == usd("1300.00")
    assert payoff.excess_minor > sent + 10000
    assert proved(session)


def test_what_went_back_to_the_borrower_cannot_pay_again(session: Session) -> None:
    loan = a_loan(session)
    first = pays(session, loan, "100.00", FIRST_DUE, kind=RepaymentKind.EXTRA)
    payoff = pays(session, loan, "1300.00", SECOND_DUE, kind=RepaymentKind.PAYOFF)
    paid = payoff.amount_minor - payoff.excess_minor

    returned(session, first, date(2026, 3, 20))

    (again,) = live_repayments(session, loan_id=loan.id)
    assert again.amount_minor - again.excess_minor == paid
    assert loan.status == LoanStatus.ACTIVE
    assert proved(session)


def test_a_loss_stays_taken_and_becomes_smaller_by_an_earlier_payment(session: Session) -> None:
    loan = a_loan(session)
    charge_off(
        session, loan_id=loan.id, by="system", on=LOST_ON, at=noon(LOST_ON), why="unreachable"
    )
    recover(session, loan_id=loan.id, gross=usd("50.00"), key="r", on=LOST_ON, at=noon(LOST_ON))

    pays(session, loan, "106.62", FIRST_DUE)

    assert loan.status == LoanStatus.CHARGED_OFF
    assert loan.charged_off_minor == 120000 - 9462
    assert proved(session)


def test_a_lost_loan_that_had_been_paid_is_settled(session: Session) -> None:
    loan = a_loan(session)
    charge_off(session, loan_id=loan.id, by="system", on=LOST_ON, at=noon(LOST_ON), why="error")

    pays(session, loan, "1300.00", date(2026, 2, 1), kind=RepaymentKind.EXTRA)

    assert loan.status == LoanStatus.SETTLED
    assert loan.charged_off_minor == 0
    assert proved(session)


def test_recoveries_may_come_in_any_order(session: Session) -> None:
    loan = a_loan(session)
    charge_off(
        session, loan_id=loan.id, by="system", on=LOST_ON, at=noon(LOST_ON), why="unreachable"
    )
    later = LOST_ON + timedelta(days=365)
    pays(session, loan, "1700.00", later, kind=RepaymentKind.RECOVERY)
    assert loan.status == LoanStatus.SETTLED

    pays(session, loan, "100.00", LOST_ON, kind=RepaymentKind.RECOVERY)

    first, second = live_repayments(session, loan_id=loan.id)
    assert (first.amount, second.amount) == (usd("100.00"), usd("1700.00"))
    assert second.excess_minor > 0
    assert loan.status == LoanStatus.SETTLED
    assert proved(session)


def test_without_its_largest_recovery_a_lost_loan_is_owed_again(session: Session) -> None:
    loan = a_loan(session)
    charge_off(
        session, loan_id=loan.id, by="system", on=LOST_ON, at=noon(LOST_ON), why="unreachable"
    )
    largest = pays(session, loan, "900.00", LOST_ON, kind=RepaymentKind.RECOVERY)
    pays(session, loan, "900.00", LOST_ON + timedelta(days=9), kind=RepaymentKind.RECOVERY)

    returned(session, largest, LOST_ON + timedelta(days=20))

    assert loan.status == LoanStatus.CHARGED_OFF
    assert proved(session)


@pytest.mark.parametrize(
    ("kind", "on"),
    [
        (RepaymentKind.EXTRA, STARTED - timedelta(days=1)),
        (RepaymentKind.RECOVERY, FIRST_DUE - timedelta(days=1)),
        (RepaymentKind.REVERSAL, FIRST_DUE - timedelta(days=1)),
    ],
)
def test_no_payment_comes_before_its_time(session: Session, kind: RepaymentKind, on: date) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)

    with pytest.raises(LoanNotPayable):
        pays(session, loan, "10.00", on, kind=kind)


def test_an_earlier_payment_needs_an_amount(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE)

    with pytest.raises(NothingPaid):
        pays(session, loan, "0.00", date(2026, 2, 1))


def test_a_payment_that_came_anew_is_returned_under_its_first_name(session: Session) -> None:
    loan = a_loan(session)
    march = pays(session, loan, "106.62", SECOND_DUE)
    pays(session, loan, "106.62", FIRST_DUE)
    assert march not in live_repayments(session, loan_id=loan.id)

    back = returned(session, march, date(2026, 3, 20))

    assert returned(session, march, date(2026, 3, 20)) is back
    assert [paid.paid_on for paid in live_repayments(session, loan_id=loan.id)] == [FIRST_DUE]
    with pytest.raises(PaymentReturned):
        returned(session, march, date(2026, 3, 20), key="once more")
    assert proved(session)
