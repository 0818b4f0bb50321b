from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow import AccountKind, AccountRef, balance, verify
from kernel import Conflict, CurrencyMismatch, Money
from origination import LateFeeTo
from servicing import (
    Distribution,
    LoanNotPayable,
    LoanStatus,
    Note,
    NothingPaid,
    PayoffTooSmall,
    RepaymentKind,
    audit,
    quote_payoff,
    receive_repayment,
)
from tests.support.loans import BOB, CAROL, DAN, USD, a_loan, cash, noon, pays
from tests.support.plans import STARTED, terms, usd

FIRST_DUE = date(2026, 2, 15)


def proved(session: Session) -> bool:
    return not (audit(session).findings + verify(session).findings)


def fees(session: Session) -> Money:
    return balance(session, account=AccountRef(AccountKind.FEES, None, USD))


def test_an_installment_is_shared_by_what_each_lent_less_the_servicing_fee(
    session: Session,
) -> None:
    loan = a_loan(session)

    paid = pays(session, loan, "106.62", FIRST_DUE)

    assert (paid.principal_minor, paid.interest_minor) == (9462, 1200)
    assert cash(session, BOB) == usd("52.78")  # half of 106.62, less 1 % of it
    assert cash(session, CAROL) == usd("35.19")
    assert cash(session, DAN) == usd("17.60")
    assert paid.servicing_fee_minor == 10662 - 5278 - 3519 - 1760
    assert loan.outstanding == usd("1105.38")
    assert loan.next_event_on == date(2026, 3, 15)
    assert proved(session)


def test_the_same_key_pays_once(session: Session) -> None:
    loan = a_loan(session)

    first = pays(session, loan, "106.62", FIRST_DUE, key="march")
    again = pays(session, loan, "106.62", FIRST_DUE, key="march")

    assert again is first
    assert loan.outstanding == usd("1105.38")
    assert proved(session)


def test_the_same_key_for_another_payment_is_a_conflict(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE, key="march")

    with pytest.raises(Conflict):
        pays(session, loan, "106.63", FIRST_DUE, key="march")

    assert proved(session)


def test_the_same_key_on_another_loan_is_another_payment(session: Session) -> None:
    one, other = a_loan(session), a_loan(session)

    pays(session, one, "106.62", FIRST_DUE, key="march")
    pays(session, other, "106.62", FIRST_DUE, key="march")

    assert one.outstanding == other.outstanding == usd("1105.38")
    assert proved(session)


def test_an_extra_payment_lowers_what_is_owed_at_once(session: Session) -> None:
    loan = a_loan(session)

    paid = pays(session, loan, "600.00", date(2026, 1, 25), kind=RepaymentKind.EXTRA)

    assert (paid.interest_minor, paid.principal_minor) == (387, 59613)
    assert proved(session)


def test_a_payoff_at_its_quote_settles_the_loan_and_every_note_has_its_principal(
    session: Session,
) -> None:
    loan = a_loan(session)
    day = date(2026, 1, 25)
    quote = quote_payoff(session, loan_id=loan.id, on=day)

    pays(session, loan, quote.total, day, kind=RepaymentKind.PAYOFF)

    assert (quote.principal, quote.interest, quote.late_fee) == (
        usd("1200.00"),
        usd("3.87"),
        usd("0.00"),
    )
    assert loan.status == LoanStatus.SETTLED
    assert loan.next_event_on is None
    assert loan.closed_at == noon(day)
    notes = session.scalars(select(Note).where(Note.loan_id == loan.id)).all()
    session.expire_all()
    assert all(note.received_principal_minor == note.principal_minor for note in notes)
    assert proved(session)


def test_a_payoff_below_its_quote_is_refused(session: Session) -> None:
    loan = a_loan(session)

    with pytest.raises(PayoffTooSmall):
        pays(session, loan, "1203.86", date(2026, 1, 25), kind=RepaymentKind.PAYOFF)

    assert proved(session)


def test_what_is_paid_beyond_the_debt_goes_back_where_it_came_from(session: Session) -> None:
    loan = a_loan(session)

    paid = pays(session, loan, "1300.00", date(2026, 1, 25), kind=RepaymentKind.PAYOFF)

    assert paid.excess_minor == 9613
    assert loan.status == LoanStatus.SETTLED
    assert proved(session)


