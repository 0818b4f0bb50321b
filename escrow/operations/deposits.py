"""Deposits: begun by a lender, told of by the gateway, in the book once they are available."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from escrow.chart import AccountKind, Movement
from escrow.errors import DepositTooSmall
from escrow.gateway import Event, EventKind, PaymentGateway
from escrow.gateway_names import kind_of
from escrow.ledger import AccountRef, Posting
from escrow.operations.accounts import open_account
from escrow.operations.begun import begun, begun_meanwhile
from escrow.operations.book import post
from escrow.policy import payment_policy
from escrow.transfers import Deposit, DepositStatus
from kernel import Money, new_id

ARRIVED = {
    DepositStatus.HELD,
    DepositStatus.AVAILABLE,
    DepositStatus.DISPUTED,
    DepositStatus.RETURNED,
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
    known = begun(session, Deposit, key, wanted)
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
        return begun_meanwhile(session, Deposit, key, wanted, error)
    return deposit


def release_held(session: Session, *, at: datetime) -> list[Deposit]:
    """Let the deposits be used whose hold is over, and return them."""
    due = session.scalars(
        select(Deposit)
        .where(Deposit.status == DepositStatus.HELD, Deposit.available_at <= at)
        .order_by(Deposit.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for deposit in due:
        make_available(session, deposit, at=at)
    return list(due)


def make_available(session: Session, deposit: Deposit, *, at: datetime) -> None:
    """Book a deposit that has arrived: from now on its lender may use it."""
    outside = AccountRef(kind_of(deposit.gateway), None, deposit.amount.currency)
    post(
        session,
        key=f"deposit:{deposit.id}",
        postings=[Posting(Movement.DEPOSIT, outside, deposit.account_id, deposit.amount)],
        at=at,
        memo="Deposit",
    )
    deposit.finished_at, deposit.failure = at, None
    deposit.move(session, DepositStatus.AVAILABLE, by="system", at=at)


def apply_to_deposit(session: Session, deposit: Deposit, event: Event, at: datetime) -> bool:
    """Let a deposit follow what is told of its payment, and say whether that has its place.

    A success is final for this: a failure or a delay told after it contradicts it. A failure is
    not, since the depositor may try again on the gateway's page.
    """
    status = DepositStatus(deposit.status)
    arrived = status in ARRIVED
    if event.kind == EventKind.DEPOSIT_SUCCEEDED:
        if not arrived:
            return _succeed(session, deposit, event, at)
    elif event.kind == EventKind.DEPOSIT_PROCESSING:
        if status == DepositStatus.INITIATED:
            deposit.move(session, DepositStatus.PROCESSING, by="system", at=at)
    elif arrived:
        return False
    elif status != DepositStatus.FAILED:
        deposit.failure, deposit.finished_at = reason(event), at
        deposit.move(session, DepositStatus.FAILED, by="system", at=at, why=deposit.failure)
    return True


def _succeed(session: Session, deposit: Deposit, event: Event, at: datetime) -> bool:
    """Hold the money as long as the policy asks for the way it was paid."""
    if event.payload.get("amount_minor", deposit.amount_minor) != deposit.amount_minor:
        return False
    hold = payment_policy().hold(str(event.payload.get("method", deposit.gateway)))
    deposit.available_at = at + hold
    if not hold:
        make_available(session, deposit, at=at)
    else:
        deposit.failure = None
        deposit.move(session, DepositStatus.HELD, by="system", at=at)
    return True


def reason(event: Event) -> str:
    """Return why something failed or came back, in the gateway's words."""
    return str(event.payload.get("reason") or "no reason given")[:200]
