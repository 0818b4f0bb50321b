from datetime import date
from functools import partial

import pytest
from sqlalchemy.orm import Session

from escrow import AccountKind, AccountRef, Entry, balance, verify
from kernel import Money, find
from servicing import (
    CollectionFeeTooLarge,
    Loan,
    LoanNotPayable,
    LoanStatus,
    PaymentKeyUsed,
    RepaymentKind,
    audit,
    charge_off,
    recover,
)
from tests.support.loans import BOB, OSCAR, USD, a_loan, cash, noon, pays
from tests.support.plans import usd

FIRST_DUE = date(2026, 2, 15)
LOST_ON = date(2026, 8, 1)


def proved(session: Session) -> bool:
    return not (audit(session).findings + verify(session).findings)


def fees(session: Session) -> Money:
    return balance(session, account=AccountRef(AccountKind.FEES, None, USD))


def a_lost_loan(session: Session) -> Loan:
    loan = a_loan(session)
    return charge_off(
        session, loan_id=loan.id, by="system", on=LOST_ON, at=noon(LOST_ON), why="unreachable"
    )


def test_a_recovery_is_shared_after_the_collection_fee(session: Session) -> None:
    loan = a_lost_loan(session)
    earned = fees(session)

    paid = recover(
        session,
        loan_id=loan.id,
        gross=usd("300.00"),
        key="agency 1",
        on=date(2027, 1, 1),
        at=noon(date(2027, 1, 1)),
    )

    assert (paid.collection_fee_minor, paid.recovery_minor) == (5400, 24600)
    assert cash(session, BOB) == usd("123.00")
    assert fees(session) - earned == usd("54.00")
    assert loan.recovered_minor == 24600
    assert loan.status == LoanStatus.CHARGED_OFF
    assert loan.outstanding == usd("1200.00")
    assert proved(session)


def test_a_recovery_is_recorded_as_entered_by_who_entered_it(session: Session) -> None:
    loan = a_lost_loan(session)

    entered = recover(
        session, loan_id=loan.id, gross=usd("3"), key="one", by=OSCAR, on=LOST_ON, at=noon(LOST_ON)
    )

    assert find(session, Entry, entered.entry_id).actor == OSCAR


def test_a_recovery_may_name_what_its_collector_charged(session: Session) -> None:
    loan = a_lost_loan(session)

    paid = recover(
        session,
        loan_id=loan.id,
        gross=usd("300.00"),
        collection_fee=usd("41.70"),
        key="agency 1",
        on=LOST_ON,
        at=noon(LOST_ON),
    )

    assert (paid.collection_fee_minor, paid.recovery_minor) == (4170, 25830)
    assert proved(session)


def test_the_same_recovery_with_another_fee_of_its_collector_is_a_conflict(
    session: Session,
) -> None:
    loan = a_lost_loan(session)
    collected = partial(
        recover,
        session,
        loan_id=loan.id,
        gross=usd("300.00"),
        key="agency 1",
        on=LOST_ON,
        at=noon(LOST_ON),
    )
    first = collected(collection_fee=usd("41.70"))

    again = collected(collection_fee=usd("41.70"))
    with pytest.raises(PaymentKeyUsed):
        collected(collection_fee=usd("14.70"))

    assert again is first


def test_a_collector_cannot_charge_more_than_came_in(session: Session) -> None:
    loan = a_lost_loan(session)

    with pytest.raises(CollectionFeeTooLarge):
        recover(
            session,
            loan_id=loan.id,
            gross=usd("300.00"),
            collection_fee=usd("300.01"),
            key="agency 1",
            on=LOST_ON,
            at=noon(LOST_ON),
        )


def test_a_debt_recovered_in_full_is_settled_and_more_goes_back(session: Session) -> None:
    loan = a_lost_loan(session)
    pays(session, loan, "1000.00", LOST_ON, kind=RepaymentKind.RECOVERY)

    paid = pays(session, loan, "1000.00", date(2026, 8, 2), kind=RepaymentKind.RECOVERY)

    assert loan.status == LoanStatus.SETTLED
    assert paid.excess_minor > 0
    assert proved(session)


def test_a_charged_off_loan_takes_recoveries_only_and_others_take_none(session: Session) -> None:
    lost, sound = a_lost_loan(session), a_loan(session)

    with pytest.raises(LoanNotPayable):
        pays(session, lost, "106.62", LOST_ON)
    with pytest.raises(LoanNotPayable):
        pays(session, sound, "106.62", LOST_ON, kind=RepaymentKind.RECOVERY)
