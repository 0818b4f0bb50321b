"""The book's value dates, checkpoints and seals, and the guards that know of them.

Every posting carries the day from which its entry counts, so that the lines of an account are read
in that order from one index, whatever its past. The guards of revision 0007 are written anew where
they need to know of that day.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Before any entry; SQLite adds no column that may not be empty without a value for the old rows.
NO_DAY = "1970-01-01"
ENDS = ("source_id", "target_id")
# Each with what makes its rows unique, as in revision 0007.
WRITTEN_ONCE = {
    "seal_key": ("id",),
    "seal": ("id",),
    "sealed_account": ("account_id",),
    "sealed_entry": ("entry_id",),
    "verification": ("id",),
}


def upgrade() -> None:
    _add_days()
    for end in ENDS:
        op.drop_index(f"ix_posting_{end}_entry_id", table_name="posting")
        op.create_index(
            f"ix_posting_{end}_effective_on_entry_id", "posting", [end, "effective_on", "entry_id"]
        )
    _create_checkpoints()
    _create_seals()
    for statement in _sqlite() if _on_sqlite() else _postgresql():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in _sqlite_before() if _on_sqlite() else _postgresql_before():
        op.get_bind().exec_driver_sql(statement)
    for table in (*reversed(WRITTEN_ONCE), "balance_checkpoint", "checkpoint"):
        op.drop_table(table)
    for end in ENDS:
        op.drop_index(f"ix_posting_{end}_effective_on_entry_id", table_name="posting")
        op.create_index(f"ix_posting_{end}_entry_id", "posting", [end, "entry_id"])
    for table in ("posting", "entry"):
        op.get_bind().exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN effective_on")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _guards() -> Any:
    """Return the revision that wrote the guards first."""
    revision = op.get_context().script.get_revision("0007")  # type: ignore[union-attr]
    return revision.module


def _create_checkpoints() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("through_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "balance_checkpoint",
        sa.Column("account_id", SEQUENCE, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_balance_checkpoint_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_balance_checkpoint")),
    )


def _create_seals() -> None:
    op.create_table(
        "seal_key",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_key")),
    )
    op.create_table(
        "seal",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("through_account_id", sa.BigInteger(), nullable=False),
        sa.Column("through_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("leaves", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["seal_key.id"], name=op.f("fk_seal_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
    )
    op.create_table(
        "sealed_account",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_sealed_account")),
    )
    op.create_table(
        "sealed_entry",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_sealed_entry")),
    )
    op.create_table(
        "verification",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seal_id", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("through_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("balances", sa.String(length=64), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(["seal_id"], ["seal.id"], name=op.f("fk_verification_seal_id")),
        sa.ForeignKeyConstraint(["key_id"], ["seal_key.id"], name=op.f("fk_verification_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )


def _add_days() -> None:
    """Give every entry and posting its day; what is there counts from the day it happened."""
    for statement in _days_on_sqlite() if _on_sqlite() else DAYS_ON_POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)


# --- PostgreSQL -----------------------------------------------------------------------------

DAYS_ON_POSTGRESQL = (
    "ALTER TABLE entry ADD COLUMN effective_on date",
    "ALTER TABLE posting ADD COLUMN effective_on date",
    "ALTER TABLE entry DISABLE TRIGGER USER",
    "ALTER TABLE posting DISABLE TRIGGER USER",
    "UPDATE entry SET effective_on = (at AT TIME ZONE 'UTC')::date",
    "UPDATE posting p SET effective_on = e.effective_on FROM entry e WHERE e.id = p.entry_id",
    "ALTER TABLE entry ENABLE TRIGGER USER",
    "ALTER TABLE posting ENABLE TRIGGER USER",
    "ALTER TABLE entry ALTER COLUMN effective_on SET NOT NULL",
    "ALTER TABLE posting ALTER COLUMN effective_on SET NOT NULL",
)
# What a function of revision 0007 says, and what it says from now on.
ON_POSTGRESQL = (
    (
        "(entry_id, seq, movement, source_id, target_id, amount_minor, currency)",
        "(entry_id, seq, movement, source_id, target_id, amount_minor, currency, effective_on)",
    ),
    (
        "SELECT NEW.id, seq, movement, target_id, source_id, amount_minor, currency\n",
        (
            "SELECT NEW.id, seq, movement, target_id, source_id, amount_minor, currency,\n"
            "        NEW.effective_on\n"
        ),
    ),
    ("SELECT g.*, e.lines, e.reverses_id", "SELECT g.*, e.lines, e.effective_on, e.reverses_id"),
    (
        "            max(f.seq) AS seq\n",
        (
            "            max(f.seq) AS seq, min(f.effective_on) AS first_day,\n"
            "            max(f.effective_on) AS last_day\n"
        ),
    ),
    (
        "g.seq <= e.lines AND g.one_currency\n",
        (
            "g.seq <= e.lines AND g.one_currency\n"
            "        AND g.first_day = e.effective_on AND g.last_day = e.effective_on\n"
        ),
    ),
    (
        "            WHEN wrong.reverses_id IS NOT NULL",
        (
            "            WHEN wrong.first_day <> wrong.effective_on"
            " OR wrong.last_day <> wrong.effective_on\n"
            "                THEN 'it counts from another day than its entry'\n"
            "            WHEN wrong.reverses_id IS NOT NULL"
        ),
    ),
)


def _postgresql() -> Iterator[str]:
    for name in ("mirror_entry", "apply_postings"):
        yield _changed(_function(name), ON_POSTGRESQL)
    for table in WRITTEN_ONCE:
        yield (
            f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _postgresql_before() -> Iterator[str]:
    for name in ("mirror_entry", "apply_postings"):
        yield _function(name)


def _function(name: str) -> str:
    """Return a function as revision 0007 wrote it."""
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    functions = _guards().POSTGRESQL_FUNCTIONS.replace("{schema}", schema).strip()
    found = next(text for text in functions.split("\n\n") if f"FUNCTION {name}()" in text)
    return str(found).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


# --- SQLite ---------------------------------------------------------------------------------

ON_SQLITE = (
    ON_POSTGRESQL[0],
    ON_POSTGRESQL[1],
    (
        "        WHEN e.reverses_id IS NOT NULL\n",
        (
            "        WHEN p.effective_on <> e.effective_on\n"
            "            THEN RAISE(ABORT, 'posting: it counts from another day than its entry')\n"
            "        WHEN e.reverses_id IS NOT NULL\n"
        ),
    ),
    (
        "        s.currency = p.currency AND t.currency = p.currency\n",
        (
            "        s.currency = p.currency AND t.currency = p.currency\n"
            "        AND p.effective_on = e.effective_on\n"
        ),
    ),
    # The index is by account, day and entry: without the day it would not be used.
    (
        "WHERE target_id = OLD.account_id AND entry_id = NEW.version\n",
        (
            "WHERE target_id = OLD.account_id AND entry_id = NEW.version\n"
            "    AND effective_on = (SELECT effective_on FROM entry WHERE id = NEW.version)\n"
        ),
    ),
    (
        "WHERE source_id = OLD.account_id AND entry_id = NEW.version\n",
        (
            "WHERE source_id = OLD.account_id AND entry_id = NEW.version\n"
            "    AND effective_on = (SELECT effective_on FROM entry WHERE id = NEW.version)\n"
        ),
    ),
)
REWRITTEN = ("mirror_entry", "apply_postings", "guard_balance")
ENTRY_HAS_ITS_DAY = """
CREATE TRIGGER entry_has_its_day BEFORE INSERT ON entry
WHEN NEW.effective_on IS NOT date(NEW.effective_on) OR NEW.effective_on = '1970-01-01' BEGIN
    SELECT RAISE(ABORT, 'entry: it needs the day from which it counts');
