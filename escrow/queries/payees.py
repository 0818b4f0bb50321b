"""Where people are paid to, and which payouts wait for somebody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.chart import AccountKind
from escrow.models import Account
from escrow.transfers import (
    DepositReturn,
    Destination,
    DestinationStatus,
    Payout,
    PayoutApproval,
    PayoutStatus,
    ReturnStatus,
)
from kernel import Money


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """A payout that somebody has to look at, and who has agreed to it."""

    id: UUID
    owner_id: UUID
    amount: Money
    destination: str
    at: datetime
    failure: str
    approved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """What a lender owes for a deposit that came back: to the outside, and to the platform."""

    owner_id: UUID
    amount: Money
    outside: Money
    house: Money
    why: str
    at: datetime


def destinations_of(session: Session, *, owner_id: UUID) -> Sequence[Destination]:
    """Return the bank accounts of somebody that are not removed, the oldest first."""
    return session.scalars(
        select(Destination)
        .where(Destination.owner_id == owner_id, Destination.status != DestinationStatus.REMOVED)
        .order_by(Destination.id)
    ).all()


def usable_destination(
    session: Session, *, owner_id: UUID, gateway: str, at: datetime
) -> Destination | None:
    """Return the newest bank account of somebody that a gateway may pay to by now."""
    return session.scalar(
        select(Destination)
        .where(
            Destination.owner_id == owner_id,
            Destination.gateway == gateway,
            Destination.status == DestinationStatus.VERIFIED,
            Destination.usable_from <= at,
        )
        .order_by(Destination.id.desc())
        .limit(1)
    )


def payable(
    session: Session, *, owner_ids: Collection[UUID], gateway: str, at: datetime
) -> frozenset[UUID]:
    """Return those of some people whom a gateway may pay by now."""
    found = session.scalars(
        select(Destination.owner_id).where(
            Destination.owner_id.in_(owner_ids),
            Destination.gateway == gateway,
            Destination.status == DestinationStatus.VERIFIED,
            Destination.usable_from <= at,
        )
    )
    return frozenset(found)


def payouts_in_review(session: Session) -> list[PayoutLine]:
    """Return the large withdrawals that wait for people to agree, the oldest first."""
    rows = session.scalars(
        select(Payout).where(Payout.status == PayoutStatus.REVIEW).order_by(Payout.id)
    ).all()
    given = session.execute(
        select(PayoutApproval.payout_id, PayoutApproval.by).where(
            PayoutApproval.payout_id.in_([row.id for row in rows])
        )
    ).all()
    return [_line(row, tuple(by for payout, by in given if payout == row.id)) for row in rows]


def proceeds_that_came_back(session: Session) -> list[PayoutLine]:
    """Return the payouts to borrowers that failed and were not sent again."""
    again = select(Payout.key)
    rows = session.scalars(
        select(Payout)
        .join(Account, Account.id == Payout.account_id)
        .where(Payout.status == PayoutStatus.FAILED, Account.kind == AccountKind.BORROWER)
        .order_by(Payout.id)
    ).all()
    sent = set(session.scalars(again.where(Payout.key.in_([f"again:{row.id}" for row in rows]))))
    return [_line(row, ()) for row in rows if f"again:{row.id}" not in sent]


def owed(session: Session, *, owner_id: UUID | None = None) -> list[Owed]:
    """Return what is owed for deposits that came back, by one lender or by all."""
    open_ones = select(DepositReturn).where(DepositReturn.status == ReturnStatus.OWING)
    if owner_id is not None:
        open_ones = open_ones.where(DepositReturn.owner_id == owner_id)
    return [
        Owed(
            owner_id=row.owner_id,
            amount=row.amount,
            outside=Money(row.owed_outside_minor, row.amount.currency),
            house=Money(row.owed_house_minor, row.amount.currency),
            why=row.why,
            at=row.created_at,
        )
        for row in session.scalars(open_ones.order_by(DepositReturn.id))
    ]


def _line(row: Payout, approved_by: tuple[str, ...]) -> PayoutLine:
    return PayoutLine(
        id=row.id,
        owner_id=row.owner_id,
        amount=row.amount,
        destination=row.destination,
        at=row.created_at,
        failure=row.failure or "",
        approved_by=approved_by,
    )
