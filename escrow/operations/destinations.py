"""Where people are paid to, and how a borrower pays by themselves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.errors import DestinationNotUsable
from escrow.gateway import Event, EventKind, PaymentGateway
from escrow.operations.begun import begun
from escrow.operations.deposits import reason
from escrow.policy import payment_policy
from escrow.transfers import Destination, DestinationStatus, SavedMethod
from kernel import find, lock, new_id


def add_destination(
    session: Session,
    *,
    owner_id: UUID,
    label: str,
    key: str,
    gateway: PaymentGateway,
    at: datetime,
    account: str = "",
) -> Destination:
    """Note a bank account to pay to; it is usable once the gateway has verified it.

    Args:
        session: the writing session.
        owner_id: whose it is.
        label: what people read.
        key: under which it is added once.
        gateway: who pays to it.
        at: the moment.
        account: its number, where no provider keeps it for us.

    Raises:
        KeyConflict: the key stands for another one.
    """
    wanted = {"owner_id": owner_id, "label": label, "gateway": gateway.name}
    known = begun(session, Destination, key, wanted)
    if known is not None:
        return known
    fresh = Destination(
        id=new_id(), key=key, status=DestinationStatus.ADDED, created_at=at, **wanted
    )
    if account:
        # The same account may be added again, or by two people.
        fresh.reference = f"{gateway.name}:{fresh.id}:{account}"
    session.add(fresh)
    fresh.begin(session, by=f"owner:{owner_id}", at=at)
    session.flush()
    return fresh


def remove_destination(
    session: Session, *, destination_id: UUID, owner_id: UUID, at: datetime
) -> Destination:
    """Forget a bank account; what is on its way to it goes on.

    Raises:
        DestinationNotUsable: it is somebody else's, or removed.
    """
    row = lock(session, Destination, destination_id)
    if row.owner_id != owner_id or row.status == DestinationStatus.REMOVED:
        raise DestinationNotUsable(why="it is not among yours")
    row.move(session, DestinationStatus.REMOVED, by=f"owner:{owner_id}", at=at)
    return row


def apply_to_destination(
    session: Session, destination: Destination, event: Event, at: datetime
) -> bool:
    """Let a destination follow what the gateway found out about it.

    The first one of an owner is usable at once; a later one waits, so that whoever took over an
    account cannot empty it before its owner has read the mail.
    """
    status = DestinationStatus(destination.status)
    verified = event.kind == EventKind.DESTINATION_VERIFIED
    to = DestinationStatus.VERIFIED if verified else DestinationStatus.REFUSED
    if status in {to, DestinationStatus.REMOVED}:
        return True
    destination.failure = None if verified else reason(event)
    if verified:
        destination.label = str(event.payload.get("label") or destination.label)[:80]
        earlier = session.scalar(
            select(Destination.id)
            .where(
                Destination.owner_id == destination.owner_id,
                Destination.id != destination.id,
                Destination.usable_from.is_not(None),
            )
            .limit(1)
        )
        wait = payment_policy().cool_off
        destination.usable_from = destination.usable_from or (at + wait if earlier else at)
    destination.move(session, to, by="system", at=at, why=destination.failure or "")
    return True


def begin_method(
    session: Session, *, owner_id: UUID, gateway: PaymentGateway, at: datetime
) -> SavedMethod:
    """Note that a borrower is about to save a way to pay."""
    fresh = SavedMethod(id=new_id(), owner_id=owner_id, gateway=gateway.name, created_at=at)
    session.add(fresh)
    session.flush()
    return fresh


def name_customer(session: Session, *, method_id: UUID, customer: str) -> None:
    """Note by which name the gateway knows the borrower."""
    find(session, SavedMethod, method_id).customer = customer


def save_method(session: Session, method: SavedMethod, event: Event, at: datetime) -> bool:
    """Keep the gateway's name of a way to pay that a borrower has saved there."""
    del session
    if method.saved_at is None:
        method.reference = str(event.payload["reference"])
        method.label = str(event.payload.get("label", ""))[:80]
        method.saved_at = at
    return True
