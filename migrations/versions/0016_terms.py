"""Loans of every convention: their due days, what was agreed anew, and charges that were paid."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SQLITE_FEE = """
CREATE TRIGGER repayment_refuses_update_of_fee
BEFORE UPDATE OF fee_minor ON repayment BEGIN
    SELECT RAISE(ABORT, 'repayment: UPDATE is refused, what is written stays');
END
"""
POSTGRESQL_FEE = """
CREATE TRIGGER repayment_fee_written_once
BEFORE UPDATE OF fee_minor ON repayment
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.add_column("loan", sa.Column("due_days", sa.JSON(), nullable=True))
    op.add_column("loan", sa.Column("changes", sa.JSON(), nullable=True))
    op.add_column(
        "repayment", sa.Column("fee_minor", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.get_bind().exec_driver_sql(SQLITE_FEE if _on_sqlite() else POSTGRESQL_FEE)


def downgrade() -> None:
    bind = op.get_bind()
    if _on_sqlite():
        bind.exec_driver_sql("DROP TRIGGER IF EXISTS repayment_refuses_update_of_fee")
    else:
        bind.exec_driver_sql("DROP TRIGGER IF EXISTS repayment_fee_written_once ON repayment")
    for table, column in (("repayment", "fee_minor"), ("loan", "changes"), ("loan", "due_days")):
        bind.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
