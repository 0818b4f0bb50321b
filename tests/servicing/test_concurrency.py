"""Several connections at once: what is paid twice with one key is paid once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from escrow import verify
from kernel import DomainError, write_turn
from servicing import Loan, LoanNotPayable, LoanStatus, Repayment, RepaymentKind, audit, open_loan
from tests.support.loans import OSCAR, a_listing, a_loan, noon, pays
from tests.support.plans import STARTED

FIRST_DUE = date(2026, 2, 15)


def committed(engine: Engine, work: Callable[[Session], str]) -> str:
    """Do something in a transaction of its own, as a request does."""
    try:
        with write_turn(engine), Session(engine) as session, session.begin():
            return work(session)
    except DomainError as refusal:
        return refusal.code


def at_once(engine: Engine, work: Callable[[Session, int], str], *, times: int = 8) -> list[str]:
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda turn: committed(engine, lambda s: work(s, turn)), range(times)))


def proved(engine: Engine) -> bool:
    with Session(engine) as session:
        return not audit(session).findings + verify(session).findings


def a_committed_loan(engine: Engine) -> UUID:
    return UUID(committed(engine, lambda session: str(a_loan(session).id)))


def test_one_key_pays_once_however_many_try(engine: Engine) -> None:
    loan_id = a_committed_loan(engine)

    def pay(session: Session, turn: int) -> str:
        del turn
        loan = session.get_one(Loan, loan_id)
        return str(pays(session, loan, "106.62", FIRST_DUE, key="february").id)

    answers = at_once(engine, pay)

    assert len(set(answers)) == 1
    assert proved(engine)


def test_a_loan_is_paid_off_by_one_of_many(engine: Engine) -> None:
    loan_id = a_committed_loan(engine)

    def pay_off(session: Session, turn: int) -> str:
        loan = session.get_one(Loan, loan_id)
        pays(session, loan, "1212.00", FIRST_DUE, kind=RepaymentKind.PAYOFF, key=f"try {turn}")
        return "paid"

    answers = at_once(engine, pay_off)

    assert sorted(answers) == [LoanNotPayable.code] * 7 + ["paid"]
    with Session(engine) as session:
        assert session.get_one(Loan, loan_id).status == LoanStatus.SETTLED
    assert proved(engine)


def test_different_payments_at_once_all_count(engine: Engine) -> None:
    loan_id = a_committed_loan(engine)

    def pay(session: Session, turn: int) -> str:
        loan = session.get_one(Loan, loan_id)
        return str(pays(session, loan, "10.00", FIRST_DUE, key=f"part {turn}").seq)

    numbers = at_once(engine, pay)

    assert sorted(numbers) == [str(number) for number in range(1, 9)]
    with Session(engine) as session:
        assert session.scalar(select(func.sum(Repayment.amount_minor))) == 8000
    assert proved(engine)


def test_a_listing_is_paid_out_once_however_many_try(engine: Engine) -> None:
    listing_id = UUID(committed(engine, lambda session: str(a_listing(session).id)))

    def open_it(session: Session, turn: int) -> str:
        del turn
        loan = open_loan(session, listing_id=listing_id, at=noon(STARTED), on=STARTED, by=OSCAR)
        return str(loan.id)

    answers = at_once(engine, open_it)

    assert len(set(answers)) == 1
    assert proved(engine)
