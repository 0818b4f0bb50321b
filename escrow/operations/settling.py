"""What reconciling books by itself: the provider's prices, and what it paid to our bank."""

from collections.abc import Iterable
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.chart import AccountKind, Movement
from escrow.errors import InsufficientFunds
from escrow.ledger import AccountRef, Gather, Posting
from escrow.models import Entry
from escrow.operations.book import post
from escrow.outside import ProviderLine
from escrow.queries import pots
from escrow.reconciling import Line, Place, Side
from kernel import Currency, Money


def book_costs(session: Session, *, at: datetime) -> int:
    """Pay from the platform's fees what the provider took for its work, the oldest first.

    What fees do not cover waits. Fees that the provider gave back count with the next costs.

    Returns:
        How many prices were booked.
    """
    booked = select(Entry.key).where(Entry.key.startswith("cost:"))
    known = {key.removeprefix("cost:") for key in session.scalars(booked)}
    rows = session.scalars(select(ProviderLine).order_by(ProviderLine.at, ProviderLine.id))
    count = 0
    for row in rows:
        taken = price(row)
        if taken is None or row.id in known:
            continue
        try:
            parts = [from_fees(session, target=AccountKind.STRIPE, amount=taken)]
            post(session, key=f"cost:{row.id}", postings=parts, at=at, memo="The provider's price")
        except InsufficientFunds:
            continue
        count += 1
    return count


def price(row: ProviderLine) -> Money | None:
    """Return what a line of the provider cost, if it did."""
    own = -row.amount_minor if not row.source and row.amount_minor < 0 else 0
    cost = row.fee_minor + own
    return Money(cost, Currency(row.currency)) if cost > 0 else None


def from_fees(session: Session, *, target: AccountKind, amount: Money) -> Gather:
    """Return the posting that pays something outside from the platform's fees, shard by shard.

    Raises:
        InsufficientFunds: they hold too little.
    """
    held = pots(session, kind=AccountKind.FEES, currency=amount.currency)
    accounts = np.fromiter(held.keys(), dtype=np.int64, count=len(held))
    sums = np.fromiter(held.values(), dtype=np.int64, count=len(held))
    taken = np.clip(amount.minor - (np.cumsum(sums) - sums), 0, sums)
    missing = amount.minor - int(taken.sum())
    if missing:
        raise InsufficientFunds(
            kind=AccountKind.FEES.value,
            owner_id=None,
            account_id=None,
            available=Money(int(sums.sum()), amount.currency),
            missing=Money(missing, amount.currency),
        )
    outside = AccountRef(target, None, amount.currency)
    return Gather(Movement.COST, accounts, outside, taken, amount.currency)


def settle(session: Session, *, lines: Iterable[Line], at: datetime) -> int:
    """Book what the provider paid to our bank, where both of them say so and the sums agree.

    Returns:
        How many payments were booked.
    """
    sums: dict[tuple[str, str], dict[Side, int]] = {}
    for line in lines:
        if line.flow.startswith("settle:"):
            told = sums.setdefault((line.flow, line.currency), dict.fromkeys(Side, 0))
            if line.side is not Side.BOOK or line.place is Place.BANK:
                told[line.side] += line.amount
    count = 0
    for (flow, currency), told in sorted(sums.items()):
        arrived = told[Side.BANK]
        if arrived <= 0 or told[Side.PROVIDER] != -arrived or told[Side.BOOK]:
            continue
        amount = Money(arrived, Currency(currency))
        bank, stripe = (
            AccountRef(kind, None, amount.currency)
            for kind in (AccountKind.BANK, AccountKind.STRIPE)
        )
        parts = [Posting(Movement.SETTLE, bank, stripe, amount)]
        post(session, key=flow, postings=parts, at=at, memo="The provider paid our bank")
        count += 1
    return count
