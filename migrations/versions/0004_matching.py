"""Mandates, batches and orders."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("plan_digest", sa.String(length=64), nullable=False),
        sa.Column("listings", sa.BigInteger(), nullable=False),
        sa.Column("mandates", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_table(
        "mandate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lender_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", SEQUENCE, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("cap_minor", sa.BigInteger(), nullable=False),
        sa.Column("keep_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=True),
        sa.Column("invested_minor", sa.BigInteger(), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("idle_why", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mandate_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    op.create_index(op.f("ix_mandate_lender_id"), "mandate", ["lender_id"], unique=False)
    op.create_index("ix_mandate_status_currency", "mandate", ["status", "currency"], unique=False)
    op.create_table(
        "lender_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("lender_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("requested_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.String(length=200), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_lender_order_amount")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_lender_order_batch_id")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_lender_order_listing_id")
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandate.id"], name=op.f("fk_lender_order_mandate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lender_order")),
        sa.UniqueConstraint("lender_id", "key", name=op.f("uq_lender_order_lender_id_key")),
    )
    op.create_index(op.f("ix_lender_order_batch_id"), "lender_order", ["batch_id"], unique=False)
    op.create_index(
        "ix_lender_order_lender_id_placed_at",
        "lender_order",
        ["lender_id", "placed_at"],
        unique=False,
    )
    op.create_index(
        "ix_lender_order_listing_id_status", "lender_order", ["listing_id", "status"], unique=False
    )
    op.create_index(
        op.f("ix_lender_order_mandate_id"), "lender_order", ["mandate_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_lender_order_mandate_id"), table_name="lender_order")
    op.drop_index("ix_lender_order_listing_id_status", table_name="lender_order")
    op.drop_index("ix_lender_order_lender_id_placed_at", table_name="lender_order")
    op.drop_index(op.f("ix_lender_order_batch_id"), table_name="lender_order")
    op.drop_table("lender_order")
    op.drop_index("ix_mandate_status_currency", table_name="mandate")
    op.drop_index(op.f("ix_mandate_lender_id"), table_name="mandate")
    op.drop_table("mandate")
    op.drop_table("batch")
