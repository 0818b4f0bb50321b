"""Deposits and payouts as the stories need them, and news of them."""

from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
from escrow import (
    AccountKind,
    AccountRef,
    Deposit,
    Destination,
    Event,
    EventKind,
    Movement,
    Posting,
    SandboxGateway,
)
from kernel import StatusEvent
from tests.escrow.stories import AT, BOB, LOAN, STRIPE, USD, book, dollars

BANK = SandboxGateway("a secret")
FEES = AccountRef(AccountKind.FEES, None, USD)

_events = count(1)


def begun(session: Session, amount: str = "100.00", **changes: Any) -> Deposit:
    wanted: dict[str, Any] = {
        "owner_id": BOB,
        "amount": dollars(amount),
        "key": "d",
        "gateway": BANK,
        "at": AT,
    }
    return escrow.begin_deposit(session, **(wanted | changes))


def arrived(session: Session, amount: str = "100.00", **changes: Any) -> Deposit:
    """Return a deposit that its lender may use."""
    deposit = begun(session, amount, **changes)
    assert told(session, deposit, EventKind.DEPOSIT_SUCCEEDED)
    return deposit


def told(session: Session, about: Any, kind: EventKind, at: Any = AT, **payload: Any) -> bool:
    """Hear something, under an id of its own; say whether it has its place."""
    event = Event(f"news {next(_events)}", kind.value, str(about.id), payload)
    return escrow.receive(session, event=event, at=at).applied_at is not None


def earn(session: Session, amount: str) -> None:
    """Let the platform earn a fee, in pieces that lie on several shards."""
    part = dollars(amount).minor // 4
    for piece in range(4):
        fee = dollars(amount).__class__(part if piece else dollars(amount).minor - 3 * part, USD)
        book(
            session,
            Posting(Movement.COLLECT, STRIPE, LOAN, fee),
            Posting(Movement.SERVICE, LOAN, FEES, fee),
        )


def verified(session: Session, **changes: Any) -> Destination:
    """Return a bank account that may be paid to."""
    wanted: dict[str, Any] = {
        "owner_id": BOB,
        "label": "•••• 3000",
        "key": "bank",
        "gateway": BANK,
        "at": AT,
    }
    row = escrow.add_destination(session, **(wanted | changes))
    assert told(session, row, EventKind.DESTINATION_VERIFIED, at=(wanted | changes)["at"])
    return row


def states_of(session: Session, subject: Any) -> list[str]:
    session.flush()
    return list(
        session.scalars(
            select(StatusEvent.to_state)
            .where(StatusEvent.subject_id == subject.id)
            .order_by(StatusEvent.id)
        )
    )
