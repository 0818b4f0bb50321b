"""What the provider and the bank say, held against the book; and where client money rests."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Money that rests at our bank comes in, goes back and costs there.
RULES = (
    ("DEPOSIT", "BANK", "LENDER"),
    ("RETURN", "LENDER", "BANK"),
    ("COST", "FEES", "BANK"),
)
# Each with what makes its rows unique: SQLite's INSERT OR REPLACE deletes without a DELETE trigger.
WRITTEN_ONCE = {
    "provider_line": ("id",),
    "provider_bundle": ("line_id",),
    "bank_statement": (
        "id",
        "sha256",
    ),
    "bank_balance": ("statement_id account currency day",),
    "bank_line": (
        "id",
        "identity",
    ),
    "line_flow": ("id",),
    "reconciliation_report": ("id",),
    "payment_reference": (
        "owner_id",
        "reference",
    ),
    "payment_file": (
        "id",
        "number",
    ),
    "payment_file_line": ("payout_id",),
}

NO_NEW_RULE = """
CREATE TRIGGER no_new_rule BEFORE INSERT ON movement_rule BEGIN
    SELECT RAISE(ABORT, 'movement_rule: INSERT is refused, what is written stays');
END
"""


def upgrade() -> None:
    _create_provider()
    _create_bank()
    _create_breaks()
    _create_custody()
    _change_rules(add=True)
    for statement in _sqlite() if _on_sqlite() else _postgresql():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    _change_rules(add=False)
    # Those that name another one come before it; dropping a table drops its triggers.
    for table in (
        "payment_file_line",
        "payment_file",
        "payment_reference",
        "custody_choice",
        "reconciliation_report",
        "break_found",
        "line_flow",
        "bank_line",
        "bank_balance",
        "bank_statement",
        "provider_bundle",
        "provider_line",
        "provider_fetch",
    ):
        op.drop_table(table)


def _create_provider() -> None:
    op.create_table(
        "provider_fetch",
        sa.Column("id", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("gateway", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cursor", sa.String(length=200), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_fetch")),
    )
    op.create_table(
        "provider_line",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("gateway", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_line")),
    )
    op.create_index(op.f("ix_provider_line_source"), "provider_line", ["source"], unique=False)
    op.create_table(
        "provider_bundle",
        sa.Column("line_id", sa.String(length=200), nullable=False),
        sa.Column("payout", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["provider_line.id"], name=op.f("fk_provider_bundle_line_id")
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_provider_bundle")),
    )
    op.create_index(op.f("ix_provider_bundle_payout"), "provider_bundle", ["payout"], unique=False)


def _create_bank() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("fresh", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bank_statement_sha256")),
    )
    op.create_table(
        "bank_balance",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_balance_statement_id")
        ),
        sa.PrimaryKeyConstraint(
            "statement_id", "account", "currency", "day", name=op.f("pk_bank_balance")
        ),
    )
    op.create_table(
        "bank_line",
        sa.Column("id", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("is_reversal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("identity", name=op.f("uq_bank_line_identity")),
    )
    op.create_index(op.f("ix_bank_line_booked_on"), "bank_line", ["booked_on"], unique=False)
    op.create_index(op.f("ix_bank_line_statement_id"), "bank_line", ["statement_id"], unique=False)
    op.create_table(
        "line_flow",
        sa.Column("id", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("side", sa.String(length=12), nullable=False),
        sa.Column("line", sa.String(length=200), nullable=False),
        sa.Column("flow", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_flow")),
    )
    op.create_index("ix_line_flow_line", "line_flow", ["side", "line"], unique=False)


def _create_breaks() -> None:
    op.create_table(
        "break_found",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("flow", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=12), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("accepted_minor", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("remedy", sa.String(length=32), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("proposed_by", sa.String(length=80), nullable=True),
        sa.Column("resolved_by", sa.String(length=80), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", SEQUENCE, nullable=True),
        sa.CheckConstraint(
            "proposed_by IS NULL OR resolved_by <> proposed_by", name=op.f("ck_break_found_hands")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_break_found_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_found")),
        sa.UniqueConstraint("number", name=op.f("uq_break_found_number")),
    )
    op.create_index("ix_break_found_status", "break_found", ["status"], unique=False)
    op.create_index(
        "uq_break_found_flow", "break_found", ["flow", "place", "currency"], unique=True
    )
    op.create_table(
        "reconciliation_report",
        sa.Column("id", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("through_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("flows", sa.BigInteger(), nullable=False),
        sa.Column("cleared", sa.BigInteger(), nullable=False),
        sa.Column("explained", sa.BigInteger(), nullable=False),
        sa.Column("breaks", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_report")),
    )
    op.create_index(
        op.f("ix_reconciliation_report_day"), "reconciliation_report", ["day"], unique=False
    )


def _create_custody() -> None:
    op.create_table(
        "custody_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_custody_choice_hands")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_choice")),
    )
    op.create_index(op.f("ix_custody_choice_status"), "custody_choice", ["status"], unique=False)
    op.create_table(
        "payment_reference",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=25), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_payment_reference")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_reference_reference")),
    )
    op.create_table(
        "payment_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payouts", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_file")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_file_number")),
    )
    op.create_table(
        "payment_file_line",
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["payment_file.id"], name=op.f("fk_payment_file_line_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payment_file_line_payout_id")
        ),
        sa.PrimaryKeyConstraint("payout_id", name=op.f("pk_payment_file_line")),
    )
    op.create_index(
        op.f("ix_payment_file_line_file_id"), "payment_file_line", ["file_id"], unique=False
    )


def _change_rules(*, add: bool) -> None:
    """Change the chart, which refuses every other change."""
    for statement in _guards_lifted():
        op.get_bind().exec_driver_sql(statement)
    rules = sa.table("movement_rule", *map(sa.column, ("movement", "source_kind", "target_kind")))
    if add:
        op.bulk_insert(rules, [dict(zip(rules.c.keys(), line, strict=True)) for line in RULES])
    else:
        for line in RULES:
            same = (column == word for column, word in zip(rules.c, line, strict=True))
            op.execute(rules.delete().where(*same))
    for statement in _guards_restored():
        op.get_bind().exec_driver_sql(statement)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _guards_lifted() -> list[str]:
    if _on_sqlite():
        return ["DROP TRIGGER no_new_rule", "DROP TRIGGER movement_rule_refuses_delete"]
    return ["ALTER TABLE movement_rule DISABLE TRIGGER written_once"]


def _guards_restored() -> list[str]:
    if _on_sqlite():
        return [NO_NEW_RULE, _sqlite_refusal("movement_rule", "DELETE")]
    return ["ALTER TABLE movement_rule ENABLE TRIGGER written_once"]


def _postgresql() -> list[str]:
    return [
        f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in WRITTEN_ONCE
    ]


def _sqlite() -> list[str]:
    return [
        *(_sqlite_refusal(table, verb) for table in WRITTEN_ONCE for verb in ("UPDATE", "DELETE")),
        *(_sqlite_refusal(table, "INSERT", keys) for table, keys in WRITTEN_ONCE.items()),
    ]


def _sqlite_refusal(table: str, verb: str, keys: tuple[str, ...] = ()) -> str:
    """Refuse an event, or with keys only what would replace a row that has one of them."""
    when = "WHEN " + " OR ".join(_row_exists(table, key) for key in keys) if keys else ""
    return (
        f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} {when} BEGIN "
        f"SELECT RAISE(ABORT, '{table}: {verb} is refused, what is written stays'); END"
    )


def _row_exists(table: str, key: str) -> str:
    same = " AND ".join(f"{column} = NEW.{column}" for column in key.split())
    return f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names from above
