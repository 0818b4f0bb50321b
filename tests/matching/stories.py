"""The cast, their cash and their listings, for stories about who funds what."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, AccountRef, Movement, Posting
from kernel import Currency, Money
from matching import Criteria, Mandate, Order, place_order, save_mandate
from origination import Listing
from tests.origination import stories
from tests.origination.stories import ALICE, BOB, NOON, dollars

__all__ = ["ALICE", "BOB", "NOON", "dollars"]

CAROL = UUID(int=0xCA401)
DAN = UUID(int=0xDA2)
LATER = NOON + timedelta(hours=1)
STRIPE = AccountRef(AccountKind.STRIPE, None, Currency.USD)

_keys = count(1)


def a_listing(session: Session, amount: str = "10000.00", **wishes: Any) -> Listing:
    """Alice's wish, vetted and open to lenders."""
    return stories.a_listing(session, amount=dollars(amount), **wishes)


def deposit(session: Session, lender_id: UUID, amount: str) -> None:
    """A lender's money has arrived."""
    escrow.post(
        session,
        key=f"deposit {next(_keys)}",
        postings=[Posting(Movement.DEPOSIT, STRIPE, cash_account(lender_id), dollars(amount))],
        at=NOON,
        memo="deposit",
    )


def cash_account(lender_id: UUID) -> AccountRef:
    return AccountRef(AccountKind.LENDER, lender_id, Currency.USD)


def cash(session: Session, lender_id: UUID) -> Money:
    return escrow.balance(session, account=cash_account(lender_id))


def kept_for(session: Session, listing: Listing) -> Money:
    """What escrow holds for a listing."""
    account = AccountRef(AccountKind.LISTING, listing.id, Currency.USD)
    return escrow.balance(session, account=account)


def order(session: Session, listing: Listing, lender_id: UUID, amount: str, **how: Any) -> Order:
    defaults: dict[str, Any] = {"key": f"order {next(_keys)}", "at": LATER}
    return place_order(
        session,
        listing_id=listing.id,
        lender_id=lender_id,
        amount=dollars(amount),
        **defaults | how,
    )


def mandate(session: Session, lender_id: UUID, **how: Any) -> Mandate:
    defaults: dict[str, Any] = {
        "name": "anything",
        "cap": dollars("100.00"),
        "keep": dollars("0.00"),
        "total": None,
        "criteria": Criteria(),
        "at": NOON,
    }
    return save_mandate(session, lender_id=lender_id, **defaults | how)
