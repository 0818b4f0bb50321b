"""Standing orders: what a lender lets the marketplace buy for it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind
from kernel import Money, NotFound, lock, new_id
from matching import queries
from matching.criteria import Criteria
from matching.errors import TooFewCriteria, UnusableMandate
from matching.mix import Mix
from matching.models import Mandate, MandateStatus
from matching.packs import pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a standing order keeps to besides its criteria and amounts.

    Attributes:
        ends_on: its last day, or none.
        borrower_cap: the most in all loans of one borrower, or none.
        group_cap: the most in all loans of borrowers who belong together, or none.
        mix: targets and caps by grade, purpose and region.
        reinvests_principal: whether repaid principal that came back since it began may be used.
        reinvests_interest: the same of interest and late fees.
    """

    ends_on: date | None = None
    borrower_cap: Money | None = None
    group_cap: Money | None = None
    mix: Mix = field(default_factory=Mix)
    reinvests_principal: bool = True
    reinvests_interest: bool = True

    @property
    def columns(self) -> dict[str, Any]:
        """The wishes as columns of a mandate."""
        return {
            "ends_on": self.ends_on,
            "borrower_cap_minor": _minor(self.borrower_cap),
            "group_cap_minor": _minor(self.group_cap),
            "mix": self.mix.to_json(),
            "reinvests_principal": self.reinvests_principal,
            "reinvests_interest": self.reinvests_interest,
        }


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


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
    wishes: Wishes | None = None,
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
        wishes: what else it is to keep to.

    Raises:
        UnusableMandate: the amounts or shares do not hold together.
        TooFewCriteria: its lender's rule pack asks for more.
    """
    wishes = wishes or Wishes()
    _check(cap=cap, keep=keep, total=total)
    _check_wishes(session, lender_id, criteria, wishes)
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
        priority=_last_priority(session, lender_id) + 1,
        **wishes.columns,
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
    wishes: Wishes | None = None,
) -> Mandate:
    """Change a standing order; it keeps its place among the lender's mandates and in the queue.

    Raises:
        NotFound: the lender has no such mandate.
        UnusableMandate: the amounts or shares do not hold together, or it has ended.
        TooFewCriteria: its lender's rule pack asks for more.
        CurrencyMismatch: the mandate is in another currency.
    """
    mandate = _own(session, mandate_id, lender_id)
    if mandate.status == MandateStatus.ENDED:
        raise UnusableMandate(field="mandate", why="it has ended")
    _check(cap=cap, keep=keep, total=total)
    _check_wishes(session, lender_id, criteria, wishes or Wishes())
    for column, value in (wishes.columns if wishes else {}).items():
        setattr(mandate, column, value)
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


def end_overdue_mandates(session: Session, *, at: datetime) -> int:
    """End the mandates whose last day is over; return how many did."""
    over = (
        select(Mandate)
        .where(Mandate.status != MandateStatus.ENDED, Mandate.ends_on < at.date())
        .order_by(Mandate.id)
        .with_for_update()
    )
    found = session.scalars(over).all()
    for mandate in found:
        mandate.move(session, MandateStatus.ENDED, by="system", at=at, why="its last day is over")
        mandate.idle_why = None
    return len(found)


def reorder_mandate(
    session: Session, *, mandate_id: UUID, lender_id: UUID, earlier: bool
) -> Mandate:
    """Move a mandate one place in its lender's own order; the first and the last stay there.

    Raises:
        NotFound: the lender has no such mandate, or it has ended.
    """
    mine = session.scalars(
        select(Mandate)
        .where(Mandate.lender_id == lender_id, Mandate.status != MandateStatus.ENDED)
        .order_by(Mandate.priority, Mandate.created_at, Mandate.id)
        .with_for_update()
    ).all()
    order = list(mine)
    place = next((row for row, each in enumerate(order) if each.id == mandate_id), None)
    if place is None:
        raise NotFound(what="Mandate", id=mandate_id)
    other = place - 1 if earlier else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    for priority, mandate in enumerate(order):
        mandate.priority = priority
    return mine[place]


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


def _last_priority(session: Session, lender_id: UUID) -> int:
    last = select(func.max(Mandate.priority)).where(Mandate.lender_id == lender_id)
    found = session.scalar(last)
    return -1 if found is None else int(found)


def _check_wishes(session: Session, lender_id: UUID, criteria: Criteria, wishes: Wishes) -> None:
    if wishes.mix.fault:
        raise UnusableMandate(field="mix", why=wishes.mix.fault)
    if wishes.borrower_cap is not None and not wishes.borrower_cap.is_positive:
        raise UnusableMandate(field="borrower_cap", why="the most per borrower must be above zero")
    if wishes.group_cap is not None and not wishes.group_cap.is_positive:
        raise UnusableMandate(field="group_cap", why="the most per group must be above zero")
    standing = queries.standing_of(session, lender_id=lender_id)
    least = pack(standing.pack).least_criteria if standing else 0
    if criteria.count < least:
        raise TooFewCriteria(field="criteria", why="too few", least=least)


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
