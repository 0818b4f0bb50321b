"""What belongs together at the edge: an operation, and the work for later that it causes.

Web pages, commands and jobs all come through here, so that none of them forgets the other half.
Every function takes the writing session and is part of its transaction.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

import escrow
import matching
import origination
import reporting
import servicing
from escrow import CustodyKind
from kernel import Currency, Money, Refused, find
from marketplace import hearing, jobs, owning, payees

BATCH, EXPIRY, PAYOUT = "matching.batch", "listing.expiry", "escrow.payout"
RELEASE = "escrow.release"
CLOSE = "day.close"
ON_FILE = "bank account on file"
# A minute, and a moment more for what was begun in it to be committed.
GATHERING = timedelta(minutes=1, seconds=2)


class NoStripe(Refused):
    """Payments by Stripe are not set up here."""


def gateway() -> escrow.SandboxGateway:
    """Return who carries money in and out: the embedded demo bank."""
    return escrow.SandboxGateway(current_app.config["SECRET_KEY"])


def stripe() -> escrow.StripeGateway:
    """Return Stripe, where the settings name its key.

    Raises:
        NoStripe: they name none.
    """
    config = current_app.config
    if not config["STRIPE_SECRET_KEY"]:
        raise NoStripe
    return escrow.StripeGateway(
        config["STRIPE_SECRET_KEY"],
        webhook_secret=config["STRIPE_WEBHOOK_SECRET"],
        base=config["STRIPE_ADDRESS"],
        patience=timedelta(seconds=config["STRIPE_PATIENCE"]),
    )


def provider() -> escrow.PaymentGateway:
    """Return who collects what borrowers pay: Stripe where the settings name its key."""
    return stripe() if current_app.config["STRIPE_SECRET_KEY"] else gateway()


def carrier(session: Session) -> escrow.PaymentGateway:
    """Return who carries what people pay in and take out: where client money rests by choice.

    Until operators have chosen, that is the provider.

    Raises:
        NoStripe: it was Stripe, and the settings name no key any more.
    """
    chosen = escrow.custody(session)
    if chosen is None:
        return provider()
    carriers: dict[CustodyKind, Callable[[], escrow.PaymentGateway]] = {
        CustodyKind.BANK: escrow.BankGateway,
        CustodyKind.STRIPE: stripe,
        CustodyKind.SANDBOX: gateway,
    }
    return carriers[CustodyKind(chosen.kind)]()


def publish(
    session: Session, *, application_id: UUID, by: str, at: datetime
) -> origination.Listing:
    """Open a listing to lenders, call the mandates, and remember when its time is up."""
    listing = origination.publish(session, application_id=application_id, by=by, at=at)
    call_mandates(session, at=at)
    manual = kept_for_hand()
    if manual.share and manual.seconds:
        # What is kept for orders by hand is released to mandates then.
        _ask_for_batch(session, at=at, after=at + timedelta(seconds=manual.seconds))
    watch(session, listing, at=at)
    return listing


def watch(session: Session, listing: origination.Listing, *, at: datetime) -> None:
    """Note the next moment at which a listing's time is up."""
    jobs.enqueue(
        session,
        kind=EXPIRY,
        payload={"listing_id": str(listing.id)},
        at=at,
        run_at=origination.ends_at(listing),
        dedupe_key=f"expiry:{listing.id}:{listing.status}",
    )


def call_mandates(session: Session, *, at: datetime) -> None:
    """Ask for a batch as soon as this minute is over: a new listing, new cash or a new mandate.

    What returned deposits have left due is taken from new cash before any mandate sees it.

    Whatever comes within the same minute is served together, so that nobody is first by a second;
    a batch that ran before the minute's end would leave out what came after it.
    """
    escrow.meet_shortfalls(session, at=at)
    _ask_for_batch(session, at=at, after=at)


