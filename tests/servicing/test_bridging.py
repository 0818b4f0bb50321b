from datetime import date
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow import (
    AccountKind,
    AccountRef,
    Gather,
    Movement,
    Posting,
    balance,
    open_account,
    post,
    pots,
    verify,
)
from kernel import Money
from servicing import (
    Loan,
    LoanStatus,
    NothingToBridge,
    Repayment,
    Shortfall,
    audit,
    reverse_repayment,
    shortfalls_of,
)
from tests.support.loans import BOB, CAROL, THREE, USD, a_loan, cash, noon, pays
from tests.support.plans import usd

FIRST_DUE = date(2026, 2, 15)
SECOND_DUE = date(2026, 3, 15)


def proved(session: Session) -> bool:
    return not (audit(session).findings + verify(session).findings)


def returned(session: Session, paid: Repayment, on: date, *, key: str = "returned") -> Repayment:
    return reverse_repayment(
        session, repayment_id=paid.id, key=key, on=on, at=noon(on), why="insufficient funds"
    )


def spends(session: Session, lender: Any, amount: Money, *, key: str = "spent") -> None:
    """Let a lender take money out."""
    account = open_account(session, kind=AccountKind.LENDER, owner_id=lender, currency=USD)
    outside = AccountRef(AccountKind.STRIPE, None, USD)
    taken = Gather(Movement.RETURN, np.array([account]), outside, np.array([amount.minor]), USD)
    post(session, key=key, postings=[taken], at=noon(FIRST_DUE), memo="withdrawn")


def fees(session: Session) -> Money:
    return balance(session, account=AccountRef(AccountKind.FEES, None, USD))


def purses(session: Session) -> list[Money]:
    return [cash(session, lender) for lender, _ in THREE]


def test_a_lender_sees_what_is_still_to_be_met(session: Session) -> None:
    loan = a_loan(session)
    returned(session, _spent(session, loan), FIRST_DUE)

    (row,) = shortfalls_of(session, lender_id=BOB)

    assert (row.loan_number, row.amount) == (loan.number, usd("52.78"))
    assert shortfalls_of(session, lender_id=CAROL) == []


def test_a_lender_who_has_spent_the_money_owes_no_cash(session: Session) -> None:
    loan = a_loan(session)
    paid = pays(session, loan, "106.62", FIRST_DUE)
    earned = fees(session)
    spends(session, BOB, usd("50.00"))

    returned(session, paid, FIRST_DUE)

    (open_row,) = session.scalars(select(Shortfall))
    assert (open_row.lender_id, open_row.open_minor) == (BOB, 5000)
    assert cash(session, BOB) == usd("0.00")
    assert fees(session) == earned - usd("50.00") - Money(paid.servicing_fee_minor, USD)
    assert proved(session)


def test_the_next_distributions_meet_what_is_carried(session: Session) -> None:
    loan = a_loan(session)
    returned(session, _spent(session, loan), FIRST_DUE)
    earned = fees(session)

    paid = pays(session, loan, "150.00", SECOND_DUE)

    (open_row,) = session.scalars(select(Shortfall))
    assert open_row.open_minor == 0
    bobs = usd("150.00").minor // 2 - 75  # half of it, less 1 %
    assert abs(cash(session, BOB).minor - (bobs - 5278)) <= 1
    assert fees(session) == earned + usd("52.78") + Money(paid.servicing_fee_minor, USD)
    assert proved(session)


def test_another_loan_meets_what_is_carried_too(session: Session) -> None:
    loan, other = a_loan(session), a_loan(session)
    returned(session, _spent(session, loan), FIRST_DUE)

    pays(session, other, "10.00", FIRST_DUE)

    (open_row,) = session.scalars(select(Shortfall))
    assert open_row.loan_id == loan.id
    assert open_row.open_minor == 5278 - 495
    assert cash(session, BOB) == usd("0.00")
    assert proved(session)


def test_a_payment_that_met_a_shortfall_opens_it_again_when_it_is_returned(
    session: Session,
) -> None:
    loan = a_loan(session)
    returned(session, _spent(session, loan), FIRST_DUE)
    before = purses(session)

    paid = pays(session, loan, "150.00", SECOND_DUE)
    returned(session, paid, SECOND_DUE, key="this one too")

    (open_row,) = session.scalars(select(Shortfall))
    assert open_row.open_minor == 5278
    assert purses(session) == before
    assert proved(session)


def test_where_the_platform_has_too_little_the_return_waits(session: Session) -> None:
    loan = a_loan(session)
    paid = _spent(session, loan)
    held = fees(session)
    account = AccountRef(AccountKind.FEES, None, USD)
    _drain(session)

    with pytest.raises(NothingToBridge) as refusal:
        returned(session, paid, FIRST_DUE)

    assert refusal.value.missing == usd("52.78") + Money(paid.servicing_fee_minor, USD)
    assert balance(session, account=account) == usd("0.00") != held
    assert loan.status == LoanStatus.ACTIVE


def test_what_the_platform_pays_in_lets_the_return_through(session: Session) -> None:
    loan = a_loan(session)
    paid = _spent(session, loan)
    _drain(session)
    bank, own = (AccountRef(kind, None, USD) for kind in (AccountKind.BANK, AccountKind.FEES))
    for turn in range(3):
        post(
            session,
            key=f"own money {turn}",
            postings=[Posting(Movement.FUND, bank, own, usd("20.00"))],
            at=noon(FIRST_DUE),
            memo="own money",
        )

    returned(session, paid, FIRST_DUE)

    assert proved(session)


def test_one_lender_with_two_notes_gives_back_for_both(session: Session) -> None:
    loan = a_loan(session, lenders=[(BOB, "600.00"), (BOB, "400.00"), (CAROL, "200.00")])
    paid = pays(session, loan, "106.62", FIRST_DUE)
    spends(session, BOB, usd("50.00"))

    returned(session, paid, FIRST_DUE)

    (open_row,) = session.scalars(select(Shortfall))
    assert open_row.open_minor == 5000
    assert proved(session)


def _spent(session: Session, loan: Loan) -> Repayment:
    """Let alice pay and bob spend all he gets of it: 52.78."""
    paid = pays(session, loan, "106.62", FIRST_DUE)
    spends(session, BOB, cash(session, BOB))
    return paid


def _drain(session: Session) -> None:
    """Pay the platform's money out to its provider."""
    outside = AccountRef(AccountKind.STRIPE, None, USD)
    for account, held in pots(session, kind=AccountKind.FEES, currency=USD).items():
        if held:
            post(
                session,
                key=f"cost {account}",
                postings=[Posting(Movement.COST, account, outside, Money(held, USD))],
                at=noon(FIRST_DUE),
                memo="cost",
            )
