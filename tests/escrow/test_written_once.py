"""Every table that is written once, found in the database itself, and attacked at its console."""

from collections.abc import Iterable

import pytest
from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel import Base

MUST_BE = {
    *("account", "entry", "posting", "movement_rule", "status_event", "decision"),
    *("distribution", "payout_approval", "signature"),
    *("seal", "seal_key", "sealed_account", "sealed_entry", "verification"),
}
# What guards these asks for more than a row; test_attacks.py attacks them one by one.
APART = {"account", "entry", "posting", "movement_rule"}
# What a paper says is taken away when the law wants it forgotten; that it was there stays.
FORGOTTEN = {"care_document_content"}
FOUND = {
    "postgresql": """
        SELECT tgrelid::regclass::text FROM pg_trigger
        WHERE tgname = 'written_once' AND tgtype & 16 = 16
    """,
    "sqlite": """
        SELECT tbl_name FROM sqlite_master
        WHERE type = 'trigger' AND name = tbl_name || '_refuses_update'
    """,
}
on_postgresql = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def written_once(session: Session) -> list[str]:
    """Return the tables of which no row may ever change or go."""
    found = set(session.scalars(text(FOUND[session.get_bind().dialect.name])))
    # Of a repayment one column is computed anew (revision 0007).
    return sorted(found - {"repayment"} - FORGOTTEN)


def not_refused(session: Session, statements: Iterable[str]) -> list[str]:
    """Return which statements the guards let pass."""
    return [statement for statement in statements if not refused(session, statement)]


def refused(session: Session, statement: str) -> bool:
    attempt = session.begin_nested()
    try:
        session.execute(text(statement))
    except DBAPIError as refusal:
        return "is refused, what is written stays" in str(refusal.orig)
    finally:
        attempt.rollback()
    return False


def test_whatever_is_a_record_is_written_once(session: Session) -> None:
    assert set(written_once(session)) >= MUST_BE


@on_postgresql
def test_no_row_of_any_of_them_can_be_changed_taken_or_emptied(session: Session) -> None:
    attacks = [
        attack
        for name in written_once(session)
        for attack in (
            f"UPDATE {name} SET {first(name)} = {first(name)}",
            f"DELETE FROM {name}",
            f"TRUNCATE {name} CASCADE",
        )
    ]

    assert not_refused(session, attacks) == []


@on_sqlite
def test_no_row_of_any_of_them_can_be_changed_taken_or_replaced(session: Session) -> None:
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    session.execute(text("PRAGMA ignore_check_constraints = ON"))
    names = [name for name in written_once(session) if name not in APART]
    for name in names:
        session.execute(text(row_of(Base.metadata.tables[name])))
    attacks = [
        attack
        for name in names
        for attack in (
            f"UPDATE {name} SET {first(name)} = {first(name)}",
            f"UPDATE OR REPLACE {name} SET {first(name)} = {first(name)}",
            f"DELETE FROM {name}",
            f"REPLACE INTO {name} SELECT * FROM {name}",
            f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}",
        )
    ]

    assert not_refused(session, attacks) == []


def first(name: str) -> str:
    return next(iter(Base.metadata.tables[name].columns)).name


def row_of(table: Table) -> str:
    """Write a row by hand; SQLite takes a number for anything."""
    names = [column.name for column in table.columns if not column.nullable]
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table.name} ({quoted}) VALUES ({', '.join('1' * len(names))})"
