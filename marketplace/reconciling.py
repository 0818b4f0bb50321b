"""Reconciling, as the shell runs it: hear what the provider says, then hold the book against it."""

from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

import escrow
from escrow import Remedy
from kernel import Currency, Money
from marketplace import accounts, clock, flows, jobs
from marketplace.db import in_transaction, reader
from marketplace.models import Role

RECONCILE = "money.reconcile"
# Where money moves while we listen, what is held and what is told are not of one moment.
ROUNDS = 3
# The parts of a payment to our bank are asked for until they are told, for so long.
LATELY = timedelta(days=10)
# Whose money it is must be said of these.
SOMEBODYS = {Remedy.GIVE, Remedy.TAKE}


def ask(
    session: Session, *, day: date, at: datetime, key: str, run_at: datetime | None = None
) -> None:
    """Let the worker reconcile a day; under one key it does so once."""
    jobs.enqueue(
        session,
        kind=RECONCILE,
        payload={"day": day.isoformat()},
        at=at,
        run_at=run_at,
        dedupe_key=key,
    )


def reconcile(day: date, *, at: datetime) -> escrow.ReconciliationReport:
    """Hold the book against what the provider and the bank say, and keep the report of a day.

    The provider is asked outside any transaction, page by page; interrupted, the next run goes on
    with the page that is missing.

    Args:
        day: the day that is reported.
        at: the moment, for the record.

    Raises:
        GatewayUnavailable: the provider does not answer; nothing is reported.
    """
    bank = flows.provider()
    # Only a provider has lines of its own to tell.
    held = _listen(bank) if isinstance(bank, escrow.StripeGateway) else {}
    return in_transaction(partial(escrow.reconcile_day, on=day, at=at, held=held))


def take_bank_file(session: Session, *, body: bytes, name: str, by: str, at: datetime) -> str:
    """Import a file of the bank and ask for yesterday to be reconciled again; say what was in it.

    Raises:
        FileNotReadable: it says what is wrong, and where; nothing is imported.
    """
    file = escrow.import_bank_file(session, body=body, name=name, by=by, at=at)
    yesterday = clock.today() - timedelta(days=1)
    ask(session, day=yesterday, at=at, key=f"reconcile:{yesterday}:{file.sha256}")
    return f"{file.form} {file.fresh}/{file.lines}"


def settle_break(
    session: Session, *, number: int, remedy: Remedy, whose: str, note: str, by: str, at: datetime
) -> escrow.Break:
    """Resolve a break, or propose to; a lender may be named by the e-mail address.

    Raises:
        NotFound: there is no such break.
        RemedyNotFitting: this cannot settle it; it says why.
        BreakNotOpen, InsufficientFunds, AlreadyReversed: it cannot be done now.
    """
    subject = _lender(session, remedy, whose) if remedy in SOMEBODYS else whose
    return escrow.resolve_break(
        session,
        break_id=escrow.break_numbered(session, number=number),
        remedy=remedy,
        subject=subject,
        note=note,
        by=by,
        at=at,
    )


def operator_mark(session: Session, email: str) -> str | None:
    """Return the mark of an operator for the record, by their e-mail address."""
    user = accounts.by_email(session, email=email)
    return f"operator:{user.id}" if user is not None and user.role == Role.OPERATOR else None


def _lender(session: Session, remedy: Remedy, whose: str) -> str:
    user = accounts.by_email(session, email=whose)
    if user is None or user.role != Role.LENDER:
        raise escrow.RemedyNotFitting(remedy=remedy.value, why="no investor has this address")
    return str(user.id)


def _listen(bank: escrow.StripeGateway) -> dict[Currency, Money]:
    """Write down the provider's lines, and return what it holds where the lines are up to that."""
    for _round in range(ROUNDS):
        before = bank.held()
        _fetch(bank)
        if bank.held() == before:
            return before
    return {}


def _fetch(bank: escrow.StripeGateway) -> None:
    """Write down every line until now; first what an earlier run has left."""
    now = clock.now()
    until = None
    while until is None or until <= now:
        until = _sweep(bank, now)
    with reader() as session:
        payouts = escrow.unopened_bundles(session, since=now - LATELY)
    for payout in payouts:
        lines = bank.bundled(payout)
        in_transaction(partial(escrow.take_bundle, payout=payout, lines=lines))


def _sweep(bank: escrow.StripeGateway, at: datetime) -> datetime:
    fetch = in_transaction(partial(escrow.begin_fetch, gateway=bank.name, at=at))
    while fetch.finished_at is None:
        page = bank.balance_page(since=fetch.since, until=fetch.until, after=fetch.cursor)
        fetch = in_transaction(partial(escrow.take_page, fetch_id=fetch.id, page=page, at=at))
    return fetch.until


def assign_break(session: Session, *, number: int, note: str, by: str, at: datetime) -> UUID:
    """Take a break over, and say what is known of it.

    Raises:
        NotFound: there is no such break.
        BreakNotOpen: it is resolved.
    """
    ident = escrow.break_numbered(session, number=number)
    return escrow.assign_break(session, break_id=ident, owner=by, note=note, by=by, at=at).id


def agree(session: Session, *, number: int, by: str, at: datetime) -> escrow.Break:
    """Agree to what another person has proposed for a break.

    Raises:
        NotFound: there is no such break.
        SameHands: the same person proposed it.
        BreakNotOpen, RemedyNotFitting, InsufficientFunds: it cannot be done now.
    """
    ident = escrow.break_numbered(session, number=number)
    return escrow.agree_to_break(session, break_id=ident, by=by, at=at)
