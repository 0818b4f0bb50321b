from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy.orm import Session

import escrow
from escrow import AccountKind, AccountRef, Movement, Posting
from kernel import Currency, Money, new_id

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
STRIPE = AccountRef(AccountKind.STRIPE, None, Currency.USD)


def test_smoke(session: Session) -> None:
    bob = AccountRef(AccountKind.LENDER, new_id(), Currency.USD)
    e = escrow.post(
        session,
        key="d1",
        postings=[Posting(Movement.DEPOSIT, STRIPE, bob, Money(500, Currency.USD))],
        at=AT,
        memo="x",
    )
    assert escrow.balance(session, account=bob).minor == 500
    assert escrow.balance(session, account=STRIPE).minor == -500
    again = escrow.post(
        session,
        key="d1",
        postings=[Posting(Movement.DEPOSIT, STRIPE, bob, Money(500, Currency.USD))],
        at=AT,
        memo="x",
    )
    assert again.id == e.id
    with pytest.raises(escrow.KeyConflict):
        escrow.post(
            session,
            key="d1",
            postings=[Posting(Movement.DEPOSIT, STRIPE, bob, Money(501, Currency.USD))],
            at=AT,
            memo="x",
        )
    listing = AccountRef(AccountKind.LISTING, new_id(), Currency.USD)
    with pytest.raises(escrow.InsufficientFunds) as err:
        escrow.post(
            session,
            key="r1",
            postings=[Posting(Movement.RESERVE, bob, listing, Money(501, Currency.USD))],
            at=AT,
            memo="x",
        )
    assert err.value.missing == Money(1, Currency.USD)
    print(err.value)
    with pytest.raises(escrow.MovementNotAllowed) as e2:
        escrow.post(
            session,
            key="r1",
            postings=[Posting(Movement.RESERVE, STRIPE, listing, Money(501, Currency.USD))],
            at=AT,
            memo="x",
        )
    print(e2.value)
    r = escrow.reverse(session, entry_id=e.id, key="rev", at=AT, memo="back")
    assert escrow.reverse(session, entry_id=e.id, key="rev", at=AT, memo="back") is r
    assert escrow.balance(session, account=bob).minor == 0
    with pytest.raises(escrow.AlreadyReversed):
        escrow.reverse(session, entry_id=e.id, key="rev2", at=AT, memo="back")
    assert r.recorded_at.tzinfo
