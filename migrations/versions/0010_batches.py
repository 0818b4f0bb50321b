"""Baskets, what a lender is before the law, what a batch remembers, and richer mandates."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "basket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lender_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("confirmations", sa.JSON(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket")),
        sa.UniqueConstraint("lender_id", "key", name=op.f("uq_basket_lender_id_key")),
    )
    op.create_table(
        "lender_standing",
        sa.Column("lender_id", sa.Uuid(), nullable=False),
        sa.Column("pack", sa.String(length=32), nullable=False),
        sa.Column("tested_on", sa.Date(), nullable=True),
        sa.Column("net_assets_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lender_id", name=op.f("pk_lender_standing")),
    )
    op.create_table(
        "batch_record",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("market", sa.LargeBinary(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        sa.Column("dropped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_record_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_batch_record")),
    )
    for column in _mandate_columns():
        op.add_column("mandate", column)
    op.add_column("batch", sa.Column("key", sa.String(length=120), nullable=True))
    op.create_index(op.f("ix_batch_key"), "batch", ["key"], unique=True)
    for statement in _guards(op.get_bind().dialect.name):
        op.execute(statement)
    op.add_column(
        "lender_order", sa.Column("revocable_until", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("lender_order", "revocable_until")
    for column in _mandate_columns():
        op.drop_column("mandate", column.name)
    op.drop_index(op.f("ix_batch_key"), table_name="batch")
    op.drop_column("batch", "key")
    op.drop_table("batch_record")
    op.drop_table("lender_standing")
    op.drop_table("basket")


def _mandate_columns() -> list[sa.Column[Any]]:
    """Return the new columns; the defaults are for the mandates that there are."""
    return [
        sa.Column("priority", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("borrower_cap_minor", sa.BigInteger(), nullable=True),
        sa.Column("mix", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("reinvests_principal", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("reinvests_interest", sa.Boolean(), nullable=False, server_default=sa.true()),
    ]


# What a batch saw and planned is evidence: it is written once.
SQLITE = """
CREATE TRIGGER batch_record_{event} BEFORE {event} ON batch_record {when}BEGIN
    SELECT RAISE(ABORT, 'batch_record: {event} is refused, what is written stays');
END
"""
# INSERT OR REPLACE deletes without a DELETE trigger.
AGAIN = "WHEN EXISTS (SELECT 1 FROM batch_record r WHERE r.batch_id = NEW.batch_id) "
POSTGRESQL = """
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_record
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def _guards(dialect: str) -> list[str]:
    if dialect == "postgresql":
        return [POSTGRESQL]
    events = {"UPDATE": "", "DELETE": "", "INSERT": AGAIN}
    return [SQLITE.format(event=event, when=when) for event, when in events.items()]
