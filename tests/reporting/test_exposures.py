"""What mandates are told of the life of loans."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, SandboxGateway
from kernel import Currency
from matching import AtWork, Criteria, Mandate, Mix, Wishes, save_mandate
from reporting import at_work
from tests.support.loans import BOB, a_loan, noon, pays
from tests.support.plans import STARTED, usd

FEBRUARY = date(2026, 2, 15)
LATER = noon(date(2026, 12, 1))


def a_mandate(session: Session, **wishes: Any) -> Mandate:
    return save_mandate(
        session,
        lender_id=BOB,
        name="anything",
        cap=usd("100.00"),
        keep=usd("0.00"),
        total=None,
        criteria=Criteria(),
        at=noon(STARTED),
        wishes=Wishes(**wishes),
    )


def told(session: Session) -> AtWork:
    return at_work(session, currency=Currency.USD, at=LATER)


def test_nobody_is_told_who_does_not_ask(session: Session) -> None:
    a_loan(session)
    a_mandate(session)

    assert told(session) == AtWork(parts=())


def test_what_is_outstanding_is_told_by_class(session: Session) -> None:
    loan = a_loan(session)
    pays(session, loan, "106.62", FEBRUARY)
    a_mandate(session, mix=Mix(caps={"grade": {"A": 1}}))

    (part,) = told(session).parts

    assert (part.lender_id, part.borrower_id) == (BOB, loan.borrower_id)
    assert part.amount == 552_69


def test_what_came_back_is_told_less_what_was_withdrawn_interest_first(session: Session) -> None:
    loan = a_loan(session)
    bobs = a_mandate(session, reinvests_interest=False)
    pays(session, loan, "106.62", FEBRUARY)

    before = told(session).returned
    escrow.begin_payout(
        session,
        kind=AccountKind.LENDER,
        owner_id=BOB,
        amount=usd("10.00"),
        destination="bank account on file",
        key="out",
        gateway=SandboxGateway("secret"),
        at=noon(FEBRUARY),
    )
    after = told(session).returned

    assert before == {bobs.id: (47_31, 5_47)}
    assert after == {bobs.id: (42_78, 0)}