END
"""


def _days_on_sqlite() -> Iterator[str]:
    kept = {table: _trigger(f"{table}_refuses_update") for table in ("entry", "posting")}
    for table in kept:
        yield f"ALTER TABLE {table} ADD COLUMN effective_on DATE NOT NULL DEFAULT '{NO_DAY}'"
        yield f"DROP TRIGGER {table}_refuses_update"
    yield "UPDATE entry SET effective_on = date(at)"
    yield (
        "UPDATE posting SET effective_on = "
        "(SELECT effective_on FROM entry WHERE entry.id = posting.entry_id)"
    )
    yield from kept.values()


def _sqlite() -> Iterator[str]:
    for name in REWRITTEN:
        before = _before(name)
        yield f"DROP TRIGGER {name}"
        yield _changed(before, ON_SQLITE)
    yield ENTRY_HAS_ITS_DAY
    for table, keys in WRITTEN_ONCE.items():
        for event in ("UPDATE", "DELETE"):
            yield _guards()._sqlite_refusal(table, event)  # noqa: SLF001 - the same guard
        yield _guards()._sqlite_refusal(table, "INSERT", keys)  # noqa: SLF001 - the same guard


def _sqlite_before() -> Iterator[str]:
    yield "DROP TRIGGER entry_has_its_day"
    for name in REWRITTEN:
        yield f"DROP TRIGGER {name}"
        yield _before(name)


def _before(name: str) -> str:
    """Return a trigger as revision 0007 wrote it."""
    triggers = _guards().SQLITE_TRIGGERS.strip().removesuffix(";").split(";\n\n")
    return str(next(text for text in triggers if text.startswith(f"CREATE TRIGGER {name} ")))


def _trigger(name: str) -> str:
    asked = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?"
    return str(op.get_bind().exec_driver_sql(asked, (name,)).scalar_one())


def _changed(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    for before, after in changes:
        text = text.replace(before, after)
    return text
