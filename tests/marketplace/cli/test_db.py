"""The application as a role of its own: it does its work, and cannot get around the book."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from marketplace import clock
from marketplace.db import db
from marketplace.models import Role
from tests.marketplace.web.test_wallet import add_funds, withdraw
from tests.support.borrowing import a_loan, offer_products
from tests.support.web import Visitor, Watch, settle, shell

ROLE = "tessera_app_of_the_tests"
PASSWORD = "only for the tests"


@pytest.fixture
def backend() -> str:
    return "postgresql"


@pytest.fixture
def restricted(database: str, tmp_path: Path) -> Iterator[str]:
    """Give a role its rights with `flask db roles`, and return the URL with which it connects."""
    owner = create_engine(database, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text(f"DROP ROLE IF EXISTS {ROLE}"))
        connection.execute(text(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'"))
    with shell(database, tmp_path) as app:
        answer = app.test_cli_runner().invoke(args=["db", "roles", ROLE, "--apply"])
        assert answer.exit_code == 0, answer.output
    url = make_url(database).set(username=ROLE, password=PASSWORD)
    yield url.render_as_string(hide_password=False)
    with owner.connect() as connection:
        connection.execute(text(f"DROP OWNED BY {ROLE}"))
        connection.execute(text(f"DROP ROLE {ROLE}"))
    owner.dispose()


def test_the_whole_business_runs_under_the_restricted_role(restricted: str, tmp_path: Path) -> None:
    with shell(restricted, tmp_path) as app:
        settle(app, "alice", Role.BORROWER)
        settle(app, "bob", Role.LENDER)
        offer_products(app)
        bob = Visitor(app)
        bob.sign_in("bob")
        add_funds(bob, "500")
        assert withdraw(bob, "20").status_code == 303
        a_loan(app, amount="1000")
        pay_and_close(app)

        assert who(app) == ROLE


def pay_and_close(app: Flask) -> None:
    """Let a month pass, and close every day of it: bills, fees, seals and proofs."""
    watch = app.config["CLOCK"]
    assert isinstance(watch, Watch)
    with app.app_context():
        today = clock.today()
    for command in (["work"], ["close", "--on", today.isoformat()]):
        run(app, *command)
    watch.move(days=31)
    run(app, "close", "--on", (today + timedelta(days=31)).isoformat())
    run(app, "verify")


def run(app: Flask, *args: str) -> None:
    answer = app.test_cli_runner().invoke(args=list(args))
    assert answer.exit_code == 0, f"{args}: {answer.output}"


def who(app: Flask) -> str:
    with app.app_context(), db.engine.connect() as connection:
        return str(connection.scalar(text("SELECT current_user")))


ATTACKS = [
    f"{verb} {table}"
    for table in ("entry", "posting", "account", "seal", "sealed_entry", "status_event", "decision")
    for verb in ("DELETE FROM", "TRUNCATE")
] + [
    "UPDATE entry SET memo = ''",
    "UPDATE posting SET amount_minor = 1",
    "UPDATE account SET owner_id = gen_random_uuid()",
    "UPDATE balance SET amount_minor = amount_minor + 1",
    "INSERT INTO balance VALUES (999, 1, 0, 0)",
    "DELETE FROM balance",
    "INSERT INTO movement_rule VALUES ('TRADE', 'LENDER', 'FEES')",
    "UPDATE seal SET root = ''",
    "UPDATE repayment SET amount_minor = 1",
    "DELETE FROM repayment",
    "ALTER TABLE posting DISABLE TRIGGER ALL",
    "ALTER TABLE entry DISABLE TRIGGER USER",
    "DROP TRIGGER apply_postings ON posting",
    "SET session_replication_role = replica",
    "ALTER FUNCTION apply_postings() OWNER TO CURRENT_USER",
    (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NULL; END'"
    ),
    "CREATE TRIGGER mine AFTER INSERT ON entry EXECUTE FUNCTION apply_postings()",
    "CREATE TABLE mine (id int)",
    "DROP TABLE posting",
    "ALTER TABLE balance DROP CONSTRAINT ck_balance_floor",
    "GRANT UPDATE ON balance TO CURRENT_USER",
    f"ALTER ROLE {ROLE} SUPERUSER",
]


def test_the_restricted_role_cannot_get_around_the_book(restricted: str) -> None:
    engine = create_engine(restricted)

    done = [attack for attack in ATTACKS if not is_refused(engine, attack)]

    assert not done
    engine.dispose()


def test_the_restricted_role_can_change_no_table_that_is_written_once(restricted: str) -> None:
    engine = create_engine(restricted)
    with engine.connect() as connection:
        # What a paper says is taken away when the law wants it forgotten.
        kept = (
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger "
            "WHERE tgname = 'written_once' AND tgrelid <> 'care_document_content'::regclass"
        )
        tables = connection.scalars(text(kept)).all()

    attacks = [
        attack
        for table in tables
        for attack in (
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"DROP TRIGGER written_once ON {table}",
            f"ALTER TABLE {table} OWNER TO CURRENT_USER",
        )
    ]
    done = [attack for attack in attacks if not is_refused(engine, attack)]

    assert len(tables) >= 14
    assert not done
    engine.dispose()


ENTRY = (
    "INSERT INTO entry (id, key, request_hash, at, effective_on, lines, memo, actor) "
    "VALUES (999, 'by hand', '', '2026-01-05', '2026-01-05', 1, '', '')"
)
ACCOUNTS = (
    "INSERT INTO account (id, kind, owner_id, currency, shard, hot) "
    "SELECT n, k, '00000000-0000-0000-0000-000000000001', c, 0, false "
    "FROM (VALUES (901, 'LENDER', 'USD'), (902, 'LISTING', 'USD'), (903, 'LISTING', 'EUR'), "
    "(904, 'STRIPE', 'USD')) AS fresh(n, k, c)"
)
COLUMNS = "entry_id, seq, movement, source_id, target_id, amount_minor, currency, effective_on"
POSTINGS = {
    "(999, 1, 'DEPOSIT', 904, 902, 500, 'USD', '2026-01-05')": "the chart does not allow",
    "(999, 1, 'DEPOSIT', 904, 901, 500, 'EUR', '2026-01-05')": "of another currency",
    "(999, 1, 'RESERVE', 901, 903, 500, 'USD', '2026-01-05')": "of another currency",
    "(999, 1, 'RESERVE', 901, 902, 500, 'USD', '2026-01-05')": "ck_balance_floor",
    "(999, 1, 'DEPOSIT', 904, 901, -500, 'USD', '2026-01-05')": "ck_posting_amount",
    "(999, 2, 'DEPOSIT', 904, 901, 500, 'USD', '2026-01-05')": "the entry is complete",
    "(998, 1, 'DEPOSIT', 904, 901, 500, 'USD', '2026-01-05')": "there is no such entry",
}


@pytest.mark.parametrize("posting", POSTINGS)
def test_the_restricted_role_posts_nothing_that_the_rules_refuse(
    restricted: str, posting: str
) -> None:
    engine = create_engine(restricted)

    with engine.connect() as connection:
        connection.execute(text(ACCOUNTS))
        connection.execute(text(ENTRY))
        with pytest.raises(DBAPIError, match=POSTINGS[posting]):
            connection.execute(text(f"INSERT INTO posting ({COLUMNS}) VALUES {posting}"))

    engine.dispose()


def is_refused(engine: Engine, attack: str) -> bool:
    """Try one statement, and say whether the role has no right to it."""
    with engine.connect() as connection:
        try:
            connection.execute(text(attack))
        except DBAPIError as refusal:
            return getattr(refusal.orig, "sqlstate", "") == "42501"
        # PostgreSQL answers a GRANT by somebody without the right with no more than a warning.
        held = text("SELECT has_table_privilege('balance', 'UPDATE')")
        return attack.startswith("GRANT") and not connection.scalar(held)


def test_the_grants_are_printed_for_whoever_applies_them(database: str, tmp_path: Path) -> None:
    with shell(database, tmp_path) as app:
        said = app.test_cli_runner().invoke(args=["db", "roles", "the app"]).output

    assert 'GRANT INSERT ON posting TO "the app";' in said
    assert 'GRANT UPDATE ON posting TO "the app";' not in said
    assert 'GRANT UPDATE (state_before) ON repayment TO "the app";' in said


def test_sqlite_knows_no_roles(tmp_path: Path) -> None:
    with shell(f"sqlite:///{tmp_path / 'book.db'}", tmp_path) as app:
        answer = app.test_cli_runner().invoke(args=["db", "roles", "app"])

    assert answer.exit_code == 2
