"""Money on its way in and out, as its owner sees it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from escrow.transfers import Deposit, DepositStatus, Payout
from kernel import Money


@dataclass(frozen=True, slots=True)
class Transfer:
    """A deposit (amount above zero) or a payout (below), and how far it has come."""

    id: UUID
    amount: Money
    status: str
    at: datetime
    finished_at: datetime | None
    destination: str
    failure: str


def transfers_of(session: Session, *, owner_id: UUID, limit: int = 20) -> list[Transfer]:
    """Return the newest deposits and payouts of an owner, newest first."""
    deposits = select(Deposit).where(Deposit.owner_id == owner_id)
    payouts = select(Payout).where(Payout.owner_id == owner_id)
    found = [
        _in(row)
        for row in session.scalars(deposits.order_by(Deposit.created_at.desc()).limit(limit))
    ]
    found += [
        _out(row)
        for row in session.scalars(payouts.order_by(Payout.created_at.desc()).limit(limit))
    ]
    return sorted(found, key=lambda each: (each.at, each.id), reverse=True)[:limit]


def holds_end(session: Session, *, subject: str) -> list[datetime]:
    """Return when the hold of the deposit with this id or reference ends, if it is held."""
    named = Deposit.reference == subject
    with suppress(ValueError):
        named = or_(named, Deposit.id == UUID(subject))
    held = select(Deposit.available_at).where(named, Deposit.status == DepositStatus.HELD)
    return [end for end in session.scalars(held) if end is not None]


def _in(row: Deposit) -> Transfer:
    return Transfer(
        row.id, row.amount, row.status, row.created_at, row.finished_at, "", row.failure or ""
    )


def _out(row: Payout) -> Transfer:
    return Transfer(
        row.id,
        -row.amount,
        row.status,
        row.created_at,
        row.finished_at,
        row.destination,
        row.failure or "",
    )
