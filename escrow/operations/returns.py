"""Deposits that were taken back, and what stays due where the money had gone on meanwhile."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import numpy as np
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from escrow.chart import AccountKind, Movement
from escrow.errors import InsufficientFunds
from escrow.gateway import Event, EventKind
from escrow.ledger import AccountRef, Gather, Part, Posting
from escrow.models import Account, Balance
from escrow.operations.book import post
from escrow.operations.deposits import make_available, reason
from escrow.queries import balance
from escrow.transfers import Deposit, DepositReturn, DepositStatus, ReturnStatus
from kernel import Currency, Money, new_id


def apply_return(session: Session, deposit: Deposit, event: Event, at: datetime) -> bool:
    """Let a deposit follow a return, a dispute or its end, and say whether that has its place."""
    reference = str(event.payload.get("reference") or f"{deposit.gateway}:return:{deposit.id}")
    known = session.scalar(select(DepositReturn).where(DepositReturn.reference == reference))
    if event.kind == EventKind.DEPOSIT_REINSTATED:
        return known is not None and _reinstate(session, deposit, known, at)
    if known is None:
        return _take_back(session, deposit, event, reference, at)
    if event.kind == EventKind.DEPOSIT_RETURNED and deposit.status == DepositStatus.DISPUTED:
        deposit.move(session, DepositStatus.RETURNED, by="system", at=at, why=reason(event))
    return event.kind == EventKind.DEPOSIT_DISPUTED or known.reinstated_at is None


def meet_shortfalls(session: Session, *, at: datetime) -> int:
    """Take what is due for returned deposits from whatever their lenders hold by now.

    Called wherever cash comes back to lenders. What a lender spends in the same moment is left
    for the next time.

    Returns:
        How many of them were met in full.
    """
    due = session.scalars(
        select(DepositReturn)
        .join(Balance, Balance.account_id == DepositReturn.account_id)
        .where(
            DepositReturn.status == ReturnStatus.OWING,
            or_(Balance.amount_minor > 0, DepositReturn.owed_outside_minor > 0),
        )
        .order_by(DepositReturn.id)
        .with_for_update(of=DepositReturn)
        .execution_options(populate_existing=True)
    ).all()
    for row in due:
        with suppress(InsufficientFunds):
            _meet(session, row, at)
            _cover(session, row, at)
    return sum(row.status == ReturnStatus.SETTLED for row in due)


def _take_back(
    session: Session, deposit: Deposit, event: Event, reference: str, at: datetime
) -> bool:
    """Reverse what is still there of a deposit; the rest is due.

    A deposit in its hold enters the book first, so that the book tells what happened.
    """
    if deposit.status == DepositStatus.HELD:
        make_available(session, deposit, at=at)
    amount = int(event.payload.get("amount_minor", deposit.amount_minor))
    if deposit.status != DepositStatus.AVAILABLE or not 0 < amount <= deposit.amount_minor:
        return False
    disputed = event.kind == EventKind.DEPOSIT_DISPUTED
    deposit.failure = reason(event)
    to = DepositStatus.DISPUTED if disputed else DepositStatus.RETURNED
    deposit.move(session, to, by="system", at=at, why=deposit.failure)
    row = DepositReturn(
        id=new_id(),
        deposit_id=deposit.id,
        owner_id=deposit.owner_id,
        account_id=deposit.account_id,
        reference=reference,
        amount=Money(amount, deposit.amount.currency),
        owed_outside_minor=amount,
        owed_house_minor=0,
        status=ReturnStatus.OWING,
        why=deposit.failure,
        created_at=at,
    )
    session.add(row)
    row.begin(session, by="system", at=at, why=row.why)
    session.flush()
    _meet(session, row, at)
    _cover(session, row, at)
    return True


def _reinstate(session: Session, deposit: Deposit, row: DepositReturn, at: datetime) -> bool:
    """Give back what a dispute had taken, once it is won; what was due is met from it first."""
    if row.reinstated_at is not None or deposit.status != DepositStatus.DISPUTED:
        return row.reinstated_at is not None
    outside = AccountRef(AccountKind.STRIPE, None, row.amount.currency)
    post(
        session,
        key=f"return:{row.id}:reinstated",
        postings=[Posting(Movement.DEPOSIT, outside, row.account_id, row.amount)],
        at=at,
        memo="Dispute won",
    )
    row.reinstated_at, deposit.failure = at, None
    deposit.move(session, DepositStatus.AVAILABLE, by="system", at=at, why="Dispute won")
    if row.status == ReturnStatus.OWING:
        _meet(session, row, at)
    return True


def _meet(session: Session, row: DepositReturn, at: datetime) -> None:
    """Take from the lender what is there: first what the outside is due, then the platform."""
    currency, owed = row.amount.currency, row.owed_outside_minor + row.owed_house_minor
    there = balance(session, account=row.account_id).minor
    outside = min(there, row.owed_outside_minor)
    house = min(there - outside, row.owed_house_minor)
    if not outside + house:
        return
    stripe, fees = (
        AccountRef(kind, None, currency) for kind in (AccountKind.STRIPE, AccountKind.FEES)
    )
    parts = [
        Posting(Movement.RETURN, row.account_id, stripe, Money(outside, currency)),
        Posting(Movement.RECOUP, row.account_id, fees, Money(house, currency)),
    ]
    post(session, key=f"return:{row.id}:met:{owed}", postings=parts, at=at, memo=row.why)
    row.owed_outside_minor -= outside
    row.owed_house_minor -= house
    if outside + house == owed:
        row.move(session, ReturnStatus.SETTLED, by="system", at=at)


def _cover(session: Session, row: DepositReturn, at: datetime) -> None:
    """Pay the outside from the platform's fees; the lender owes it to the platform from then on."""
    currency, owed = row.amount.currency, row.owed_outside_minor
    accounts, held = _fees(session, currency)
    # Of each account what is left to pay once those before it have given all that they hold.
    taken = np.clip(owed - (np.cumsum(held) - held), 0, held)
    covered = int(taken.sum())
    if not covered:
        return
    stripe = AccountRef(AccountKind.STRIPE, None, currency)
    parts: Sequence[Part] = [
        Gather(Movement.COVER, accounts, row.account_id, taken, currency),
        Posting(Movement.RETURN, row.account_id, stripe, Money(covered, currency)),
    ]
    post(session, key=f"return:{row.id}:covered:{owed}", postings=parts, at=at, memo=row.why)
    row.owed_outside_minor -= covered
    row.owed_house_minor += covered


def _fees(session: Session, currency: Currency) -> tuple[np.ndarray, np.ndarray]:
    """Return the accounts of the platform's fees, and what each holds."""
    rows = session.execute(
        select(Account.id, Balance.amount_minor)
        .join(Balance, Balance.account_id == Account.id)
        .where(Account.kind == AccountKind.FEES, Account.currency == currency.value)
        .order_by(Account.id)
    ).all()
    columns = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]
