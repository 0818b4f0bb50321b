"""What the worker does: batches, listings whose time is up, payouts, closes, seals.

An errand may be run twice; every effect has a key or a state that makes the second time harmless.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import count
from uuid import UUID

import escrow
import matching
from kernel import DomainError, MoveNotAllowed, find
from marketplace import (
    autopaying,
    caring,
    carrying,
    clock,
    closing,
    collecting,
    contacting,
    flows,
    hearing,
    reconciling,
    sealing,
)
from marketplace.db import in_transaction, reader
from marketplace.jobs import Work, handles

LOANS_A_LEASE = 200  # closed in seconds; a lease lasts minutes


class DayHeld(DomainError):
    """Another run of the close works on {day}."""


def init_errands() -> None:
    """Tell the worker who does which kind of job."""
    handles(flows.BATCH)(run_batch)
    handles(flows.EXPIRY)(expire)
    handles(flows.PAYOUT)(send_payout)
    handles(flows.RELEASE)(release)
    handles(hearing.HEAR)(hear)
    handles(hearing.TEND)(tend)
    handles(flows.CLOSE)(close)
    handles(collecting.DEBIT)(debit)
    handles(collecting.REFUND)(refund)
    handles(sealing.SEAL)(seal)
    handles(closing.CARE)(look_after)
    handles(contacting.MESSAGE)(pass_on)
    handles(reconciling.RECONCILE)(reconcile)


def run_batch(work: Work) -> None:
    """Let the mandates fund what is open, in every currency that anything is open in."""
    in_transaction(partial(matching.end_overdue_mandates, at=work.at))
    with reader() as session:
        currencies = matching.currencies_open(session)
    for currency in currencies:
        in_transaction(partial(flows.run_batch, currency=currency, name=str(work.id), at=work.at))


def expire(work: Work) -> None:
    """Close a listing whose time is up; one that was funded meanwhile needs nothing."""
    listing_id = UUID(work.payload["listing_id"])
    try:
        in_transaction(lambda session: flows.expire(session, listing_id=listing_id, at=work.at))
    except MoveNotAllowed:
        return


def release(work: Work) -> None:
    """Let deposits be used whose hold is over."""
    in_transaction(partial(flows.release, at=work.at))


def hear(work: Work) -> None:
    """Ask the gateway what is the case with the object of a message, and apply it."""
    said = work.payload
    message = escrow.Message(said["id"], said["kind"], said["object"], said["account"])
    carrying.hear(message, at=work.at)


def tend(work: Work) -> None:
    """Look after what is on its way: gaps between messages, payouts that got stuck."""
    carrying.tend(at=work.at)


def debit(work: Work) -> None:
    """Debit a borrower, if that is still wanted."""
    ident = UUID(work.payload["collection_id"])
    autopaying.debit(ident, on=clock.today(), at=work.at)


def refund(work: Work) -> None:
    """Give back what a borrower paid too much."""
    said = work.payload
    autopaying.refund(UUID(said["collection_id"]), said["amount_minor"], at=work.at)


def send_payout(work: Work) -> None:
    """Send a payout through the gateway, outside any transaction, and record what it answers.

    One that has arrived, or whose money went back, is not sent again.
    """
    with reader() as session:
        payout = find(session, escrow.Payout, UUID(work.payload["payout_id"]))
        session.expunge(payout)
    if payout.status not in {escrow.PayoutStatus.REQUESTED, escrow.PayoutStatus.SENT}:
        return
    if payout.gateway == escrow.BankGateway.name:
        return  # it leaves with the next file for the bank
    if payout.gateway == escrow.StripeGateway.name:
        carrying.send(payout, at=work.at)
        return
    for event in flows.gateway().send(payout):
        in_transaction(partial(escrow.receive, event=event, at=work.at))


def seal(work: Work) -> None:
    """Seal what is new in the book."""
    sealing.seal_all(work.at)


def reconcile(work: Work) -> None:
    """Hold the book against the provider and the bank."""
    reconciling.reconcile(date.fromisoformat(work.payload["day"]), at=work.at)


def close(work: Work) -> None:
    """Close a day, the missed ones first."""
    days = closing.open_days(date.fromisoformat(work.payload["until"]))
    for number, day in enumerate(days):
        held = _held(work, percent=100 * number // len(days))
        if closing.close_day(day, at=work.at, progress=held).left:
            raise DayHeld(day=day)  # it is tried again, as every job is
        work.progress(100 * (number + 1) // len(days))


def look_after(work: Work) -> None:
    """Do the care of a day, the missed ones first."""
    for day in caring.open_days(date.fromisoformat(work.payload["until"])):
        caring.care_for(day, at=work.at, progress=_held(work, percent=50))


def pass_on(work: Work) -> None:
    """Let a message to a borrower out, or wait again, as the rules of contact say."""
    message_id = UUID(work.payload["message"])
    in_transaction(partial(contacting.pass_on, message_id=message_id, at=work.at))


def _held(work: Work, *, percent: int) -> Callable[[int], None]:
    """Return what keeps the work with its worker while the loans of one day are closed.

    A day with many loans takes longer than a lease, and nobody else may take it up meanwhile.
    """
    loans = count(1)

    def one_more(_closed: int) -> None:
        if next(loans) % LOANS_A_LEASE == 0:
            work.progress(percent)

    return one_more
