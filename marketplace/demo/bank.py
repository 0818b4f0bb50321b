"""What the demo bank knows from the beginning: the money of the past, and whom it may pay.

The past was played without it. From then on it holds what the book says, and whoever waits for a
loan has told it where to be paid; the demo's own borrower is left to do so by herself.
"""

from functools import partial
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
import origination
from escrow import AccountKind
from kernel import Money
from marketplace import carrying, clock, flows
from marketplace.db import in_transaction, reader
from marketplace.demo.cast import ALICE
from marketplace.models import User
from origination import ListingStatus
from simulator import Store, commands

WAITING = (ListingStatus.OPEN, ListingStatus.PARTIAL, ListingStatus.FUNDED)


def open_accounts(*, again: bool) -> None:
    """Let the demo bank begin where the past ends; done twice it changes nothing.

    Args:
        again: whether this is the beginning, whatever a bank knows that was there before.
    """
    store = Store(current_app.config["DEMO_BANK"])
    with reader() as session:
        held, waiting = _held(session), _waiting(session)
    for amount in held:
        code = amount.currency.value.lower()
        commands.fund(store, balance=amount.minor, currency=code, again=again)
    for borrower_id in waiting:
        _let_be_paid(store, borrower_id)


def _held(session: Session) -> list[Money]:
    """Return what the provider must hold for the house, by currency."""
    totals = escrow.totals_by_kind(session)
    return [-each.total for each in totals if each.kind == AccountKind.STRIPE]


def _waiting(session: Session) -> list[UUID]:
    """Return the borrowers of listings who have not said where to be paid."""
    known = select(escrow.Destination.owner_id).where(escrow.Destination.gateway == "stripe")
    alice = select(User.id).where(User.email == ALICE.email)
    found = select(origination.Listing.borrower_id).where(
        origination.Listing.status.in_(WAITING),
        origination.Listing.borrower_id.not_in(known),
        origination.Listing.borrower_id.not_in(alice),
    )
    return list(session.scalars(found.distinct()))


def _let_be_paid(store: Store, borrower_id: UUID) -> None:
    """Open a bank account for a borrower, who has told the bank all it asks."""
    at = clock.now()
    row = in_transaction(
        partial(
            escrow.add_destination,
            owner_id=borrower_id,
            label="•••• 6789",
            key=f"demo:{borrower_id}",
            gateway=flows.provider(),
            at=at,
        )
    )
    commands.account(store, account=carrying.open_payee(row, at=at))
    verified = escrow.Event(f"demo:{row.id}", "destination.verified", str(row.id))
    in_transaction(partial(escrow.receive, event=verified, at=at))
