"""The tables that every package writes: status events and short numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "number",
        sa.Column("id", SEQUENCE, autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number")),
    )
    op.create_table(
        "status_event",
        sa.Column("id", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("noun", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=True),
        sa.Column("to_state", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_event")),
    )
    op.create_index(
        "ix_status_event_subject", "status_event", ["noun", "subject_id", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_status_event_subject", table_name="status_event")
    op.drop_table("status_event")
    op.drop_table("number")
