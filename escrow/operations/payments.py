"""Money on its way in and out: deposits, payouts, and what the gateway tells of them."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from escrow.chart import AccountKind, Movement
from escrow.errors import DepositTooSmall, KeyConflict
from escrow.gateway import Event, EventKind, PaymentGateway
from escrow.ledger import AccountRef, Posting
from escrow.models import Deposit, DepositStatus, GatewayEvent, Payout, PayoutStatus
from escrow.operations.accounts import open_account
from escrow.operations.book import post
from kernel import Money, new_id

T = TypeVar("T", Deposit, Payout)

LEAVING = {
    AccountKind.LENDER: Movement.WITHDRAW,
    AccountKind.BORROWER: Movement.PAY_OUT,
}


def begin_deposit(
    session: Session,
    *,
    owner_id: UUID,
    amount: Money,
    key: str,
    gateway: PaymentGateway,
    at: datetime,
) -> Deposit:
    """Note that a lender is sending money in; it reaches the book when it has arrived.

    Raises:
        DepositTooSmall: it is less than one whole unit of the currency.
        KeyConflict: the key stands for another deposit.
    """
    wanted = {"owner_id": owner_id, "amount": amount, "gateway": gateway.name}
    known = _known(session, Deposit, key, wanted)
    if known is not None:
        return known
    smallest = Money(10**amount.currency.exponent, amount.currency)
    if amount < smallest:
        raise DepositTooSmall(field="amount", why=f"at least {smallest}", smallest=smallest)
    deposit = Deposit(
        id=new_id(),
        account_id=open_account(
            session, kind=AccountKind.LENDER, owner_id=owner_id, currency=amount.currency
        ),
        key=key,
        status=DepositStatus.INITIATED,
        created_at=at,
        **wanted,
    )
    try:
        with session.begin_nested():
            session.add(deposit)
            deposit.begin(session, by=f"lender:{owner_id}", at=at)
    except IntegrityError as error:
        return _earlier(session, Deposit, key, wanted, error)
    return deposit


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
    known = _known(session, Payout, key, wanted)
    if known is not None:
        return known
    payout = Payout(
        id=new_id(),
        owner_id=owner_id,
        key=key,
        status=PayoutStatus.REQUESTED,
        created_at=at,
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
        return _earlier(session, Payout, key, wanted, error)
    return payout


def receive(session: Session, *, event: Event, at: datetime) -> GatewayEvent:
    """Store what a gateway told us, once, and apply it.

    Events may come twice and in any order. One that contradicts what was applied before, or
    whose subject or kind is unknown, is kept with `applied_at` empty, for a person to look at;
    received again it is tried again.
    """
    stored = _stored(session, event, at)
    if stored.applied_at is None and _apply(session, event, at):
        stored.applied_at = at
    return stored


def _known(session: Session, model: type[T], key: str, wanted: Mapping[str, Any]) -> T | None:
    """Return the one that was begun with this key."""
    found = session.scalar(select(model).where(model.key == key))
    if found is not None and any(getattr(found, name) != wanted[name] for name in wanted):
        raise KeyConflict(key=key)
    return found


def _earlier(
    session: Session, model: type[T], key: str, wanted: Mapping[str, Any], error: IntegrityError
) -> T:
    """Return the one that another transaction has just begun with this key."""
    known = _known(session, model, key, wanted)
    if known is None:
        raise error
    return known


def _transit(payout: Payout) -> AccountRef:
    return AccountRef(AccountKind.TRANSIT, payout.owner_id, payout.amount.currency)


def _outside(amount: Money) -> AccountRef:
    return AccountRef(AccountKind.STRIPE, None, amount.currency)


def _stored(session: Session, event: Event, at: datetime) -> GatewayEvent:
    known = session.get(GatewayEvent, event.id, with_for_update=True)
    if known is not None:
        return known
    fresh = GatewayEvent(
        id=event.id,
        kind=event.kind,
        payload={"subject": event.subject, **event.payload},
        received_at=at,
    )
    try:
        with session.begin_nested():
            session.add(fresh)
    except IntegrityError:
        # It came twice at once; the other one has been committed.
        return session.get_one(GatewayEvent, event.id, with_for_update=True)
    return fresh


def _apply(session: Session, event: Event, at: datetime) -> bool:
    """Let the subject follow the event, and say whether the event has its place."""
    noun = event.kind.partition(".")[0]
    if event.kind not in set(EventKind):
        return False
    if noun == "deposit":
        deposit = _subject(session, Deposit, event.subject)
        return deposit is not None and _apply_deposit(session, deposit, event, at)
    payout = _subject(session, Payout, event.subject)
    return payout is not None and _apply_payout(session, payout, event, at)


def _subject(session: Session, model: type[T], subject: str) -> T | None:
    """Lock the deposit or payout with this id or reference."""
    named = model.reference == subject
    with suppress(ValueError):
        named = or_(named, model.id == UUID(subject))
    return session.scalar(
        select(model).where(named).with_for_update().execution_options(populate_existing=True)
    )


def _apply_deposit(session: Session, deposit: Deposit, event: Event, at: datetime) -> bool:
    to = {
        EventKind.DEPOSIT_SUCCEEDED: DepositStatus.AVAILABLE,
        EventKind.DEPOSIT_FAILED: DepositStatus.FAILED,
    }[EventKind(event.kind)]
    if deposit.status != DepositStatus.INITIATED:
        return deposit.status == to
    if to == DepositStatus.AVAILABLE:
        source = _outside(deposit.amount)
        post(
            session,
            key=f"deposit:{deposit.id}",
            postings=[Posting(Movement.DEPOSIT, source, deposit.account_id, deposit.amount)],
            at=at,
            memo="Deposit",
        )
    deposit.failure = _reason(event) if to == DepositStatus.FAILED else None
    deposit.finished_at = at
    deposit.move(session, to, by="system", at=at, why=deposit.failure or "")
    return True


def _apply_payout(session: Session, payout: Payout, event: Event, at: datetime) -> bool:
    kind = EventKind(event.kind)
    if kind == EventKind.PAYOUT_SENT:
        if payout.status == PayoutStatus.REQUESTED:
            payout.move(session, PayoutStatus.SENT, by="system", at=at)
        return True
    to = PayoutStatus.PAID if kind == EventKind.PAYOUT_PAID else PayoutStatus.FAILED
    if payout.machine.is_final(PayoutStatus(payout.status)):
        return payout.status == to
    if to == PayoutStatus.PAID:
        _arrive(session, payout, at)
    else:
        _bounce(session, payout, event, at)
    payout.finished_at = at
    return True


def _arrive(session: Session, payout: Payout, at: datetime) -> None:
    """Book that the money is gone; that it was sent may not have been told yet."""
    if payout.status == PayoutStatus.REQUESTED:
        payout.move(session, PayoutStatus.SENT, by="system", at=at)
    post(
        session,
        key=f"payout:{payout.id}:paid",
        postings=[Posting(Movement.PAID, _transit(payout), _outside(payout.amount), payout.amount)],
        at=at,
        memo=f"To {payout.destination}",
    )
    payout.move(session, PayoutStatus.PAID, by="system", at=at)


def _bounce(session: Session, payout: Payout, event: Event, at: datetime) -> None:
    """Put the money back where it came from."""
    payout.failure = _reason(event)
    post(
        session,
        key=f"payout:{payout.id}:bounce",
        postings=[Posting(Movement.BOUNCE, _transit(payout), payout.account_id, payout.amount)],
        at=at,
        memo=payout.failure,
    )
    payout.move(session, PayoutStatus.FAILED, by="system", at=at, why=payout.failure)


def _reason(event: Event) -> str:
    return str(event.payload.get("reason", "no reason given"))[:200]
