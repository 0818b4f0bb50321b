"""A lender's own withdrawals: where to, how much in a day, and who must agree."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escrow.chart import AccountKind
from escrow.errors import DestinationNotUsable, OverDailyLimit, SameApprover
from escrow.gateway import PaymentGateway
from escrow.models import Account
from escrow.operations.payouts import begin_payout, bounce
from escrow.policy import payment_policy
from escrow.transfers import (
    Destination,
    DestinationStatus,
    Payout,
    PayoutApproval,
    PayoutStatus,
)
from kernel import Money, MoveNotAllowed, lock

DAY = timedelta(hours=24)


def withdraw(
    session: Session,
    *,
    owner_id: UUID,
    destination_id: UUID,
    amount: Money,
    key: str,
    gateway: PaymentGateway,
    at: datetime,
) -> Payout:
    """Take a lender's money out to one of their verified bank accounts.

    Above the review limit of the policy it waits for people of the house to agree.

    Raises:
        DestinationNotUsable: the account is not theirs, not verified or still cooling off.
        OverDailyLimit: too much within 24 hours.
        InsufficientFunds, NothingToPost, KeyConflict: as for every payout.
    """
    known = session.scalar(select(Payout.id).where(Payout.key == key))
    destination = _usable(session, owner_id, destination_id, gateway.name, at)
    if known is None:
        _check_day(session, owner_id, amount, at)
    large = amount > payment_policy().review_limits[amount.currency]
    return begin_payout(
        session,
        kind=AccountKind.LENDER,
        owner_id=owner_id,
        amount=amount,
        destination=destination.label,
        destination_id=destination.id,
        key=key,
        gateway=gateway,
        at=at,
        status=PayoutStatus.REVIEW if large else PayoutStatus.REQUESTED,
    )


def approve_payout(session: Session, *, payout_id: UUID, by: str, at: datetime) -> Payout:
    """Agree to a large payout; with as many people as the policy asks for it may go.

    Raises:
        SameApprover: this person has agreed before.
        MoveNotAllowed: it does not wait for anybody.
    """
    payout = _in_review(session, payout_id)
    before = _approvals(session, payout_id)
    if by in before:
        raise SameApprover(by=by)
    session.add(PayoutApproval(payout_id=payout_id, by=by, at=at))
    if len(before) + 1 >= payment_policy().approvals:
        payout.move(session, PayoutStatus.REQUESTED, by=by, at=at)
    return payout


def refuse_payout(session: Session, *, payout_id: UUID, by: str, why: str, at: datetime) -> Payout:
    """Put the money of a large payout back, and tell its owner why.

    Raises:
        MoveNotAllowed: it does not wait for anybody.
    """
    payout = _in_review(session, payout_id)
    bounce(session, payout, why[:200], by=by, at=at)
    return payout


def _usable(
    session: Session, owner_id: UUID, destination_id: UUID, gateway: str, at: datetime
) -> Destination:
    """Lock the destinations of an owner, so that a day's limit holds for all, and return one."""
    theirs = session.scalars(
        select(Destination)
        .where(Destination.owner_id == owner_id)
        .order_by(Destination.id)
        .with_for_update()
    )
    row = next((each for each in theirs.all() if each.id == destination_id), None)
    if row is None or row.status == DestinationStatus.REMOVED:
        raise DestinationNotUsable(why="it is not among yours")
    if row.gateway != gateway:
        raise DestinationNotUsable(why="money leaves another way now: add it once more")
    if row.status != DestinationStatus.VERIFIED or row.usable_from is None:
        raise DestinationNotUsable(why="it is not verified")
    if row.usable_from > at:
        raise DestinationNotUsable(why=f"it is new, and usable from {row.usable_from:%Y-%m-%d}")
    return row


def _check_day(session: Session, owner_id: UUID, amount: Money, at: datetime) -> None:
    limit = payment_policy().daily_limits[amount.currency]
    taken = session.scalar(
        select(func.sum(Payout.amount_minor))
        .join(Account, Account.id == Payout.account_id)
        .where(
            Payout.owner_id == owner_id,
            Account.kind == AccountKind.LENDER,
            Payout.currency == amount.currency.value,
            Payout.created_at > at - DAY,
            Payout.status != PayoutStatus.FAILED,
        )
    )
    left = limit - Money(int(taken or 0), amount.currency)
    if amount > left:
        raise OverDailyLimit(limit=limit, left=left)


def _in_review(session: Session, payout_id: UUID) -> Payout:
    payout = lock(session, Payout, payout_id)
    if payout.status != PayoutStatus.REVIEW:
        raise MoveNotAllowed(noun="payout", now=payout.status, to=PayoutStatus.REQUESTED.value)
    return payout


def _approvals(session: Session, payout_id: UUID) -> Sequence[str]:
    given = select(PayoutApproval.by).where(PayoutApproval.payout_id == payout_id)
    return session.scalars(given).all()
