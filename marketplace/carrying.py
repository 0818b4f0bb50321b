"""Money carried by Stripe, in and out, and what Stripe tells of it."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

import escrow
from escrow import EventKind, GatewayMissing, GatewayRefused
from kernel import find
from marketplace import autopaying, clock, collecting, flows, hearing, jobs
from marketplace.calling import Intent, once
from marketplace.db import in_transaction, reader

LOOK_BACK = timedelta(days=30)  # Stripe lists events for so long
OVERLAP = timedelta(hours=1)


def checkout(deposit: escrow.Deposit, *, back: str, at: datetime) -> str:
    """Return the address of Stripe's page for a deposit; empty once it was answered there."""
    bank = flows.stripe()
    intent = Intent(
        "checkout",
        deposit.id,
        lambda key: bank.open_checkout(deposit, key=key, back=back).reference,
        lambda since: bank.find_checkout(deposit.id, since=since),
    )
    return bank.checkout_page(once(intent, at=at)).url


def onboard(destination: escrow.Destination, *, back: str, at: datetime) -> str:
    """Return the address of Stripe's page on which somebody who is to be paid says who they are."""
    return flows.stripe().onboarding(open_payee(destination, at=at), back=back)


def open_payee(destination: escrow.Destination, *, at: datetime) -> str:
    """Open an account at Stripe for somebody who is to be paid, and return its name."""
    bank = flows.stripe()
    intent = Intent(
        "account",
        destination.id,
        lambda key: bank.open_account(destination, key=key),
        lambda since: bank.find_account(destination.id, since=since),
    )
    account = once(intent, at=at)

    def name(session: Session) -> None:
        find(session, escrow.Destination, destination.id).reference = account

    in_transaction(name)
    return account


def send(payout: escrow.Payout, *, at: datetime) -> None:
    """Send a payout: to the payee's account at Stripe, and from there to their bank.

    What Stripe refuses puts the money back, and says why.
    """
    account = _account_of(payout)
    if account is None:
        _tell(_failed(payout, "no verified bank account"), at)
        return
    bank = flows.stripe()
    try:
        _transfer(bank, payout, account, at)
    except GatewayRefused as refusal:
        _tell(_failed(payout, str(refusal.why)), at)
        return
    intent = Intent(
        "payout",
        payout.id,
        lambda key: bank.pay_out(payout, account=account, key=key),
        lambda since: bank.find_payout(payout.id, account=account, since=since),
    )
    try:
        reference = once(intent, at=at)
    except GatewayRefused as refusal:
        take_back(payout.id, at=at)
        _tell(_failed(payout, str(refusal.why)), at)
        return
    _tell(escrow.Event(f"{reference}:payout.sent", "payout.sent", str(payout.id)), at)


def _transfer(bank: escrow.StripeGateway, payout: escrow.Payout, account: str, at: datetime) -> str:
    intent = Intent(
        "transfer",
        payout.id,
        lambda key: bank.transfer(payout, account=account, key=key),
        lambda _since: bank.find_transfer(payout.id),
    )
    return once(intent, at=at)


def take_back(payout_id: UUID, *, at: datetime) -> None:
    """Take the money of a payout that failed back from the payee's account at Stripe."""
    bank = flows.stripe()
    call = in_transaction(
        partial(escrow.prepare_call, purpose="transfer", subject_id=payout_id, at=at)
    )
    transfer = call.reference
    if transfer is None:
        return
    intent = Intent(
        "take_back",
        payout_id,
        lambda key: bank.take_back(transfer, key=key),
        lambda _since: bank.find_take_back(transfer),
    )
    once(intent, at=at)


def hear(message: escrow.Message, *, at: datetime) -> None:
    """Ask what is the case with the object of a message, and apply it.

    What nobody there knows any more, such as a demo bank that began anew, has nothing to say.
    """
    try:
        events = flows.stripe().look(message)
    except GatewayMissing:
        events = []
    for event in events:
        if event.kind == EventKind.PAYOUT_FAILED:
            take_back(UUID(event.subject), at=at)
        _tell(event, at)
    in_transaction(partial(escrow.finish_message, message_id=message.id, at=at))


def tend(*, at: datetime) -> None:
    """Fill gaps between messages, send again what got stuck, and come again in an hour."""
    in_transaction(partial(hearing.tend, at=at))
    in_transaction(partial(flows.release, at=at))
    autopaying.prepare_all(on=clock.today(), at=at)
    if flows.provider().name != escrow.StripeGateway.name:
        return
    with reader() as session:
        since = (escrow.last_message_at(session) or at - LOOK_BACK) - OVERLAP
        waiting, stuck = escrow.unheard(session), escrow.stuck_payouts(session)
    for message in (*flows.stripe().messages_since(since), *waiting):
        in_transaction(partial(hearing.hear, message=message, at=at, again=f":{at:%Y-%m-%dT%H}"))
    for payout_id, reference, account in stuck:
        in_transaction(partial(_resend, payout_id=payout_id, at=at))
        if reference is not None:
            ident = f"tend:{reference}:{at:%Y-%m-%dT%H}"
            message = escrow.Message(ident, "payout.tended", reference, account)
            in_transaction(partial(hearing.hear, message=message, at=at))


def _resend(session: Session, *, payout_id: UUID, at: datetime) -> None:
    jobs.enqueue(
        session,
        kind=flows.PAYOUT,
        payload={"payout_id": str(payout_id)},
        at=at,
        dedupe_key=f"payout:{payout_id}:{at:%Y-%m-%dT%H}",
    )


def _account_of(payout: escrow.Payout) -> str | None:
    if payout.destination_id is None:
        return None
    with reader() as session:
        return find(session, escrow.Destination, payout.destination_id).reference


def _failed(payout: escrow.Payout, why: str) -> escrow.Event:
    return escrow.Event(f"{payout.id}:refused", "payout.failed", str(payout.id), {"reason": why})


def _tell(event: escrow.Event, at: datetime) -> None:
    if event.kind.startswith(("collection.", "method.")):
        on = clock.today()
        in_transaction(partial(collecting.follow, event=event, on=on, at=at))
    elif event.kind == EventKind.DEPOSIT_SUCCEEDED:
        in_transaction(partial(flows.pay_in, event=event, at=at))
    else:
        in_transaction(partial(escrow.receive, event=event, at=at))
