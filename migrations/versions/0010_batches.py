"""Baskets, what a lender is before the law, what a batch remembers, and richer mandates."""

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
    op.add_column(
        "lender_order", sa.Column("revocable_until", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("lender_order", "revocable_until")
    op.drop_table("lender_standing")
    op.drop_table("basket")
