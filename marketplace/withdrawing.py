"""Money that leaves by its owner's wish, and what people of the house decide about it.

Every function takes the writing session and is part of its transaction.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

import escrow
from kernel import Money, find
from marketplace import flows, payees


def withdraw_cash(
    session: Session,
    *,
    owner_id: UUID,
    destination_id: UUID,
    amount: Money,
    key: str,
    at: datetime,
) -> escrow.Payout:
    """Take a lender's money out, after what they owe for returned deposits.

    Raises:
        DestinationNotUsable, OverDailyLimit, InsufficientFunds, KeyConflict: it cannot be.
    """
    escrow.meet_shortfalls(session, at=at)
    payout = escrow.withdraw(
        session,
        owner_id=owner_id,
        destination_id=destination_id,
        amount=amount,
        key=key,
        gateway=flows.carrier(session),
        at=at,
    )
    flows.ask_to_send(session, payout, at=at)
    return payout


def add_destination(
    session: Session, *, owner_id: UUID, label: str, account: str, key: str, at: datetime
) -> escrow.Destination:
    """Note a bank account to pay to; Stripe asks its owner, otherwise it is known at once."""
    bank = flows.carrier(session)
    row = escrow.add_destination(
        session,
        owner_id=owner_id,
        label=label,
        account=account if isinstance(bank, escrow.BankGateway) else "",
        key=key,
        gateway=bank,
        at=at,
    )
    if isinstance(bank, escrow.BankGateway | escrow.SandboxGateway):
        escrow.receive(session, event=bank.verify(row), at=at)
    return row


def approve_payout(session: Session, *, payout_id: UUID, by: str, at: datetime) -> escrow.Payout:
    """Agree to a large withdrawal; with enough people it goes.

    Raises:
        SameApprover, MoveNotAllowed: this person cannot, or nothing waits.
    """
    payout = escrow.approve_payout(session, payout_id=payout_id, by=by, at=at)
    flows.ask_to_send(session, payout, at=at)
    return payout


def send_again(session: Session, *, payout_id: UUID, at: datetime) -> escrow.Payout:
    """Send a borrower's money again that had come back; asked twice, it goes once.

    Raises:
        InsufficientFunds: it has gone already.
        NowhereToPay: the borrower has named no bank account that is verified.
    """
    failed = find(session, escrow.Payout, payout_id)
    bank = flows.carrier(session)
    to = payees.payee(session, owner_id=failed.owner_id, bank=bank, at=at)
    return flows.pay_out(
        session,
        kind=escrow.AccountKind.BORROWER,
        owner_id=failed.owner_id,
        amount=failed.amount,
        to=to,
        key=f"again:{failed.id}",
        bank=bank,
        at=at,
    )
