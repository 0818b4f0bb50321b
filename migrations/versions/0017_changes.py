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


CATEGORY_LINE = "category_line"


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    _create_category_lines()
    for statement in _sqlite() if _on_sqlite() else _postgresql():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    bind = op.get_bind()
    op.drop_table(CATEGORY_LINE)  # with its triggers
    if _on_sqlite():
        bind.exec_driver_sql("DROP TRIGGER repayment_refuses_update_of_source")
    else:
        bind.exec_driver_sql("DROP TRIGGER repayment_source_written_once ON repayment")
    for table, columns in COLUMNS.items():
        for name, _kind in columns:
            bind.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {name}")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _create_category_lines() -> None:
    op.create_table(
        CATEGORY_LINE,
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("was", sa.String(length=32), nullable=False),
        sa.Column("outstanding_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_category_line_loan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_line")),
    )
    for column in ("loan_id", "recorded_on"):
        op.create_index(op.f(f"ix_category_line_{column}"), CATEGORY_LINE, [column])


def _postgresql() -> list[str]:
    once = "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON category_line"
    return [POSTGRESQL_SOURCE, f"{once} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"]


def _sqlite() -> list[str]:
    # An INSERT OR REPLACE deletes without a DELETE trigger, so a known id is refused as well.
    same = "SELECT 1 FROM category_line WHERE id = NEW.id"
    return [
        SQLITE_SOURCE,
        _refusal("update", "BEFORE UPDATE ON category_line"),
        _refusal("delete", "BEFORE DELETE ON category_line"),
        _refusal("insert", f"BEFORE INSERT ON category_line WHEN EXISTS ({same})"),
    ]


def _refusal(verb: str, event: str) -> str:
    return (
        f"CREATE TRIGGER category_line_refuses_{verb} {event} BEGIN "
        f"SELECT RAISE(ABORT, 'category_line: {verb.upper()} is refused, what is written stays'); "
        "END"
    )
