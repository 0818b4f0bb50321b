"""What happens to loans in the course of their lives: payments of an earlier day, and who bridges.

A payment that is computed anew is a new row of the same root, in the place of the old one. What
lenders could not give back is carried; `movement_rule` learns the ways in which it is bridged.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RULES = (
    ("RETURN", "LOAN", "STRIPE"),
    ("RECLAIM", "LENDER", "LOAN"),
    ("REBATE", "FEES", "LOAN"),
    ("ADVANCE", "FEES", "LOAN"),
    ("REPLENISH", "LOAN", "FEES"),
    ("FUND", "BANK", "FEES"),
)
# Each with what makes its rows unique: SQLite's INSERT OR REPLACE deletes without a DELETE trigger.
WRITTEN_ONCE = {
    "correction": ("repayment_id",),
    "shortfall_line": ("id",),
}
NEW_FACTS = ("place", "root_id", "cause_id")

NO_NEW_RULE = """
CREATE TRIGGER no_new_rule BEFORE INSERT ON movement_rule BEGIN
    SELECT RAISE(ABORT, 'movement_rule: INSERT is refused, what is written stays');
END
"""
SQLITE_PLACE = """
CREATE TRIGGER repayment_refuses_update_of_place
BEFORE UPDATE OF place, root_id, cause_id ON repayment BEGIN
    SELECT RAISE(ABORT, 'repayment: UPDATE is refused, what is written stays');
END
"""
POSTGRESQL_PLACE = """
CREATE TRIGGER repayment_place_written_once
BEFORE UPDATE OF place, root_id, cause_id ON repayment
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    _extend_repayments()
    _create_corrections()
    _create_shortfalls()
    _create_proposals()
    _change_rules(add=True)
    for statement in _sqlite() if _on_sqlite() else _postgresql():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    bind = op.get_bind()
    for name in ("repayment_refuses_update_of_place", "repayment_place_written_once"):
        if _on_sqlite():
            bind.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        else:
            bind.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON repayment")
    _change_rules(add=False)
    for table in ("proposal", "shortfall_line", "shortfall", "correction"):
        op.drop_table(table)
    op.drop_index(op.f("ix_repayment_cause_id"), table_name="repayment")
    for column in NEW_FACTS:
        bind.exec_driver_sql(f"ALTER TABLE repayment DROP COLUMN {column}")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _extend_repayments() -> None:
    # SQLite adds no column that may not be empty without a value for the old rows.
    op.add_column(
        "repayment", sa.Column("place", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.execute("UPDATE repayment SET place = seq")
    op.add_column("repayment", sa.Column("root_id", sa.Uuid(), nullable=True))
    op.add_column("repayment", sa.Column("cause_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_repayment_cause_id"), "repayment", ["cause_id"], unique=False)


def _create_corrections() -> None:
    op.create_table(
        "correction",
        sa.Column("repayment_id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["repayment_id"], ["repayment.id"], name=op.f("fk_correction_repayment_id")
        ),
        sa.PrimaryKeyConstraint("repayment_id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_loan_id"), "correction", ["loan_id"], unique=False)


def _create_shortfalls() -> None:
    op.create_table(
        "shortfall",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("lender_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("open_minor >= 0", name=op.f("ck_shortfall_open")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_shortfall_loan_id")),
        sa.PrimaryKeyConstraint("loan_id", "account_id", name=op.f("pk_shortfall")),
    )
    op.create_index(op.f("ix_shortfall_account_id"), "shortfall", ["account_id"], unique=False)
    op.create_index(op.f("ix_shortfall_lender_id"), "shortfall", ["lender_id"], unique=False)
    op.create_table(
        "shortfall_line",
        sa.Column("id", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("repayment_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortfall_line")),
    )
    op.create_index(
        op.f("ix_shortfall_line_repayment_id"), "shortfall_line", ["repayment_id"], unique=False
    )


def _create_proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_proposal_hands")
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_proposal_loan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index("ix_proposal_loan_id_kind", "proposal", ["loan_id", "kind"], unique=False)


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


def _guards_lifted() -> list[str]:
    if _on_sqlite():
        return ["DROP TRIGGER no_new_rule", "DROP TRIGGER movement_rule_refuses_delete"]
    return ["ALTER TABLE movement_rule DISABLE TRIGGER written_once"]


def _guards_restored() -> list[str]:
    if _on_sqlite():
        return [
            NO_NEW_RULE,
            _sqlite_refusal("movement_rule", "DELETE"),
        ]
    return ["ALTER TABLE movement_rule ENABLE TRIGGER written_once"]


def _postgresql() -> list[str]:
    return [
        POSTGRESQL_PLACE,
        *(
            f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            for table in WRITTEN_ONCE
        ),
    ]


def _sqlite() -> list[str]:
    return [
        SQLITE_PLACE,
        *(_sqlite_refusal(table, verb) for table in WRITTEN_ONCE for verb in ("UPDATE", "DELETE")),
        *(
            _sqlite_refusal(table, "INSERT", key)
            for table, keys in WRITTEN_ONCE.items()
            for key in keys
        ),
    ]


def _sqlite_refusal(table: str, verb: str, key: str = "") -> str:
    """Refuse an event, or with a key only what would replace a row that has it."""
    same = f"SELECT 1 FROM {table} WHERE {key} = NEW.{key}"  # noqa: S608 - names from above
    when = f"WHEN EXISTS ({same})" if key else ""
    return (
        f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} {when} BEGIN "
        f"SELECT RAISE(ABORT, '{table}: {verb} is refused, what is written stays'); END"
    )
