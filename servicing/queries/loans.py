"""A loan's agreement, its state and its payments."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from amortization import Contract
from kernel import Money
from origination import Terms
from servicing.models import Loan, LoanStatus, Repayment, RepaymentKind
from servicing.owing import Parts
from servicing.paying import replay
from servicing.plan import Plan
from servicing.position import advance
from servicing.state import State


def plan(loan: Loan) -> Plan:
    """Return the agreement of a loan."""
    terms = Terms.from_json(loan.terms)
    contract = Contract(
        principal=loan.principal,
        rate=loan.rate,
        installments=loan.installments,
        start=loan.started_on,
        first_due=loan.first_due_on,
        conventions=terms.conventions,
    )
    return Plan(contract, terms)


def proceeds(loan: Loan) -> Money:
    """Return what a loan brought its borrower: its principal without the origination fee."""
    return loan.principal - plan(loan).terms.origination_fee(loan.principal)


def state(loan: Loan) -> State:
    """Return where the computation of a loan stands."""
    return State.from_json(loan.state)


def repayment_by_key(session: Session, *, loan_id: UUID, key: str) -> Repayment | None:
    """Return the payment that was recorded with this key."""
    return session.scalar(
        select(Repayment).where(Repayment.loan_id == loan_id, Repayment.key == key)
    )


def live_repayments(session: Session, *, loan_id: UUID, after: int = 0) -> list[Repayment]:
    """Return the payments that count: neither returned nor returns, later than number `after`.

    Recoveries are left out; they came when the computation had ended.
    """
    back = aliased(Repayment)
    returned = select(back.id).where(back.reverses_id == Repayment.id).exists()
    passing = (RepaymentKind.REVERSAL, RepaymentKind.RECOVERY)
    return list(
        session.scalars(
            select(Repayment)
            .where(Repayment.loan_id == loan_id, Repayment.seq > after)
            .where(Repayment.kind.not_in(passing), ~returned)
            .order_by(Repayment.seq)
        )
    )


def replayed(state: State, paid: Repayment, *, plan: Plan) -> State:
    """Return the state after a recorded payment, with the parts it had."""
    parts = Parts(paid.principal_minor, paid.interest_minor, paid.late_fee_minor)
    early = paid.kind == RepaymentKind.INSTALLMENT
    return replay(advance(state, paid.paid_on, plan=plan), parts, plan=plan, early=early)


def recovered_before(session: Session, *, loan: Loan) -> Money:
    """Return what was recovered on a loan so far, before the collectors' fees."""
    taken = func.sum(Repayment.recovery_minor + Repayment.collection_fee_minor)
    total = session.scalar(select(taken).where(Repayment.loan_id == loan.id))
    return Money(int(total or 0), loan.principal.currency)


def last_paid_on(session: Session, *, loan: Loan) -> date | None:
    """Return the latest day for which a payment on a loan was entered."""
    return session.scalar(select(func.max(Repayment.paid_on)).where(Repayment.loan_id == loan.id))


def due_loans(
    session: Session, *, on: date, after: UUID | None = None, limit: int | None = None
) -> list[UUID]:
    """Return the loans on which something happens by itself on a day or happened before it.

    Args:
        session: a session that may only read.
        on: the day.
        after: the last loan of the page before.
        limit: how many at most.
    """
    due = select(Loan.id).where(Loan.next_event_on <= on, Loan.status == LoanStatus.ACTIVE)
    if after is not None:
        due = due.where(Loan.id > after)
    return list(session.scalars(due.order_by(Loan.id).limit(limit)))
