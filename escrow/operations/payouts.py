"""Payouts: money leaves its account at once, and waits in transit until it has arrived."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from escrow.chart import AccountKind, Movement
from escrow.gateway import Event, EventKind, PaymentGateway
from escrow.gateway_names import kind_of
from escrow.ledger import AccountRef, Posting
from escrow.models import Entry
from escrow.operations.accounts import open_account
from escrow.operations.begun import begun, begun_meanwhile
from escrow.operations.book import post, reverse
from escrow.operations.deposits import reason
from escrow.transfers import Payout, PayoutStatus
from kernel import Money, new_id

LEAVING = {
    AccountKind.LENDER: Movement.WITHDRAW,
    AccountKind.BORROWER: Movement.PAY_OUT,
}


def begin_payout(
    session: Session,
    *,
    kind: AccountKind,
    owner_id: UUID,
    amount: Money,
    destination: str,
    key: str,
    gateway: PaymentGateway,
    at: datetime,
    destination_id: UUID | None = None,
    status: PayoutStatus = PayoutStatus.REQUESTED,
) -> Payout:
    """Take money out of a lender's or a borrower's account and hold it until it has arrived.

    Raises:
        InsufficientFunds: the account holds too little.
        NothingToPost: the amount is zero.
        KeyConflict: the key stands for another payout.
    """
    account = open_account(session, kind=kind, owner_id=owner_id, currency=amount.currency)
    wanted = {
        "account_id": account,
        "amount": amount,
        "gateway": gateway.name,
        "destination": destination,
    }
    known = begun(session, Payout, key, wanted)
    if known is not None:
        return known
    payout = Payout(
        id=new_id(),
        owner_id=owner_id,
        key=key,
        status=status,
        created_at=at,
        destination_id=destination_id,
        **wanted,
    )
    try:
        with session.begin_nested():
            session.add(payout)
            session.flush()
            post(
                session,
                key=f"payout:{payout.id}",
                postings=[Posting(LEAVING[kind], account, _transit(payout), amount)],
                at=at,
                memo=f"To {destination}",
            )
            payout.begin(session, by=f"{kind.lower()}:{owner_id}", at=at)
    except IntegrityError as error:
        return begun_meanwhile(session, Payout, key, wanted, error)
    return payout


def apply_to_payout(session: Session, payout: Payout, event: Event, at: datetime) -> bool:
    """Let a payout follow what is told of it, and say whether that has its place.

    A failure is final. What was paid may still be sent back by the bank, which the gateway says
    with `late`.
    """
    kind, status = EventKind(event.kind), PayoutStatus(payout.status)
    if kind == EventKind.PAYOUT_SENT:
        if status == PayoutStatus.REQUESTED:
            payout.move(session, PayoutStatus.SENT, by="system", at=at)
        return True
    if kind == EventKind.PAYOUT_PAID:
        if status in {PayoutStatus.REQUESTED, PayoutStatus.SENT}:
            _arrive(session, payout, at)
        return status not in {PayoutStatus.FAILED, PayoutStatus.REVIEW}
    if status == PayoutStatus.PAID and not event.payload.get("late"):
        return False
    if status != PayoutStatus.FAILED:
        bounce(session, payout, reason(event), by="system", at=at)
    return True


def bounce(session: Session, payout: Payout, why: str, *, by: str, at: datetime) -> None:
    """Put the money of a payout back where it came from, and keep why."""
    if payout.status == PayoutStatus.PAID:
        paid = session.scalars(select(Entry.id).where(Entry.key == f"payout:{payout.id}:paid"))
        reverse(session, entry_id=paid.one(), key=f"payout:{payout.id}:unpaid", at=at, memo=why)
    payout.failure, payout.finished_at = why, at
    post(
        session,
        key=f"payout:{payout.id}:bounce",
        postings=[Posting(Movement.BOUNCE, _transit(payout), payout.account_id, payout.amount)],
        at=at,
        memo=why,
    )
    payout.move(session, PayoutStatus.FAILED, by=by, at=at, why=why)


def _arrive(session: Session, payout: Payout, at: datetime) -> None:
    """Book that the money is gone; that it was sent may not have been told yet."""
    if payout.status == PayoutStatus.REQUESTED:
        payout.move(session, PayoutStatus.SENT, by="system", at=at)
    outside = AccountRef(kind_of(payout.gateway), None, payout.amount.currency)
    post(
        session,
        key=f"payout:{payout.id}:paid",
        postings=[Posting(Movement.PAID, _transit(payout), outside, payout.amount)],
        at=at,
        memo=f"To {payout.destination}",
    )
    payout.finished_at = at
    payout.move(session, PayoutStatus.PAID, by="system", at=at)


def _transit(payout: Payout) -> AccountRef:
    return AccountRef(AccountKind.TRANSIT, payout.owner_id, payout.amount.currency)
