"""The money of a correction: who gets what, who gives back what, and who bridges what is missing.

A lender gives back what their account holds. What it does not hold is carried as a shortfall: the
platform advances it, and the lender's next distributions, of whatever loan, replenish the platform.
Nobody ever owes cash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escrow import AccountKind, AccountRef, Gather, Movement, Posting, Spread, balances, pots
from kernel import Currency, Money, bulk_insert
from servicing.apportion import Column
from servicing.errors import NothingToBridge
from servicing.models import SHORTFALL_LINES, Loan, Note, Repayment, Shortfall, ShortfallLine

Part: TypeAlias = Posting | Spread | Gather


@dataclass(frozen=True, slots=True, eq=False)
class Carry:
    """What is carried or met now, by lender's account and by the loan of the shortfall."""

    loan_id: UUID
    account_id: int
    amount: int


@dataclass(frozen=True, slots=True, eq=False)
class Bridged:
    """The postings of a distribution or a correction, and how shortfalls change by it.

    `advanced` is what the platform has to advance, in minor units.
    """

    parts: list[Part]
    carries: list[Carry]
    advanced: int = 0


def distribute(session: Session, loan: Loan, accounts: Column, net: Column) -> Bridged:
    """Bring lenders what a payment brought their notes; what they have open is met first.

    Args:
        session: the writing session.
        loan: the loan that was paid on.
        accounts: int64[n], the cash account of each note's holder.
        net: int64[n], what each gets, zero or more.
    """
    open_rows = _open(session, loan)
    if not open_rows:
        return Bridged([_spread(loan, accounts, net)], [])
    return share_out(session, loan, accounts, net, open_rows=open_rows)


def share_out(
    session: Session,
    loan: Loan,
    accounts: Column,
    net: Column,
    *,
    taken_back: Repayment | None = None,
    open_rows: Sequence[Shortfall] | None = None,
) -> Bridged:
    """Bring some lenders more and take back from others, holder by holder.

    What the payment that is taken back had met of a shortfall is open again; the rest is reclaimed
    from the lender's account, as far as it goes, and what is missing is carried.
    """
    if open_rows is None:
        open_rows = _open(session, loan)
    holders, places = np.unique(accounts, return_inverse=True)
    change = np.zeros(len(holders), dtype=np.int64)
    np.add.at(change, places, net)

    carries = _met(open_rows, holders, change)
    carries += _reopened(session, taken_back, holders, change)
    owed = np.maximum(-change - _carried(carries, holders), 0)
    held = balances(session, account_ids=holders[owed > 0])
    reclaimed = np.array(
        [
            min(int(due), held.get(int(holder), 0))
            for holder, due in zip(holders, owed, strict=True)
        ],
        dtype=np.int64,
    )
    carries += [
        Carry(loan.id, int(holders[place]), int(owed[place] - reclaimed[place]))
        for place in np.flatnonzero(owed > reclaimed)
    ]

    paid = np.maximum(change, 0) - np.maximum(-_carried(carries, holders), 0)
    currency = loan.principal.currency
    met = -sum(carry.amount for carry in carries if carry.amount < 0)
    carried = sum(carry.amount for carry in carries if carry.amount > 0)
    parts: list[Part] = [
        _spread(loan, holders, paid),
        Gather(Movement.RECLAIM, holders, loan.account_id, reclaimed, currency),
        Posting(Movement.REPLENISH, loan.account_id, _fees(currency), Money(met, currency)),
    ]
    return Bridged(parts, carries, advanced=carried)


def draw(session: Session, loan: Loan, wanted: Mapping[Movement, int]) -> list[Part]:
    """Take the platform's own money, from as many of its accounts as it takes.

    Raises:
        NothingToBridge: it does not hold as much.
    """
    currency = loan.principal.currency
    missing = sum(wanted.values())
    if not missing:
        return []
    held = pots(session, kind=AccountKind.FEES, currency=currency)
    parts: list[Part] = []
    for movement, amount in wanted.items():
        for account, there in held.items():
            taken = min(amount, there)
            parts.append(Posting(movement, account, loan.account_id, Money(taken, currency)))
            held[account] -= taken
            amount -= taken  # noqa: PLW2901 - what is still wanted
            missing -= taken
    if missing:
        raise NothingToBridge(number=loan.number, missing=Money(missing, currency))
    return parts