def test_a_loan_paid_on_time_to_its_end_is_settled_with_the_last_installment(
    session: Session,
) -> None:
    loan = a_loan(session, installments=3)
    for day, amount in ((FIRST_DUE, "408.03"), (date(2026, 3, 15), "408.03")):
        pays(session, loan, amount, day)

    owing = quote_payoff(session, loan_id=loan.id, on=date(2026, 4, 15)).total
    pays(session, loan, owing, date(2026, 4, 15))

    assert owing == usd("408.02")
    assert loan.status == LoanStatus.SETTLED
    assert proved(session)


@pytest.mark.parametrize(
    ("late_fee_to", "kept"), [(LateFeeTo.LENDERS, 0), (LateFeeTo.PLATFORM, 1500)]
)
def test_the_late_fee_goes_where_the_product_says(
    session: Session, late_fee_to: LateFeeTo, kept: int
) -> None:
    loan = a_loan(session, agreed=terms(late_fee_to=late_fee_to))
    earned = fees(session)

    paid = pays(session, loan, "15.00", FIRST_DUE + timedelta(days=16))

    assert (paid.late_fee_minor, paid.late_fee_kept_minor) == (1500, kept)
    assert fees(session) - earned == Money(kept + paid.servicing_fee_minor, USD)
    assert loan.paid_late_fee_minor == 1500
    assert proved(session)


def test_a_payment_too_small_for_everybody_is_written_down_only_for_who_gets_some(
    session: Session,
) -> None:
    loan = a_loan(session)

    paid = pays(session, loan, "0.01", FIRST_DUE)

    shares = session.scalars(select(Distribution).where(Distribution.repayment_id == paid.id)).all()
    assert [share.interest_minor for share in shares] == [1]
    assert proved(session)


def test_nothing_cannot_be_paid(session: Session) -> None:
    loan = a_loan(session)

    with pytest.raises(NothingPaid):
        pays(session, loan, "0.00", FIRST_DUE)


def test_another_currency_cannot_pay_a_loan(session: Session) -> None:
    loan = a_loan(session)

    with pytest.raises(CurrencyMismatch):
        pays(session, loan, Money.parse("106.62", USD.EUR), FIRST_DUE)


def test_a_settled_loan_takes_no_payment(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "1300.00", FIRST_DUE, kind=RepaymentKind.PAYOFF)

    with pytest.raises(LoanNotPayable):
        pays(session, loan, "106.62", date(2026, 3, 15))
    with pytest.raises(LoanNotPayable):
        quote_payoff(session, loan_id=loan.id, on=date(2026, 3, 15))


def test_a_return_is_not_received_as_a_payment(session: Session) -> None:
    loan = a_loan(session)

    with pytest.raises(LoanNotPayable):
        pays(session, loan, "1.00", FIRST_DUE, kind=RepaymentKind.REVERSAL)


def test_five_thousand_notes_live_through_a_whole_loan(session: Session) -> None:
    lenders = [
        ((BOB, CAROL, DAN)[place % 3], ("25.00", "50.00", "75.05", "125.10")[place % 4])
        for place in range(5000)
    ]
    loan = a_loan(session, lenders=lenders, rate="10.49", installments=6)
    installment = usd("58931.86")

    for month in (2, 3):
        pays(session, loan, installment, date(2026, month, 15))
    pays(session, loan, "20000.00", date(2026, 4, 2), kind=RepaymentKind.EXTRA)
    pays(session, loan, installment, date(2026, 6, 20))
    owing = quote_payoff(session, loan_id=loan.id, on=date(2026, 7, 1)).total
    pays(session, loan, owing, date(2026, 7, 1), kind=RepaymentKind.PAYOFF)

    assert loan.notes == 5000
    assert loan.status == LoanStatus.SETTLED
    assert loan.paid_late_fee_minor > 0
    assert proved(session)


def test_the_payment_before_is_told_apart_by_its_kind(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FIRST_DUE, key="march")

    with pytest.raises(Conflict):
        receive_repayment(
            session,
            loan_id=loan.id,
            amount=usd("106.62"),
            kind=RepaymentKind.EXTRA,
            key="march",
            on=FIRST_DUE,
            at=noon(FIRST_DUE),
        )


def test_a_product_that_charges_no_servicing_fee_passes_everything_on(session: Session) -> None:
    free = replace(terms().fees, servicing=terms().fees.servicing.percent(0))
    loan = a_loan(session, agreed=terms(fees=free), on=STARTED)

    pays(session, loan, "106.62", FIRST_DUE)

    received = cash(session, BOB) + cash(session, CAROL) + cash(session, DAN)
    assert received == usd("106.62")
    assert proved(session)
