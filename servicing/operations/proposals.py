"""What takes two people: a category by judgement, a write-off, a settlement, a sale.

One proposes, another confirms or refuses; the database refuses the same hands, too.
"""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import Currency, Money, find, lock
from servicing import queries
from servicing.categories import Categories
from servicing.errors import (
    ClaimEnded,
    DayPassed,
    DayToCome,
    NothingPaid,
    NotLess,
    PriceTooHigh,
    SameHands,
    UnknownCategory,
)
from servicing.kinds import RepaymentKind, Source
from servicing.models import Loan, LoanStatus, Proposal, ProposalKind, ProposalStatus
from servicing.operations.changing import follow, withdraw
from servicing.operations.ending import agree, sell
from servicing.operations.losses import give_up
from servicing.operations.proposing import propose
from servicing.operations.repayments import receive_repayment


def propose_category(
    session: Session,
    *,
    loan_id: UUID,
    category: str,
    preset: Categories,
    by: str,
    at: datetime,
    why: str,
) -> Proposal:
    """Propose the category that a loan is in by judgement; risk management confirms it.

    Raises:
        UnknownCategory: the preset has no such category.
        AlreadyProposed: one waits for its confirmation.
    """
    if category not in preset.bands.names:
        raise UnknownCategory(category=category, names=", ".join(preset.bands.names))
    kind = ProposalKind.CATEGORY
    return propose(session, loan_id, kind, category=category, by=by, at=at, why=why)


def propose_write_off(
    session: Session, *, loan_id: UUID, by: str, at: datetime, why: str
) -> Proposal:
    """Propose to write a loan off.

    Raises:
        AlreadyProposed: it is proposed already.
    """
    kind = ProposalKind.WRITE_OFF
    return propose(session, loan_id, kind, by=by, at=at, why=why)


def propose_settlement(
    session: Session,
    *,
    loan_id: UUID,
    amount: Money,
    until: date,
    by: str,
    on: date,
    at: datetime,
    why: str,
) -> Proposal:
    """Propose that less is enough, if it comes by a day; the rest is then written off.

    Raises:
        ClaimEnded: nothing is owed any more.
        NotLess: it is not above zero and below what is owed.
        DayPassed: the last day to pay lies before today.
        AlreadyProposed: one is proposed already.
    """
    loan = find(session, Loan, loan_id)
    owing = _claim(session, loan, on=on)
    if not 0 < amount.minor < owing.minor:
        raise NotLess(amount=amount, number=loan.number, owed=owing)
    if until < on:
        raise DayPassed(until=until)
    details = {"amount_minor": amount.minor, "until": until.isoformat()}
    kind = ProposalKind.SETTLEMENT
    return propose(session, loan_id, kind, details=details, by=by, at=at, why=why)


def propose_sale(
    session: Session,
    *,
    loan_id: UUID,
    price: Money,
    buyer: str,
    by: str,
    on: date,
    at: datetime,
    why: str,
) -> Proposal:
    """Propose to sell what is owed on a loan to a buyer.

    Raises:
        ClaimEnded: nothing is owed any more.
        NothingPaid: the price is not above zero.
        PriceTooHigh: it is more than is owed.
        AlreadyProposed: one is proposed already.
    """
    loan = find(session, Loan, loan_id)
    owing = _claim(session, loan, on=on)
    if not price.is_positive:
        raise NothingPaid
    if price > owing:
        raise PriceTooHigh(price=price, owed=owing, number=loan.number)
    details = {"price_minor": price.minor, "buyer": buyer}
    return propose(session, loan_id, ProposalKind.SALE, details=details, by=by, at=at, why=why)


