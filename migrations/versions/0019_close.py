"""The close of a day, and what it tells."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("close") as close:
        close.add_column(sa.Column("expected", sa.BigInteger(), nullable=False, server_default="0"))
        close.add_column(sa.Column("through_entry_id", sa.BigInteger(), nullable=True))
        close.add_column(sa.Column("moved", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("close") as close:
        close.alter_column("expected", server_default=None)
        close.alter_column("moved", server_default=None)
    op.create_table(
        "close_item",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.Column("bills", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("billed_minor", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("late_fees", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("late_fee_minor", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("lost_minor", sa.BigInteger(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(["day"], ["close.day"], name=op.f("fk_close_item_day_close")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_close_item_loan_id_loan")),
        sa.PrimaryKeyConstraint("day", "loan_id", name=op.f("pk_close_item")),
    )
    op.create_index("ix_close_item_loan_id", "close_item", ["loan_id"])


def downgrade() -> None:
    op.drop_table("close_item")
    with op.batch_alter_table("close") as close:
        close.drop_column("moved")
        close.drop_column("through_entry_id")
        close.drop_column("expected")
