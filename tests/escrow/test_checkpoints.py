"""What was noted at the end of days is summed up again by the proof of the book."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import escrow
from tests.escrow.stories import BOB, cash_of, opened
from tests.escrow.test_seals import unguarded
from tests.escrow.test_value_days import close, pay_in


@pytest.fixture(autouse=True)
def _three_days(session: Session) -> None:
    """Bob pays in on three days, one of which is told late, and each is summed up."""
    for number in (1, 2, 4):
        pay_in(session, f"{number}.00", on=number)
        close(session, number)
    pay_in(session, "8.00", on=3, told=5)
    close(session, 5)


def found_after(session: Session, change: str) -> list[tuple[str, str]]:
    unguarded(session)
    session.execute(text(change))
    return [(each.code, each.subject) for each in escrow.verify(session).findings]


def test_an_honest_past_is_found_right(session: Session) -> None:
    assert escrow.verify(session).ok
    pay_in(session, "3.00", on=2, told=6)
    assert escrow.verify(session).ok


def test_a_sum_that_was_changed_is_named_with_its_account(session: Session) -> None:
    bob = opened(session, cash_of(BOB))

    found = found_after(
        session,
        f"UPDATE balance_checkpoint SET amount_minor = amount_minor + 1 WHERE account_id = {bob} "
        "AND day = '2026-01-02'",
    )

    assert found == [("checkpoint_differs", f"account {bob}")]


def test_sums_beyond_the_days_that_were_closed_are_named(session: Session) -> None:
    bob = opened(session, cash_of(BOB))

    found = found_after(session, "DELETE FROM checkpoint")

    assert ("checkpoint_differs", f"account {bob}") in found
