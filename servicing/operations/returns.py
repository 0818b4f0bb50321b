"""Returning a payment: its stored parts are taken back, and the later ones are computed anew."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kernel import find, lock
from servicing import queries
from servicing.errors import NotReturnable, PaymentKeyUsed, PaymentReturned
from servicing.kinds import RepaymentKind
from servicing.models import Loan, Repayment
from servicing.operations.correcting import take_back
from servicing.operations.settling import reopen


def reverse_repayment(
    session: Session,
    *,
    repayment_id: UUID,
    key: str,
    on: date,
    at: datetime,
    why: str,
    by: str = "system",
) -> Repayment:
    """Take a payment back: what every account and note got of it goes back as it came.

    Later payments are decided again from the snapshot before it. Lenders give back what their
    accounts hold; what is missing is advanced by the platform and met from their distributions.

    Args:
        session: the writing session.
        repayment_id: the payment that was returned, in any version of it.
        key: names the return on its loan; repeated, it gives the same one.
        on: the day of the return.
        at: when it was recorded.
        why: the reason, for the record.
        by: who recorded it.

    Raises:
        NotReturnable: this is a return itself.
        PaymentReturned: it was returned before.
        PaymentKeyUsed: the key stands for another payment.
        NothingToBridge: lenders have spent it, and the platform has too little to advance it.
    """
    named = find(session, Repayment, repayment_id)
    loan = lock(session, Loan, named.loan_id)
    known = queries.repayment_by_key(session, loan_id=loan.id, key=key)
    if known is not None:
        return _same(session, known, loan, named)
    if named.kind == RepaymentKind.REVERSAL:
        raise NotReturnable
    paid = queries.live_version(session, paid=named)
    if paid is None:
        raise PaymentReturned(number=loan.number)
    returned = take_back(session, loan, paid, key=key, on=on, at=at, why=why, by=by)
    reopen(session, loan, paid)
    return returned


def _same(session: Session, known: Repayment, loan: Loan, named: Repayment) -> Repayment:
    returned = None if known.reverses_id is None else session.get(Repayment, known.reverses_id)
    if returned is None or _root(returned) != _root(named):
        raise PaymentKeyUsed(key=known.key, number=loan.number)
    return known


def _root(paid: Repayment) -> UUID:
    return paid.root_id or paid.id
