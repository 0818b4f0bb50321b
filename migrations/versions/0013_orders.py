"""How mandates keep to their limits: borrowers who belong together, and since when money waits."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the groups of borrowers, the cap that counts them as one, and the wait of idle money."""
    op.create_table(
        "related_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_related_party")),
    )
    op.create_index(op.f("ix_related_party_group_id"), "related_party", ["group_id"])
    op.create_index(
        "uq_related_party_borrower_id",
        "related_party",
        ["borrower_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.add_column("mandate", sa.Column("group_cap_minor", sa.BigInteger(), nullable=True))
    op.add_column("mandate", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("mandate", "waits_since")
    op.drop_column("mandate", "group_cap_minor")
    op.drop_table("related_party")
