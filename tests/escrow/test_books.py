"""Operators leaf through the book: totals, entries page by page, one entry's postings."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

import escrow
from escrow import Deposit
from escrow.operations.begun import begun_meanwhile
from kernel import NotFound
from tests.escrow.stories import BOB, deposit, dollars


def test_all_balances_are_zero_together(session: Session) -> None:
    deposit(session, BOB, "100")

    totals = escrow.totals_by_kind(session)

    assert sum(line.total.minor for line in totals) == 0
    assert {line.kind for line in totals} == {escrow.AccountKind.LENDER, escrow.AccountKind.STRIPE}


def test_the_newest_entry_stands_first_and_older_ones_follow(session: Session) -> None:
    for amount in ("1", "2", "3"):
        deposit(session, BOB, amount)

    first = escrow.entries(session, limit=2)
    rest = escrow.entries(session, before=first[-1].id)

    assert [line.id for line in (*first, *rest)] == sorted(
        (line.id for line in (*first, *rest)), reverse=True
    )
    assert len(rest) == 1


def test_an_entry_shows_what_moved_between_whom(session: Session) -> None:
    deposit(session, BOB, "100")
    (line,) = escrow.entries(session)

    file = escrow.entry_file(session, entry_id=line.id)

    (posting,) = file.shown
    assert (posting.source, posting.target) == (
        escrow.AccountKind.STRIPE,
        escrow.AccountKind.LENDER,
    )
    assert posting.amount == dollars("100")
    assert file.postings == 1


def test_an_entry_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        escrow.entry_file(session, entry_id=4711)


def test_a_clash_that_no_earlier_click_explains_is_not_hidden(session: Session) -> None:
    clash = IntegrityError("insert", {}, Exception("something else"))

    with pytest.raises(IntegrityError):
        begun_meanwhile(session, Deposit, "unknown", {}, clash)
