"""Who lacks how much, once the database has refused an entry for want of money."""

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.errors import InsufficientFunds
from escrow.ledger import Lines
from escrow.models import Account, Balance
from kernel import Currency, Money


def insufficient_funds(session: Session, rows: Lines) -> InsufficientFunds:
    """Build the refusal; it names the first account that would end below its floor.

    None may be found, where somebody has paid in meanwhile. Then the refusal names no account.
    """
    accounts, changes = _changes(rows)
    for start in range(0, len(accounts), 10_000):
        chunk = slice(start, start + 10_000)
        taken = dict(zip(accounts[chunk].tolist(), changes[chunk].tolist(), strict=True))
        held = session.execute(
            select(
                Account.id,
                Account.kind,
                Account.owner_id,
                Account.currency,
                Balance.amount_minor,
                Balance.floor_minor,
            )
            .join(Balance, Balance.account_id == Account.id)
            .where(Account.id.in_(taken), Balance.floor_minor.is_not(None))
            .order_by(Account.id)
        )
        for row in held:
            after = row.amount_minor + taken[row.id] - row.floor_minor
            if after < 0:
                currency = Currency(row.currency)
                return InsufficientFunds(
                    kind=row.kind,
                    owner_id=row.owner_id,
                    account_id=row.id,
                    available=Money(row.amount_minor, currency),
                    missing=Money(-after, currency),
                )
    return InsufficientFunds(
        kind="source", owner_id=None, account_id=None, available="too little", missing="some"
    )


def _changes(rows: Lines) -> tuple[np.ndarray, np.ndarray]:
    """Return each account whose money is taken, and by how much it changes altogether."""
    ends = np.concatenate([rows.sources, rows.targets])
    accounts, places = np.unique(ends, return_inverse=True)
    changes = np.zeros(len(accounts), dtype=np.int64)
    np.add.at(changes, places, np.concatenate([-rows.amounts, rows.amounts]))
    return accounts[changes < 0], changes[changes < 0]