def propose_payment(
    session: Session,
    *,
    loan_id: UUID,
    amount: Money,
    kind: RepaymentKind,
    paid_on: date,
    source: Source | None = None,
    by: str,
    on: date,
    at: datetime,
    why: str,
) -> Proposal:
    """Propose to enter a payment by hand, of today or of an earlier day.

    Raises:
        NothingPaid: the amount is not above zero.
        DayToCome: the day lies ahead.
        AlreadyProposed: one is proposed already.
    """
    if not amount.is_positive:
        raise NothingPaid
    if paid_on > on:
        raise DayToCome(day=paid_on)
    details = {
        "amount_minor": amount.minor,
        "kind": str(kind),
        "paid_on": paid_on.isoformat(),
        "source": None if source is None else str(source),
    }
    kinds = ProposalKind.PAYMENT
    return propose(session, loan_id, kinds, details=details, by=by, at=at, why=why)


def confirm_proposal(
    session: Session, *, proposal_id: UUID, by: str, on: date, at: datetime
) -> Proposal:
    """Confirm what somebody else proposed, and do it.

    Raises:
        SameHands: it is the person's own.
        MoveNotAllowed: it was decided before, or the loan is settled or written off already.
        DomainError: what it asks for cannot be done any more.
    """
    proposal = _decided(session, proposal_id, ProposalStatus.CONFIRMED, by=by, at=at)
    done = _DEEDS.get(ProposalKind(proposal.kind))
    if done is not None:
        done(session, proposal, on=on, at=at)
    session.flush()
    return proposal


def refuse_proposal(
    session: Session, *, proposal_id: UUID, by: str, at: datetime, why: str
) -> Proposal:
    """Refuse what somebody else proposed.

    Raises:
        SameHands: it is the person's own.
        MoveNotAllowed: it was decided before.
    """
    return _decided(session, proposal_id, ProposalStatus.REFUSED, by=by, at=at, why=why)


def _decided(
    session: Session,
    proposal_id: UUID,
    to: ProposalStatus,
    *,
    by: str,
    at: datetime,
    why: str = "",
) -> Proposal:
    proposal = lock(session, Proposal, proposal_id)
    if proposal.proposed_by == by:
        raise SameHands(kind=proposal.kind)
    proposal.move(session, to, by=by, at=at, why=why)
    proposal.decided_by, proposal.decided_at = by, at
    session.flush()
    return proposal


def _claim(session: Session, loan: Loan, *, on: date) -> Money:
    """Return what is owed on a loan whose claim lives.

    Raises:
        ClaimEnded: nothing is owed any more.
    """
    if loan.ended_as is not None or loan.status == LoanStatus.SETTLED:
        raise ClaimEnded(number=loan.number, ended=loan.ended_as or loan.status)
    return queries.claim(session, loan=loan, on=on)


def _write_off(session: Session, proposal: Proposal, *, on: date, at: datetime) -> None:
    assert proposal.decided_by is not None
    loan = lock(session, Loan, proposal.loan_id)
    give_up(session, loan, by=proposal.decided_by, on=on, at=at, why=proposal.why)


def _enter_payment(session: Session, proposal: Proposal, *, on: date, at: datetime) -> None:
    del on
    assert proposal.details is not None
    assert proposal.decided_by is not None
    details, loan = proposal.details, lock(session, Loan, proposal.loan_id)
    source = details["source"]
    receive_repayment(
        session,
        loan_id=loan.id,
        amount=Money(details["amount_minor"], Currency(loan.currency)),
        kind=RepaymentKind(details["kind"]),
        key=f"by-hand:{proposal.id}",
        on=date.fromisoformat(details["paid_on"]),
        at=at,
        by=proposal.decided_by,
        source=None if source is None else Source(source),
    )


_DEEDS: dict[ProposalKind, Callable[..., None]] = {
    ProposalKind.WRITE_OFF: _write_off,
    ProposalKind.SETTLEMENT: agree,
    ProposalKind.SALE: sell,
    ProposalKind.PAYMENT: _enter_payment,
    ProposalKind.CHANGE: follow,
    ProposalKind.WITHDRAWAL: withdraw,
}
