"""Loans, notes, repayments, distributions and closes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "close",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("loans", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_close")),
    )
    op.create_table(
        "distribution",
        sa.Column("repayment_id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("late_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("recovery_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("repayment_id", "note_id", name=op.f("pk_distribution")),
    )
    op.create_index(op.f("ix_distribution_note_id"), "distribution", ["note_id"], unique=False)
    op.create_table(
        "loan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("outstanding_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.String(length=4), nullable=False),
        sa.Column("installments", sa.BigInteger(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("notes", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("next_event_on", sa.Date(), nullable=True),
        sa.Column("payments", sa.BigInteger(), nullable=False),
        sa.Column("paid_principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_late_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("recovered_minor", sa.BigInteger(), nullable=False),
        sa.Column("charged_off_minor", sa.BigInteger(), nullable=False),
        sa.Column("charged_off_on", sa.Date(), nullable=True),
        sa.CheckConstraint("outstanding_minor >= 0", name=op.f("ck_loan_outstanding")),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_loan_listing_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_loan_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
        sa.UniqueConstraint("listing_id", name=op.f("uq_loan_listing_id")),
        sa.UniqueConstraint("number", name=op.f("uq_loan_number")),
    )
    op.create_index(op.f("ix_loan_borrower_id"), "loan", ["borrower_id"], unique=False)
    op.create_index("ix_loan_next_event_on", "loan", ["next_event_on"], unique=False)
    op.create_index("ix_loan_status_started_on", "loan", ["status", "started_on"], unique=False)
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("lender_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("received_principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_late_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_recovery_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_paid_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "received_principal_minor <= principal_minor", name=op.f("ck_note_principal")
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_note_loan_id")),
        sa.ForeignKeyConstraint(["order_id"], ["lender_order.id"], name=op.f("fk_note_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("loan_id", "seq", name=op.f("uq_note_loan_id_seq")),
        sa.UniqueConstraint("order_id", name=op.f("uq_note_order_id")),
    )
    op.create_index("ix_note_lender_id_loan_id", "note", ["lender_id", "loan_id"], unique=False)
    op.create_table(
        "repayment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("late_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("late_fee_kept_minor", sa.BigInteger(), nullable=False),
        sa.Column("recovery_minor", sa.BigInteger(), nullable=False),
        sa.Column("collection_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("servicing_fee_minor", sa.BigInteger(), nullable=False),
        sa.Column("excess_minor", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", SEQUENCE, nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("state_before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_repayment_entry_id")),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_repayment_loan_id")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["repayment.id"], name=op.f("fk_repayment_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayment")),
        sa.UniqueConstraint("loan_id", "key", name=op.f("uq_repayment_loan_id_key")),
        sa.UniqueConstraint("loan_id", "seq", name=op.f("uq_repayment_loan_id_seq")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_repayment_reverses_id")),
    )


def downgrade() -> None:
    op.drop_table("repayment")
    op.drop_index("ix_note_lender_id_loan_id", table_name="note")
    op.drop_table("note")
    op.drop_index("ix_loan_status_started_on", table_name="loan")
    op.drop_index("ix_loan_next_event_on", table_name="loan")
    op.drop_index(op.f("ix_loan_borrower_id"), table_name="loan")
    op.drop_table("loan")
    op.drop_index(op.f("ix_distribution_note_id"), table_name="distribution")
    op.drop_table("distribution")
    op.drop_table("close")
