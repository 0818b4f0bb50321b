"""The cast and what they do with money, for the stories about the book."""

from datetime import UTC, datetime
from itertools import count
from typing import cast
from uuid import UUID, uuid5

from sqlalchemy import Table
from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, AccountRef, Entry, Movement, Posting
from escrow.ledger import Part
from escrow.models import Account
from kernel import Currency, Money

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
USD = Currency.USD

ALICE, BOB, CAROL, DAN = (uuid5(UUID(int=7), name) for name in ("alice", "bob", "carol", "dan"))
LISTING_OF_ALICE = uuid5(UUID(int=7), "listing of alice")
LOAN_OF_ALICE = uuid5(UUID(int=7), "loan of alice")

STRIPE = AccountRef(AccountKind.STRIPE, None, USD)
FEES = AccountRef(AccountKind.FEES, None, USD)
LISTING = AccountRef(AccountKind.LISTING, LISTING_OF_ALICE, USD)
LOAN = AccountRef(AccountKind.LOAN, LOAN_OF_ALICE, USD)

ACCOUNTS = cast("Table", Account.__table__)

_keys = count(1)


def dollars(text: str) -> Money:
    return Money.parse(text, USD)


def cash_of(owner: UUID, currency: Currency = USD) -> AccountRef:
    return AccountRef(AccountKind.LENDER, owner, currency)


def opened(session: Session, ref: AccountRef) -> int:
    return escrow.open_account(session, kind=ref.kind, owner_id=ref.owner_id, currency=ref.currency)


def book(session: Session, *postings: Part, key: str | None = None, memo: str = "") -> Entry:
    key = key or f"story {next(_keys)}"
    return escrow.post(session, key=key, postings=postings, at=AT, memo=memo)


def deposit(session: Session, owner: UUID, amount: str, *, key: str | None = None) -> Entry:
    """Somebody's money has arrived."""
    return book(
        session, Posting(Movement.DEPOSIT, STRIPE, cash_of(owner), dollars(amount)), key=key
    )


def reserve(session: Session, owner: UUID, amount: str, *, key: str | None = None) -> Entry:
    """A lender puts cash into the listing of alice."""
    return book(
        session, Posting(Movement.RESERVE, cash_of(owner), LISTING, dollars(amount)), key=key
    )


def held(session: Session, ref: AccountRef) -> Money:
    return escrow.balance(session, account=ref)
