"""Terms that change while a loan lives, and how the claim on a lost one ends."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = {
    "loan": (("settlement", sa.JSON()), ("ended_as", sa.String(length=20))),
    "proposal": (("details", sa.JSON()),),
    "repayment": (("source", sa.String(length=20)),),
}
SQLITE_SOURCE = """
CREATE TRIGGER repayment_refuses_update_of_source BEFORE UPDATE OF source ON repayment BEGIN
    SELECT RAISE(ABORT, 'repayment: UPDATE is refused, what is written stays');
END
"""
POSTGRESQL_SOURCE = """
CREATE TRIGGER repayment_source_written_once BEFORE UPDATE OF source ON repayment
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.get_bind().exec_driver_sql(SQLITE_SOURCE if _on_sqlite() else POSTGRESQL_SOURCE)


def downgrade() -> None:
    bind = op.get_bind()
    if _on_sqlite():
        bind.exec_driver_sql("DROP TRIGGER repayment_refuses_update_of_source")
    else:
        bind.exec_driver_sql("DROP TRIGGER repayment_source_written_once ON repayment")
    for table, columns in COLUMNS.items():
        for name, _kind in columns:
            bind.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {name}")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
