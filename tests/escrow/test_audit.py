"""Somebody with every right has switched the guards off and changed the book; verify tells."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import escrow
from tests.escrow.stories import AT, BOB, CAROL, LISTING, cash_of, deposit, opened, reserve

COLUMNS = "entry_id, seq, movement, source_id, target_id, amount_minor, currency, effective_on"


@pytest.fixture(autouse=True)
def _unguarded(session: Session) -> None:
    """Tell a short story, then switch off whatever guards it."""
    deposit(session, BOB, "100.00", key="deposit of bob")
    reserve(session, BOB, "40.00", key="reservation of bob")
    entry = reserve(session, BOB, "10.00", key="second thoughts")
    escrow.reverse(session, entry_id=entry.id, key="cancelled", at=AT, memo="")
    opened(session, cash_of(CAROL))
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for name in names.all():
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("ALTER TABLE balance DROP CONSTRAINT ck_balance_floor"))


def found(session: Session, *statements: str) -> dict[str, list[str]]:
    """Change the book behind its back and return what verify finds, by fault."""
    names = {"bob": opened(session, cash_of(BOB)), "carol": opened(session, cash_of(CAROL))}
    names |= {"listing": opened(session, LISTING)}
    for statement in statements:
        session.execute(text(statement.format(**names)))
    findings: dict[str, list[str]] = {}
    for finding in escrow.verify(session).findings:
        findings.setdefault(finding.code, []).append(f"{finding.subject}: {finding.detail}")
    return findings


def the(key: str) -> str:
    return f"(SELECT id FROM entry WHERE key = '{key}')"


def test_an_honest_book_is_found_right(session: Session) -> None:
    assert found(session) == {}


def test_verify_says_what_it_looked_at(session: Session) -> None:
    assert escrow.verify(session).checked == {
        "accounts": 4,
        "entries": 4,
        "postings": 4,
        "seals": 0,
    }


def test_a_balance_changed_by_hand_is_found(session: Session) -> None:
    faults = found(
        session, "UPDATE balance SET amount_minor = amount_minor + 1 WHERE account_id = {bob}"
    )

    bob = opened(session, cash_of(BOB))
    assert faults == {
        "currency_not_zero": ["currency USD: total 1"],
        "balance_differs": [f"account {bob}: held 6001, posted 6000"],
    }


def test_a_balance_moved_to_somebody_else_is_found(session: Session) -> None:
    faults = found(
        session,
        "UPDATE balance SET amount_minor = amount_minor - 100 WHERE account_id = {bob}",
        "UPDATE balance SET amount_minor = amount_minor + 100 WHERE account_id = {carol}",
    )

    assert list(faults) == ["balance_differs"]
    assert len(faults["balance_differs"]) == 2


def test_a_balance_that_was_taken_away_is_found(session: Session) -> None:
    faults = found(session, "DELETE FROM balance WHERE account_id = {carol}")

    assert faults == {
        "balance_differs": [f"account {opened(session, cash_of(CAROL))}: held None, posted 0"]
    }


def test_a_balance_below_its_floor_is_found(session: Session) -> None:
    faults = found(session, "UPDATE balance SET amount_minor = -1 WHERE account_id = {carol}")

    assert "floor_broken" in faults


def test_a_lowered_floor_is_found_before_it_is_used(session: Session) -> None:
    no_floor = found(session, "UPDATE balance SET floor_minor = NULL WHERE account_id = {bob}")
    lower = found(session, "UPDATE balance SET floor_minor = -100 WHERE account_id = {bob}")

    assert list(no_floor) == list(lower) == ["floor_broken"]


def test_a_changed_amount_is_found(session: Session) -> None:
    faults = found(
        session,
        f"UPDATE posting SET amount_minor = 4001 WHERE entry_id = {the('reservation of bob')}",
    )

    assert len(faults["balance_differs"]) == 2


def test_a_deleted_posting_is_found(session: Session) -> None:
    faults = found(session, f"DELETE FROM posting WHERE entry_id = {the('reservation of bob')}")

    assert list(faults) == ["balance_differs", "entry_incomplete"]


def test_a_posting_added_later_is_found(session: Session) -> None:
    faults = found(
        session,
        f"INSERT INTO posting ({COLUMNS}) SELECT entry_id, 2, movement, source_id, target_id, "
        "amount_minor, currency, effective_on FROM posting "
        f"WHERE entry_id = {the('deposit of bob')}",
    )

    assert list(faults) == ["balance_differs", "entry_incomplete"]


def test_a_deleted_entry_is_found(session: Session) -> None:
    faults = found(session, "DELETE FROM entry WHERE key = 'reservation of bob'")

    assert list(faults) == ["posting_without_entry"]


def test_a_deleted_account_is_found(session: Session) -> None:
    faults = found(session, "DELETE FROM account WHERE id = {listing}")

    assert "posting_without_account" in faults


def test_a_changed_movement_is_found(session: Session) -> None:
    faults = found(
        session,
        f"UPDATE posting SET movement = 'TRADE' WHERE entry_id = {the('reservation of bob')}",
    )

    assert list(faults) == ["posting_outside_chart"]
    assert "movement TRADE, source LENDER, target LISTING" in faults["posting_outside_chart"][0]


def test_an_account_that_changed_its_kind_is_found(session: Session) -> None:
    faults = found(session, "UPDATE account SET kind = 'RESERVE' WHERE id = {listing}")

    assert len(faults["posting_outside_chart"]) == 2


def test_a_changed_currency_is_found(session: Session) -> None:
    faults = found(
        session,
        f"UPDATE posting SET currency = 'EUR' WHERE entry_id = {the('reservation of bob')}",
    )

    assert list(faults) == ["posting_in_other_currency"]


def test_a_reversal_that_is_no_mirror_is_found(session: Session) -> None:
    faults = found(
        session, f"UPDATE posting SET target_id = {{carol}} WHERE entry_id = {the('cancelled')}"
    )

    assert "reversal_differs" in faults


def test_a_widened_chart_is_found(session: Session) -> None:
    faults = found(
        session,
        "INSERT INTO movement_rule VALUES ('RESERVE', 'LENDER', 'FEES')",
        "DELETE FROM movement_rule WHERE movement = 'TRADE'",
    )

    assert faults == {
        "chart_differs": [
            "RESERVE LENDER FEES: only in the database",
            "TRADE LENDER LENDER: only in the code",
        ]
    }


def test_money_in_transit_that_goes_nowhere_is_found(session: Session) -> None:
    faults = found(session, "UPDATE account SET kind = 'TRANSIT' WHERE id = {listing}")

    assert "transit_unexplained" in faults
