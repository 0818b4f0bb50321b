"""Money on its way: returns, destinations, approvals, and every call to the gateway."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NO_NEW_RULE = """
CREATE TRIGGER no_new_rule BEFORE INSERT ON movement_rule BEGIN
    SELECT RAISE(ABORT, 'movement_rule: INSERT is refused, what is written stays');
END
"""
KEEP_RULES = """
CREATE TRIGGER movement_rule_refuses_delete BEFORE DELETE ON movement_rule BEGIN
    SELECT RAISE(ABORT, 'movement_rule: DELETE is refused, what is written stays');
END
"""


def upgrade() -> None:
    op.add_column("deposit", sa.Column("available_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payout", sa.Column("destination_id", sa.Uuid(), nullable=True))
    _create_returns()
    _create_destinations()
    _create_calls()
    _guard_approvals()
    _change_rules(
        "INSERT INTO movement_rule (movement, source_kind, target_kind) "
        "VALUES ('RECOUP', 'LENDER', 'FEES')",
        "no_new_rule",
        NO_NEW_RULE,
    )


def downgrade() -> None:
    _change_rules(
        "DELETE FROM movement_rule WHERE movement = 'RECOUP'",
        "movement_rule_refuses_delete",
        KEEP_RULES,
    )
    for table in (
        "gateway_call",
        "saved_method",
        "payout_approval",
        "destination",
        "deposit_return",
    ):
        op.drop_table(table)
    for table, column in (("payout", "destination_id"), ("deposit", "available_at")):
        op.get_bind().exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")


def _create_returns() -> None:
    op.create_table(
        "deposit_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", SEQUENCE, nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("owed_outside_minor", sa.BigInteger(), nullable=False),
        sa.Column("owed_house_minor", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reinstated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "owed_outside_minor >= 0 AND owed_house_minor >= 0",
            name=op.f("ck_deposit_return_owed"),
        ),
        sa.CheckConstraint(
            "owed_outside_minor + owed_house_minor <= amount_minor",
            name=op.f("ck_deposit_return_bound"),
        ),
        sa.CheckConstraint(
            "(owed_outside_minor + owed_house_minor > 0) = (status = 'owing')",
            name=op.f("ck_deposit_return_status"),
        ),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_return_deposit_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_deposit_return_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_return")),
        sa.UniqueConstraint("reference", name=op.f("uq_deposit_return_reference")),
    )
    op.create_index(op.f("ix_deposit_return_deposit_id"), "deposit_return", ["deposit_id"])
    op.create_index(op.f("ix_deposit_return_owner_id"), "deposit_return", ["owner_id"])
    op.create_index(
        "ix_deposit_return_status_account_id", "deposit_return", ["status", "account_id"]
    )


def _create_destinations() -> None:
    op.create_table(
        "destination",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("usable_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destination")),
        sa.UniqueConstraint("key", name=op.f("uq_destination_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_destination_reference")),
    )
    op.create_index(op.f("ix_destination_owner_id"), "destination", ["owner_id"])
    op.create_table(
        "payout_approval",
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_approval_payout_id")
        ),
        sa.PrimaryKeyConstraint("payout_id", "by", name=op.f("pk_payout_approval")),
    )


def _create_calls() -> None:
    op.create_table(
        "saved_method",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.String(length=32), nullable=False),
        sa.Column("customer", sa.String(length=200), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_method")),
        sa.UniqueConstraint("reference", name=op.f("uq_saved_method_reference")),
    )
    op.create_index(op.f("ix_saved_method_owner_id"), "saved_method", ["owner_id"])
    op.create_table(
        "gateway_call",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_gateway_call")),
    )
    op.create_index("ix_gateway_call_subject_id_purpose", "gateway_call", ["subject_id", "purpose"])


def _guard_approvals() -> None:
    """Let an approval stay as it was given; dropping the table drops its triggers."""
    if not _on_sqlite():
        op.get_bind().exec_driver_sql(
            "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_approval "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    exists = "WHEN EXISTS (SELECT 1 FROM payout_approval WHERE payout_id = NEW.payout_id AND "
    for verb, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", exists + '"by" = NEW."by")')):
        op.get_bind().exec_driver_sql(
            f"CREATE TRIGGER payout_approval_refuses_{verb.lower()} BEFORE {verb} "
            f"ON payout_approval {when} BEGIN SELECT RAISE(ABORT, "
            f"'payout_approval: {verb} is refused, what is written stays'); END"
        )


def _change_rules(statement: str, guard: str, again: str) -> None:
    """Change the chart in the database, whose guard steps aside for this one statement."""
    run = op.get_bind().exec_driver_sql
    if _on_sqlite():
        run(f"DROP TRIGGER {guard}")
        run(statement)
        run(again)
    else:
        run("ALTER TABLE movement_rule DISABLE TRIGGER written_once")
        run(statement)
        run("ALTER TABLE movement_rule ENABLE TRIGGER written_once")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
