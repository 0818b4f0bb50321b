"""Borrowers who may be paid: a loan is made only where its money can leave."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import escrow
from kernel import Refused


class NowhereToPay(Refused):
    """The borrower has not said where to be paid, or their bank account is not verified yet."""


def payee(
    session: Session, *, owner_id: UUID, bank: escrow.PaymentGateway, at: datetime
) -> escrow.Destination | None:
    """Return the bank account of a borrower, which only the application's own bank does without.

    Raises:
        NowhereToPay: the borrower has named none that is verified.
    """
    chosen = escrow.usable_destination(session, owner_id=owner_id, gateway=bank.name, at=at)
    if chosen is None and bank.name != escrow.SandboxGateway.name:
        raise NowhereToPay
    return chosen


def payable(
    session: Session, borrower_ids: Collection[UUID], *, bank: escrow.PaymentGateway, at: datetime
) -> frozenset[UUID]:
    """Return those of some borrowers to whom a loan may be paid out by now."""
    if bank.name == escrow.SandboxGateway.name:
        return frozenset(borrower_ids)
    return escrow.payable(session, owner_ids=borrower_ids, gateway=bank.name, at=at)
