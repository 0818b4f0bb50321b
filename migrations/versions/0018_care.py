"""After-loan care: files, checks, cases, recovery plans, contacts and messages.

A file follows its loan by a trigger, so that no way of changing a loan can forget it: how it
stands, since when it is unpaid, what is due next, and that somebody has to look at it.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

IDENT, WHOLE, DAY, MOMENT = sa.Uuid(), sa.BigInteger(), sa.Date(), sa.DateTime(timezone=True)
SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EACH = "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
POSTGRESQL_PAPERS = f"CREATE TRIGGER written_once BEFORE UPDATE ON care_document_content {EACH}"
# Each with what makes its rows unique: SQLite's INSERT OR REPLACE deletes without a DELETE trigger.
ONCE = (
    "care_assignment care_document care_valuation care_rescore care_external_event "
    "care_contact care_message_refusal"
)
WRITTEN_ONCE = dict.fromkeys(ONCE.split(), ("id",)) | {"care_alert": ("id", "loan_id rule key")}
TABLES = (
    "care_message_refusal care_message care_preference care_contact "
    "care_handover care_promise care_plan_step care_plan "
    "care_alert care_case care_run care_external_event "
    "care_rescore care_valuation care_security care_document_content "
    "care_document care_task care_assignment care_file"
)
INDEXES = {
    "care_file": "borrower_id; due_on; keep_until; next_action_on; next_check_on; "
    "owner_id next_action_on; purpose; region; status number; stirred; unpaid_since",
    "care_assignment": "loan_id",
    "care_task": "owner_id status due_on; status due_on",
    "care_document": "loan_id",
    "care_security": "loan_id",
    "care_valuation": "security_id",
    "care_rescore": "loan_id",
    "care_case": "loan_id; owner_id status due_on; status due_on",
    "care_alert": "case_id",
    "care_plan": "case_id; loan_id",
    "care_promise": "loan_id; status due_on",
    "care_handover": "loan_id",
    "care_contact": "borrower_id at; loan_id",
    "care_message": "loan_id; status send_at",
    "care_message_refusal": "message_id",
}

SQLITE_UNPAID = """CASE WHEN NEW.status = 'active' THEN (
    SELECT min(json_extract(b.value, '$.due_on')) FROM json_each(NEW.state, '$.bills') b
    WHERE json_extract(b.value, '$.principal') + json_extract(b.value, '$.interest') <> 0
) END"""
SQLITE_FOLLOWS = """
CREATE TRIGGER care_follows_loan AFTER UPDATE OF state, status, outstanding_minor ON loan BEGIN
    UPDATE care_file SET
        stirred = stirred OR status <> NEW.status OR unpaid_since IS NOT {unpaid},
        status = NEW.status,
        outstanding_minor = NEW.outstanding_minor,
        unpaid_since = {unpaid},
        due_on = CASE WHEN NEW.status = 'active' THEN json_extract(NEW.state, '$.due_on') END
    WHERE loan_id = NEW.id;
END
"""
POSTGRESQL_FOLLOWS = """
CREATE FUNCTION care_follows_loan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    since date;
BEGIN
    IF NEW.status = 'active' THEN
        SELECT min((b->>'due_on')::date) INTO since FROM json_array_elements(NEW.state->'bills') b
        WHERE (b->>'principal')::bigint + (b->>'interest')::bigint <> 0;
    END IF;
    UPDATE care_file f SET
        stirred = f.stirred OR f.status <> NEW.status OR f.unpaid_since IS DISTINCT FROM since,
        status = NEW.status,
        outstanding_minor = NEW.outstanding_minor,
        unpaid_since = since,
        due_on = CASE WHEN NEW.status = 'active' THEN (NEW.state->>'due_on')::date END
    WHERE f.loan_id = NEW.id;
    RETURN NULL;
