"""What borrowers sign, word for word."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signature",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("signer", sa.String(length=120), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_signature_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_application_id"), "signature", ["application_id"])
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_table("signature")  # with its triggers


def _postgresql() -> list[str]:
    once = "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON signature"
    return [f"{once} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"]


def _sqlite() -> list[str]:
    # An INSERT OR REPLACE deletes without a DELETE trigger, so a known id is refused as well.
    taken = "BEFORE INSERT ON signature WHEN EXISTS (SELECT 1 FROM signature WHERE id = NEW.id)"
    return [
        _refusal("update", "BEFORE UPDATE ON signature"),
        _refusal("delete", "BEFORE DELETE ON signature"),
        _refusal("insert", taken),
    ]


def _refusal(verb: str, event: str) -> str:
    return (
        f"CREATE TRIGGER signature_refuses_{verb} {event} BEGIN "
        f"SELECT RAISE(ABORT, 'signature: {verb.upper()} is refused, what is written stays'); END"
    )