def keep(session: Session, loan: Loan, bridged: Bridged, *, cause: Repayment) -> None:
    """Write down how shortfalls change."""
    if not bridged.carries:
        return
    lenders = _lenders(session, loan)
    for carry in bridged.carries:
        row = session.get(Shortfall, (carry.loan_id, carry.account_id))
        if row is None:
            row = Shortfall(
                loan_id=carry.loan_id,
                account_id=carry.account_id,
                lender_id=lenders[carry.account_id],
                currency=loan.currency,
                open_minor=0,
            )
            session.add(row)
        row.open_minor += carry.amount
    columns = {
        "loan_id": [carry.loan_id for carry in bridged.carries],
        "account_id": [carry.account_id for carry in bridged.carries],
        "repayment_id": cause.id,
        "amount_minor": [carry.amount for carry in bridged.carries],
    }
    bulk_insert(session, SHORTFALL_LINES, columns, count=len(bridged.carries))


def _open(session: Session, loan: Loan) -> Sequence[Shortfall]:
    """Return what the lenders of a loan have open, of any loan, locked."""
    theirs = select(Note.account_id).where(Note.loan_id == loan.id)
    return session.scalars(
        select(Shortfall)
        .where(Shortfall.open_minor > 0, Shortfall.account_id.in_(theirs))
        .order_by(Shortfall.account_id, Shortfall.loan_id)
        .with_for_update()
    ).all()


def _met(rows: Sequence[Shortfall], holders: Column, change: Column) -> list[Carry]:
    """Meet what is open from what its lender gets, in the order of the rows."""
    left = {int(holder): int(gain) for holder, gain in zip(holders, change, strict=True)}
    carries = []
    for row in rows:
        met = min(row.open_minor, max(left[row.account_id], 0))
        carries.append(Carry(row.loan_id, row.account_id, -met))
        left[row.account_id] -= met
    return [carry for carry in carries if carry.amount]


def _reopened(
    session: Session, taken_back: Repayment | None, holders: Column, change: Column
) -> list[Carry]:
    """Open again what the payment that is taken back had met, up to what its lender gives back."""
    if taken_back is None:
        return []
    met = session.execute(
        select(
            ShortfallLine.loan_id,
            ShortfallLine.account_id,
            func.sum(-ShortfallLine.amount_minor).label("met"),
        )
        .where(ShortfallLine.repayment_id == taken_back.id, ShortfallLine.amount_minor < 0)
        .group_by(ShortfallLine.loan_id, ShortfallLine.account_id)
        .order_by(ShortfallLine.account_id, ShortfallLine.loan_id)
    )
    left = {int(holder): -int(gain) for holder, gain in zip(holders, change, strict=True)}
    carries = []
    for row in met:
        again = min(int(row.met), max(left[row.account_id], 0))
        carries.append(Carry(row.loan_id, row.account_id, again))
        left[row.account_id] -= again
    return [carry for carry in carries if carry.amount]


def _carried(carries: Sequence[Carry], holders: Column) -> Column:
    """Return what is carried of each holder so far; below zero where it is met."""
    total = np.zeros(len(holders), dtype=np.int64)
    for carry in carries:
        total[np.searchsorted(holders, carry.account_id)] += carry.amount
    return total


def _lenders(session: Session, loan: Loan) -> dict[int, UUID]:
    rows = session.execute(select(Note.account_id, Note.lender_id).where(Note.loan_id == loan.id))
    return {row.account_id: row.lender_id for row in rows}


def _spread(loan: Loan, accounts: Column, amounts: Column) -> Spread:
    currency = loan.principal.currency
    return Spread(Movement.DISTRIBUTE, loan.account_id, accounts, amounts, currency)


def _fees(currency: Currency) -> AccountRef:
    return AccountRef(AccountKind.FEES, None, currency)