END $$
"""
POSTGRESQL_TRIGGER = """
CREATE TRIGGER care_follows_loan AFTER UPDATE OF state, status, outstanding_minor ON loan
FOR EACH ROW EXECUTE FUNCTION care_follows_loan()
"""


def upgrade() -> None:
    _create_tables()
    for table, indexes in INDEXES.items():
        for columns in indexes.split("; "):
            op.create_index(f"ix_{table}_{columns.replace(' ', '_')}", table, columns.split())
    bind = op.get_bind()
    for statement in _sqlite() if bind.dialect.name == "sqlite" else _postgresql():
        bind.exec_driver_sql(statement)


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql("DROP TRIGGER care_follows_loan")
    else:
        bind.exec_driver_sql("DROP FUNCTION care_follows_loan() CASCADE")
    for table in TABLES.split():
        op.drop_table(table)


def _columns(kind: TypeEngine[Any], names: str, *, empty: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=empty) for name in names.split()]


def _texts(names: str, *, empty: bool = False) -> list[sa.Column[Any]]:
    widths = (name.split(":") for name in names.split())
    return [sa.Column(name, sa.String(int(width)), nullable=empty) for name, width in widths]


def _signed() -> list[sa.Column[Any]]:
    return [*_columns(sa.String(80), "by"), *_columns(MOMENT, "at")]


def _numbered(name: str) -> list[SchemaItem]:
    return [sa.Column("id", SEQUENCE, autoincrement=True, nullable=False), _key(name, "id")]


def _key(name: str, column: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(name))


def _to(name: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(name))


def _one(name: str, columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns.split(), name=op.f(name))


def _create_tables() -> None:
    op.create_table(
        "care_file",
        *_columns(IDENT, "loan_id borrower_id owner_id"),
        *_columns(WHOLE, "number score outstanding_minor"),
        *_texts("product:32 status:32 tier:16 region:40 purpose:40 currency:3 grade:4"),
        *_columns(DAY, "started_on"),
        *_columns(MOMENT, "opened_at"),
        *_columns(
            DAY,
            "unpaid_since due_on next_check_on next_action_on archived_on keep_until",
            empty=True,
        ),
        *_columns(sa.Boolean(), "stirred"),
        *_texts("next_action:40", empty=True),
        _to("fk_care_file_loan_id", "loan_id", "loan.id"),
        _key("pk_care_file", "loan_id"),
        _one("uq_care_file_number", "number"),
    )
    op.create_table(
        "care_assignment",
        *_numbered("pk_care_assignment"),
        *_columns(IDENT, "loan_id owner_id"),
        *_signed(),
        *_texts("why:200"),
    )
    op.create_table(
        "care_task",
        *_columns(IDENT, "id loan_id owner_id"),
        *_texts("kind:32 status:16 findings:2000 why:200"),
        *_columns(DAY, "due_on"),
        *_columns(sa.JSON(), "checklist answers"),
        *_columns(MOMENT, "created_at"),
        *_columns(MOMENT, "done_at", empty=True),
        *_texts("done_by:80", empty=True),
        _to("fk_care_task_loan_id", "loan_id", "care_file.loan_id"),
        _key("pk_care_task", "id"),
        _one("uq_care_task_loan_id_kind_due_on", "loan_id kind due_on"),
    )
    op.create_table(
        "care_document",
        *_columns(IDENT, "id loan_id"),
        *_columns(IDENT, "task_id", empty=True),
        *_texts("name:120 media_type:40 sha256:64"),
        *_columns(WHOLE, "size"),
        *_signed(),
        _to("fk_care_document_loan_id", "loan_id", "care_file.loan_id"),
        _to("fk_care_document_task_id", "task_id", "care_task.id"),
        _key("pk_care_document", "id"),
    )
    op.create_table(
        "care_document_content",
        *_columns(IDENT, "document_id"),
        *_columns(sa.LargeBinary(), "content"),
        _to("fk_care_document_content_document_id", "document_id", "care_document.id"),
        _key("pk_care_document_content", "document_id"),
    )
    op.create_table(
        "care_security",
        *_columns(IDENT, "id loan_id"),
        *_texts("kind:16 name:200 currency:3"),
        *_columns(WHOLE, "value_minor"),
        *_columns(DAY, "valued_on"),
        *_columns(DAY, "released_on", empty=True),
        _to("fk_care_security_loan_id", "loan_id", "care_file.loan_id"),
        _key("pk_care_security", "id"),
    )
    op.create_table(
        "care_valuation",
        *_numbered("pk_care_valuation"),
        *_columns(IDENT, "security_id"),
        *_columns(WHOLE, "value_minor"),
        *_columns(DAY, "on"),
        *_texts("by:80 note:500"),
        _to("fk_care_valuation_security_id", "security_id", "care_security.id"),
    )
    op.create_table(
        "care_rescore",
        *_numbered("pk_care_rescore"),
        *_columns(IDENT, "loan_id"),
        *_columns(WHOLE, "score before"),
        *_texts("grade:4 scorecard:40 note:500"),
        *_columns(sa.JSON(), "facts"),
        *_signed(),
        _to("fk_care_rescore_loan_id", "loan_id", "care_file.loan_id"),
    )
    op.create_table(
        "care_external_event",
        *_columns(IDENT, "id"),
        *_texts("region:40 purpose:40", empty=True),
        *_texts("what:500"),
        *_columns(DAY, "on"),
        *_columns(WHOLE, "loans"),
        *_signed(),
        sa.CheckConstraint(
            "region IS NOT NULL OR purpose IS NOT NULL", name=op.f("ck_care_external_event_where")
        ),
        _key("pk_care_external_event", "id"),
    )
    op.create_table(
        "care_run",
        *_columns(DAY, "day"),
        *_columns(MOMENT, "started_at"),
        *_columns(MOMENT, "finished_at", empty=True),
        *_columns(sa.JSON(), "made failures"),
        _key("pk_care_run", "day"),
    )
    op.create_table(
        "care_case",
        *_columns(IDENT, "id loan_id owner_id"),
        *_columns(WHOLE, "number severity"),
        *_texts("status:16 result:500"),
        *_columns(DAY, "opened_on due_on"),
        *_columns(MOMENT, "escalated_at told_at closed_at", empty=True),
        _to("fk_care_case_loan_id", "loan_id", "care_file.loan_id"),
        _key("pk_care_case", "id"),
        _one("uq_care_case_number", "number"),
    )
    op.create_table(
        "care_alert",
        *_numbered("pk_care_alert"),
        *_columns(IDENT, "loan_id case_id"),
        *_texts("rule:40 key:120"),
        *_columns(WHOLE, "severity"),
        *_columns(sa.JSON(), "facts"),
        *_columns(DAY, "on"),
        *_columns(MOMENT, "at"),
        _to("fk_care_alert_case_id", "case_id", "care_case.id"),
        _one("uq_care_alert_loan_id_rule_key", "loan_id rule key"),
    )
    op.create_table(
        "care_plan",
        *_columns(IDENT, "id case_id loan_id"),
        *_texts("goal:500 result:500 status:16 currency:3"),
        *_columns(MOMENT, "created_at"),
        *_texts("proposed_by:80 decided_by:80", empty=True),
        *_columns(MOMENT, "decided_at", empty=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_care_plan_hands")
        ),
        _to("fk_care_plan_case_id", "case_id", "care_case.id"),
        _key("pk_care_plan", "id"),
    )
    op.create_table(
        "care_plan_step",
        *_columns(IDENT, "id plan_id"),
        *_columns(WHOLE, "seq budget_minor cost_minor"),
        *_texts("kind:32 what:300 currency:3 status:16 result:500"),
        *_columns(DAY, "due_on"),
        *_columns(DAY, "done_on", empty=True),
        _to("fk_care_plan_step_plan_id", "plan_id", "care_plan.id"),
        _key("pk_care_plan_step", "id"),
        _one("uq_care_plan_step_plan_id_seq", "plan_id seq"),
    )
    op.create_table(
        "care_promise",
        *_columns(IDENT, "id loan_id"),
        *_texts("currency:3 status:16"),
        *_columns(WHOLE, "amount_minor paid_minor"),
        *_columns(DAY, "made_on due_on"),
        *_signed(),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_care_promise_amount")),
        _to("fk_care_promise_loan_id", "loan_id", "care_file.loan_id"),
        _key("pk_care_promise", "id"),
    )
    op.create_table(
        "care_handover",
        *_columns(IDENT, "id loan_id plan_id"),
        *_texts("agency:120 by:80 result:500"),
        *_columns(WHOLE, "fee"),
        *_columns(DAY, "handed_on"),
        *_columns(DAY, "returned_on", empty=True),
        _to("fk_care_handover_loan_id", "loan_id", "care_file.loan_id"),
        _to("fk_care_handover_plan_id", "plan_id", "care_plan.id"),
        _key("pk_care_handover", "id"),
    )
    op.create_table(
        "care_contact",
        *_numbered("pk_care_contact"),
        *_columns(IDENT, "loan_id borrower_id"),
        *_texts("channel:16 outcome:24 note:1000"),
        *_columns(sa.Boolean(), "outgoing"),
        *_signed(),
        _to("fk_care_contact_loan_id", "loan_id", "care_file.loan_id"),
    )
    op.create_table(
        "care_preference",
        *_columns(IDENT, "borrower_id"),
        *_texts("timezone:40", empty=True),
        *_columns(sa.JSON(), "opted_out"),
        *_signed(),
        _key("pk_care_preference", "borrower_id"),
    )
    op.create_table(
        "care_message",
        *_columns(IDENT, "id loan_id borrower_id"),
        *_texts("key:120 kind:32 channel:16 status:16 subject:200 locale:8"),
        *_columns(sa.Text(), "body"),
        *_columns(DAY, "due_on", empty=True),
        *_columns(MOMENT, "expires_at sent_at", empty=True),
        *_columns(MOMENT, "created_at send_at"),
        _to("fk_care_message_loan_id", "loan_id", "care_file.loan_id"),
        _key("pk_care_message", "id"),
        _one("uq_care_message_key", "key"),
    )
    op.create_table(
        "care_message_refusal",
        *_numbered("pk_care_message_refusal"),
        *_columns(IDENT, "message_id"),
        *_texts("reason:32"),
        *_columns(MOMENT, "at"),
        *_columns(MOMENT, "next_at", empty=True),
        _to("fk_care_message_refusal_message_id", "message_id", "care_message.id"),
    )


def _postgresql() -> list[str]:
    once = "CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON"
    return [
        POSTGRESQL_FOLLOWS,
        POSTGRESQL_TRIGGER,
        *(f"{once} {table} {EACH}" for table in WRITTEN_ONCE),
        # A paper may be forgotten when its time of retention is over, never changed.
        POSTGRESQL_PAPERS,
    ]


def _sqlite() -> list[str]:
    return [
        SQLITE_FOLLOWS.replace("{unpaid}", SQLITE_UNPAID),
        *(_refusal(table, verb) for table in WRITTEN_ONCE for verb in ("UPDATE", "DELETE")),
        *(_refusal(table, "INSERT", keys) for table, keys in WRITTEN_ONCE.items()),
        _refusal("care_document_content", "UPDATE"),
        _refusal("care_document_content", "INSERT", ("document_id",)),
    ]


def _refusal(table: str, verb: str, keys: tuple[str, ...] = ()) -> str:
    """Refuse an event, or with keys only what would replace a row that has one of them."""
    when = "WHEN " + " OR ".join(_row_exists(table, key) for key in keys) if keys else ""
    return (
        f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} {when} BEGIN "
        f"SELECT RAISE(ABORT, '{table}: {verb} is refused, what is written stays'); END"
    )


def _row_exists(table: str, key: str) -> str:
    same = " AND ".join(f"{column} = NEW.{column}" for column in key.split())
    return f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names from above
