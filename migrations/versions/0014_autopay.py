"""Where borrowers are paid, and how they pay by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAMED = "fk_payout_destination_id"
COLUMN = "destination_id CHAR(32)"


def upgrade() -> None:
    _create_collections()
    _create_autopay()
    _point(to_destination=True)


def downgrade() -> None:
    _point(to_destination=False)
    op.drop_table("autopay")
    op.drop_table("collection")


def _point(*, to_destination: bool) -> None:
    """Let a payout name a destination that there is."""
    if op.get_bind().dialect.name == "sqlite":
        plain, pointing = COLUMN, f"{COLUMN} CONSTRAINT {NAMED} REFERENCES destination (id)"
        _reword(plain, pointing) if to_destination else _reword(pointing, plain)
    elif to_destination:
        op.create_foreign_key(NAMED, "payout", "destination", ["destination_id"], ["id"])
    else:
        op.drop_constraint(NAMED, "payout", type_="foreignkey")


def _reword(before: str, after: str) -> None:
    """Change what SQLite has written down of the table, as it advises for keys and checks.

    It can add no key to a table, and one that others point to is not to be made anew: what they
    point to would be gone for a moment (sqlite.org/lang_altertable.html, the shorter procedure).
    """
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) "
        "WHERE type = 'table' AND name = 'payout'",
        (before, after),
    )
    op.execute("PRAGMA writable_schema = RESET")


def _create_collections() -> None:
    op.create_table(
        "collection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("method_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("gateway", sa.String(length=32), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("counts_on", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("again_on", sa.Date(), nullable=True),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["method_id"], ["saved_method.id"], name=op.f("fk_collection_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        sa.UniqueConstraint("key", name=op.f("uq_collection_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_collection_reference")),
    )
    op.create_index(op.f("ix_collection_owner_id"), "collection", ["owner_id"])
    op.create_index("ix_collection_loan_id_id", "collection", ["loan_id", "id"])


def _create_autopay() -> None:
    op.create_table(
        "autopay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("method_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_autopay_loan_id")),
        sa.ForeignKeyConstraint(
            ["method_id"], ["saved_method.id"], name=op.f("fk_autopay_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_autopay")),
    )
    op.create_index(op.f("ix_autopay_loan_id"), "autopay", ["loan_id"])
    op.create_index(op.f("ix_autopay_method_id"), "autopay", ["method_id"])
    op.create_index("ix_autopay_status_loan_id", "autopay", ["status", "loan_id"])
