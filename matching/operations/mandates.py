"""Standing orders: what a lender lets the marketplace buy for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind
from kernel import Money, NotFound, lock, new_id
from matching.criteria import Criteria
from matching.errors import UnusableMandate
from matching.models import Mandate, MandateStatus


def save_mandate(
    session: Session,
    *,
    lender_id: UUID,
    name: str,
    cap: Money,
    keep: Money,
    total: Money | None,
    criteria: Criteria,
    at: datetime,
) -> Mandate:
    """Begin a standing order; it works from the next batch on.

    Args:
        session: the writing session.
        lender_id: whose.
        name: the lender's own name for it.
        cap: the most in one listing.
        keep: cash that stays uninvested.
        total: the most that it may place over all, or none for no limit.
        criteria: what may be bought.
        at: when.

    Raises:
        UnusableMandate: the amounts do not hold together.
    """
    _check(cap=cap, keep=keep, total=total)
    account_id = escrow.open_account(
        session, kind=AccountKind.LENDER, owner_id=lender_id, currency=cap.currency
    )
    mandate = Mandate(
        id=new_id(),
        lender_id=lender_id,
        account_id=account_id,
        name=name,
        status=MandateStatus.ACTIVE,
        cap=cap,
        keep=keep,
        total_minor=None if total is None else total.minor,
        invested_minor=0,
        criteria=criteria.to_json(),
        created_at=at,
    )
    session.add(mandate)
    mandate.begin(session, by=_lender(lender_id), at=at)
    session.flush()
    return mandate


def update_mandate(
    session: Session,
    *,
    mandate_id: UUID,
    lender_id: UUID,
    name: str,
    cap: Money,
    keep: Money,
    total: Money | None,
    criteria: Criteria,
) -> Mandate:
    """Change a standing order; it keeps its place among the lender's mandates and in the queue.

    Raises:
        NotFound: the lender has no such mandate.
        UnusableMandate: the amounts do not hold together, or it has ended.
        CurrencyMismatch: the mandate is in another currency.
    """
    mandate = _own(session, mandate_id, lender_id)
    if mandate.status == MandateStatus.ENDED:
        raise UnusableMandate(field="mandate", why="it has ended")
    _check(cap=cap, keep=keep, total=total)
    mandate.name, mandate.cap, mandate.keep = name, cap, keep
    mandate.total_minor = None if total is None else total.minor
    mandate.criteria = criteria.to_json()
    return mandate


def pause_mandate(session: Session, *, mandate_id: UUID, lender_id: UUID, at: datetime) -> Mandate:
    """Let a standing order rest; what it has placed stays placed.

    Raises:
        NotFound: the lender has no such mandate.
        MoveNotAllowed: it rests already, or has ended.
    """
    return _move(session, mandate_id, lender_id, MandateStatus.PAUSED, at=at)


def resume_mandate(session: Session, *, mandate_id: UUID, lender_id: UUID, at: datetime) -> Mandate:
    """Let a standing order work again.

    Raises:
        NotFound: the lender has no such mandate.
        MoveNotAllowed: it works already, or has ended.
    """
    return _move(session, mandate_id, lender_id, MandateStatus.ACTIVE, at=at)


def end_mandate(session: Session, *, mandate_id: UUID, lender_id: UUID, at: datetime) -> Mandate:
    """End a standing order for good; what it has placed stays placed.

    Raises:
        NotFound: the lender has no such mandate.
        MoveNotAllowed: it has ended before.
    """
    return _move(session, mandate_id, lender_id, MandateStatus.ENDED, at=at)


def _move(
    session: Session, mandate_id: UUID, lender_id: UUID, to: MandateStatus, *, at: datetime
) -> Mandate:
    mandate = _own(session, mandate_id, lender_id)
    mandate.move(session, to, by=_lender(lender_id), at=at)
    mandate.idle_why = None
    return mandate


def _own(session: Session, mandate_id: UUID, lender_id: UUID) -> Mandate:
    mandate = lock(session, Mandate, mandate_id)
    if mandate.lender_id != lender_id:
        raise NotFound(what="Mandate", id=mandate_id)
    return mandate


def _check(*, cap: Money, keep: Money, total: Money | None) -> None:
    nothing = Money.zero(cap.currency)
    if cap <= nothing:
        raise UnusableMandate(field="cap", why="the most in one listing must be above zero")
    if keep < nothing:
        raise UnusableMandate(field="keep", why="what is to be kept cannot be below zero")
    if total is not None and total <= nothing:
        raise UnusableMandate(field="total", why="the most over all must be above zero")


def _lender(lender_id: UUID) -> str:
    return f"lender:{lender_id}"
