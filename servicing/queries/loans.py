"""A loan's agreement, its state and its payments."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from amortization import Contract
from kernel import Currency, Money
from origination import Listing, Terms
from servicing.deciding import Entered
from servicing.kinds import RepaymentKind
from servicing.models import Loan, Repayment
from servicing.owing import to_settle
from servicing.plan import Plan
from servicing.position import advance
from servicing.revising import read_changes
from servicing.state import State

_NO_PAYMENTS = [kind for kind in RepaymentKind if not kind.is_payment]


def plan(loan: Loan) -> Plan:
    """Return the agreement of a loan."""
    terms = Terms.from_json(loan.terms)
    days = loan.due_days
    contract = Contract(
        principal=loan.principal,
        rate=loan.rate,
        installments=loan.installments,
        start=loan.started_on,
        # A day that a calendar moved anchors no timetable.
        first_due=loan.first_due_on if days is None else None,
        conventions=terms.conventions,
        due_days=None if days is None else tuple(map(date.fromisoformat, days)),
    )
    return Plan(contract, terms, read_changes(loan.changes or ()))


def proceeds(loan: Loan) -> Money:
    """Return what a loan brought its borrower: its principal without the origination fee."""
    return loan.principal - plan(loan).terms.origination_fee(loan.principal)


def opened_at(session: Session, *, application_id: UUID) -> datetime | None:
    """Return when the loan of an application was paid out, if it was."""
    return session.scalar(
        select(Loan.opened_at)
        .join(Listing, Listing.id == Loan.listing_id)
        .where(Listing.application_id == application_id)
    )


def state(loan: Loan) -> State:
    """Return where the computation of a loan stands."""
    return State.from_json(loan.state)


def repayment_by_key(session: Session, *, loan_id: UUID, key: str) -> Repayment | None:
    """Return the payment that was recorded with this key."""
    return session.scalar(
        select(Repayment).where(Repayment.loan_id == loan_id, Repayment.key == key)
    )


def live_repayments(session: Session, *, loan_id: UUID) -> list[Repayment]:
    """Return the payments that count: neither returned nor returns, in the order of their days."""
    back = aliased(Repayment)
    returned = select(back.id).where(back.reverses_id == Repayment.id).exists()
    return list(
        session.scalars(
            select(Repayment)
            .where(Repayment.loan_id == loan_id, Repayment.kind.not_in(_NO_PAYMENTS))
            .where(~returned)
            .order_by(Repayment.paid_on, Repayment.place)
        )
    )


def live_version(session: Session, *, paid: Repayment) -> Repayment | None:
    """Return the row that counts of a payment, which may have been computed anew since."""
    root = paid.root_id or paid.id
    back = aliased(Repayment)
    returned = select(back.id).where(back.reverses_id == Repayment.id).exists()
    return session.scalar(
        select(Repayment).where(or_(Repayment.id == root, Repayment.root_id == root), ~returned)
    )


def entered(paid: Repayment) -> Entered:
    """Return a recorded payment as it was entered, without what went back to the borrower."""
    is_recovery = paid.kind == RepaymentKind.RECOVERY
    currency = Currency(paid.currency)
    return Entered(
        kind=RepaymentKind(paid.kind),
        on=paid.paid_on,
        amount=Money(paid.amount_minor - paid.excess_minor, currency),
        collection_fee=Money(paid.collection_fee_minor, currency) if is_recovery else None,
        again=True,
    )


def recovered_before(session: Session, *, loan: Loan) -> Money:
    """Return what was recovered on a loan so far, before the collectors' fees."""
    taken = func.sum(Repayment.recovery_minor + Repayment.collection_fee_minor)
    total = session.scalar(select(taken).where(Repayment.loan_id == loan.id))
    return Money(int(total or 0), loan.principal.currency)


def claim(session: Session, *, loan: Loan, on: date) -> Money:
    """Return all that is owed on a day, without what was recovered since the loss."""
    agreed, kept = plan(loan), state(loan)
    owing = to_settle(advance(kept, max(on, kept.as_of), plan=agreed), plan=agreed)
    left = owing - recovered_before(session, loan=loan)
    return max(left, agreed.money(0))


def has_payments_after(session: Session, *, loan: Loan, day: date) -> bool:
    """Say whether a payment of a later day was entered that may count."""
    later = select(Repayment.id).where(Repayment.loan_id == loan.id, Repayment.paid_on > day)
    no_return = Repayment.kind.not_in(_NO_PAYMENTS)
    return session.scalar(later.where(no_return).limit(1)) is not None