def _ask_for_batch(session: Session, *, at: datetime, after: datetime) -> None:
    """Ask for one batch for whatever happens within the minute of a moment."""
    minute = after.replace(second=0, microsecond=0)
    jobs.enqueue(
        session,
        kind=BATCH,
        payload={},
        at=at,
        run_at=minute + GATHERING,
        dedupe_key=f"batch:{minute.isoformat()}",
    )


def schedule_batch(session: Session, *, at: datetime, every: timedelta) -> None:
    """Ask for the batch of this span of time, whatever happened in it; the first to ask does."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    span = (at - epoch) // every
    jobs.enqueue(
        session,
        kind=BATCH,
        payload={},
        at=at,
        dedupe_key=f"batch:every:{every // timedelta(seconds=1)}:{span}",
    )


def kept_for_hand() -> matching.Manual:
    """Return what of every listing is kept for orders by hand, and for how long."""
    return matching.Manual(
        share=current_app.config["MANUAL_SHARE_PERCENT"] * 100,
        seconds=current_app.config["MANUAL_HOURS"] * 3600,
    )


def run_batch(
    session: Session, *, currency: Currency, name: str, at: datetime, seed: str | None = None
) -> matching.Batch:
    """Run a batch in one currency with all that it has to know; under one name it runs once."""
    named = f"{name}:{currency}"
    return matching.run_batch(
        session,
        at=at,
        seed=seed or named,
        key=named,
        currency=currency,
        at_work=reporting.at_work(session, currency=currency, at=at),
        manual=kept_for_hand(),
    )


def pay_in(session: Session, *, event: escrow.Event, at: datetime) -> None:
    """Take what the bank says of a deposit; new cash calls the mandates.

    Money that is held is remembered for the day on which it is free.
    """
    escrow.receive(session, event=event, at=at)
    for due in escrow.holds_end(session, subject=event.subject):
        jobs.enqueue(
            session,
            kind=RELEASE,
            payload={},
            at=at,
            run_at=due,
            dedupe_key=f"release:{due.isoformat()}",
        )
    call_mandates(session, at=at)


def release(session: Session, *, at: datetime) -> None:
    """Let deposits be used whose hold is over; new cash calls the mandates."""
    if escrow.release_held(session, at=at):
        call_mandates(session, at=at)


def disburse(
    session: Session,
    *,
    listing_id: UUID,
    by: str,
    at: datetime,
    on: date,
    bank: escrow.PaymentGateway | None = None,
) -> servicing.Loan:
    """Make a loan of a funded listing and send the proceeds to its borrower's bank.

    Done again, it returns the same loan and sends nothing. Interest runs from the day of the loan,
    so none is made whose proceeds could not leave.

    Args:
        session: the writing session.
        listing_id: what is funded.
        by: who pays it out.
        at: the moment.
        on: the day on which the loan begins.
        bank: who carries the proceeds, where it is not the installation's own.

    Raises:
        StillRevocable: a lender may still take its order back.
        NowhereToPay: the borrower has not said where to be paid.
    """
    carried_by = bank or carrier(session)
    listing = find(session, origination.Listing, listing_id)
    to = payees.payee(session, owner_id=listing.borrower_id, bank=carried_by, at=at)
    until = matching.revocable_until(session, listing_id=listing_id)
    if until is not None and at < until:
        raise matching.StillRevocable(
            number=listing.number, until=until.isoformat(timespec="minutes")
        )
    loan = servicing.open_loan(session, listing_id=listing_id, at=at, on=on, by=by)
    owning.give_owner(session, loan_id=loan.id, at=at)
    pay_out(
        session,
        kind=escrow.AccountKind.BORROWER,
        owner_id=loan.borrower_id,
        amount=servicing.proceeds(loan),
        to=to,
        key=f"proceeds:{loan.id}",
        bank=carried_by,
        at=at,
    )
    return loan


def pay_out(
    session: Session,
    *,
    kind: escrow.AccountKind,
    owner_id: UUID,
    amount: Money,
    to: escrow.Destination | None,
    key: str,
    bank: escrow.PaymentGateway,
    at: datetime,
) -> escrow.Payout:
    """Hold money that leaves, and let the worker send it after the commit."""
    payout = escrow.begin_payout(
        session,
        kind=kind,
        owner_id=owner_id,
        amount=amount,
        destination=ON_FILE if to is None else to.label,
        destination_id=None if to is None else to.id,
        key=key,
        gateway=bank,
        at=at,
    )
    ask_to_send(session, payout, at=at)
    return payout


def ask_to_send(session: Session, payout: escrow.Payout, *, at: datetime) -> None:
    """Let the worker send a payout, once nobody has to agree to it any more."""
    if payout.status == escrow.PayoutStatus.REQUESTED:
        jobs.enqueue(
            session,
            kind=PAYOUT,
            payload={"payout_id": str(payout.id)},
            at=at,
            dedupe_key=f"payout:{payout.id}",
        )
    hearing.tend(session, at=at)


def expire(session: Session, *, listing_id: UUID, at: datetime) -> None:
    """Close a listing whose time is up: partly funded it waits for its borrower, else it ends.

    What returns to investors calls their mandates.
    """
    listing = matching.expire_listing(session, listing_id=listing_id, at=at)
    if listing.status == origination.ListingStatus.PARTIAL:
        watch(session, listing, at=at)
    else:
        call_mandates(session, at=at)


def cancel_order(
    session: Session, *, order_id: UUID, lender_id: UUID, at: datetime
) -> matching.Order:
    """Take an order back; what it frees may be bought by others.

    A full listing takes orders again; one whose time has passed meanwhile ends at once, and one
    that falls below what its borrower may take is given up.

    Raises:
        NotFound: the lender has no such order.
        OrderFixed: it is too late.
    """
    order = matching.cancel_order(session, order_id=order_id, lender_id=lender_id, at=at)
    listing = find(session, origination.Listing, order.listing_id)
    ends, status = origination.ends_at(listing), origination.ListingStatus(listing.status)
    if status is origination.ListingStatus.OPEN and ends is not None and ends <= at:
        expire(session, listing_id=listing.id, at=at)
    elif status is origination.ListingStatus.PARTIAL and listing.reserved < listing.minimum:
        why = "an order was revoked, and too little is left"
        withdraw_listing(session, listing_id=listing.id, by="system", why=why, at=at)
    else:
        call_mandates(session, at=at)
    return order


def withdraw(session: Session, *, application_id: UUID, by: str, why: str, at: datetime) -> None:
    """Take an application back; once it is listed, the listing, whose money returns to investors.

    Raises:
        NotYours: another borrower's.
        MoveNotAllowed: it is too late.
    """
    listing = origination.application_file(session, application_id=application_id).listing
    if listing is None:
        origination.withdraw(session, application_id=application_id, by=by, why=why, at=at)
    else:
        withdraw_listing(session, listing_id=listing.id, by=by, why=why, at=at)


def withdraw_listing(
    session: Session, *, listing_id: UUID, by: str, why: str, at: datetime
) -> origination.Listing:
    """Take a listing back; what returns to investors calls their mandates.

    Raises:
        NotYours: another borrower's.
        MoveNotAllowed: it is too late.
    """
    listing = matching.withdraw_listing(session, listing_id=listing_id, by=by, why=why, at=at)
    call_mandates(session, at=at)
    return listing


def decline_partial(session: Session, *, listing_id: UUID, borrower_id: UUID, at: datetime) -> None:
    """Leave a smaller amount; what returns to investors calls their mandates.

    Raises:
        NotYours: somebody else's listing.
        MoveNotAllowed: it is not partly funded.
    """
    matching.decline_partial(session, listing_id=listing_id, borrower_id=borrower_id, at=at)
    call_mandates(session, at=at)


def ask_for_close(session: Session, *, day: date, at: datetime) -> None:
    """Let the worker close a day and every missed day before it."""
    jobs.enqueue(
        session,
        kind=CLOSE,
        payload={"until": day.isoformat()},
        at=at,
        dedupe_key=f"close:{day}:{at.isoformat(timespec='minutes')}",
    )
