"""What is on its way and has not been heard of to the end."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escrow.gateway import Message
from escrow.transfers import Destination, GatewayCall, GatewayEvent, Payout, PayoutStatus

PREFIX = "message:"


def last_message_at(session: Session) -> datetime | None:
    """Return when the newest message of a gateway came."""
    return session.scalar(
        select(func.max(GatewayEvent.received_at)).where(GatewayEvent.kind.startswith(PREFIX))
    )


def unheard(session: Session) -> list[Message]:
    """Return the messages whose objects nobody has asked for yet."""
    rows = session.scalars(
        select(GatewayEvent)
        .where(GatewayEvent.kind.startswith(PREFIX), GatewayEvent.applied_at.is_(None))
        .order_by(GatewayEvent.received_at, GatewayEvent.id)
    )
    return [_message(row) for row in rows]


def stuck_payouts(session: Session) -> list[tuple[UUID, str | None, str]]:
    """Return the payouts on their way by Connect: id, Stripe's name where known, and account."""
    rows = session.execute(
        select(Payout.id, GatewayCall.reference, Destination.reference)
        .join(Destination, Destination.id == Payout.destination_id)
        .outerjoin(
            GatewayCall,
            (GatewayCall.subject_id == Payout.id)
            & (GatewayCall.purpose == "payout")
            & GatewayCall.reference.is_not(None),
        )
        .where(
            Payout.status.in_([PayoutStatus.REQUESTED, PayoutStatus.SENT]),
            Payout.gateway == "stripe",
        )
        .order_by(Payout.id)
    )
    return [(row[0], row[1], row[2] or "") for row in rows]


def _message(row: GatewayEvent) -> Message:
    kind = row.kind.removeprefix(PREFIX)
    return Message(row.id, kind, row.payload["object"], row.payload["account"])
