"""What the database itself guards: the chart, the balances, and what is written once.

A posting is applied by the database: no code path, migration or console can move money without
its balance. On PostgreSQL one statement trigger checks and applies all the rows of a statement
together. SQLite knows row triggers only; there the one that sees the last line of an entry
checks and applies all of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CHART = (
    ("DEPOSIT", "STRIPE", "LENDER"),
    ("RESERVE", "LENDER", "LISTING"),
    ("RELEASE", "LISTING", "LENDER"),
    ("DISBURSE", "LISTING", "BORROWER"),
    ("ORIGINATE", "LISTING", "FEES"),
    ("PAY_OUT", "BORROWER", "TRANSIT"),
    ("WITHDRAW", "LENDER", "TRANSIT"),
    ("PAID", "TRANSIT", "STRIPE"),
    ("PAID", "TRANSIT", "BANK"),
    ("BOUNCE", "TRANSIT", "LENDER"),
    ("BOUNCE", "TRANSIT", "BORROWER"),
    ("COLLECT", "STRIPE", "LOAN"),
    ("DISTRIBUTE", "LOAN", "LENDER"),
    ("SERVICE", "LOAN", "FEES"),
    ("REFUND", "LOAN", "STRIPE"),
    ("SETTLE", "BANK", "STRIPE"),
    ("RETURN", "LENDER", "STRIPE"),
    ("COVER", "FEES", "LENDER"),
    ("COST", "FEES", "STRIPE"),
    ("TRADE", "LENDER", "LENDER"),
)

# Each with what makes its rows unique: SQLite's INSERT OR REPLACE deletes without a DELETE trigger.
# A posting's place is guarded by the versions of its balances instead.
WRITTEN_ONCE: dict[str, tuple[str, ...]] = {
    "account": ("id", "kind owner_id currency shard"),
    "entry": ("id", "key", "reverses_id"),
    "posting": (),
    "status_event": ("id",),
    "decision": ("id",),
    "distribution": ("repayment_id note_id",),
}
REPAYMENT_KEYS = ("id", "loan_id key", "loan_id seq", "reverses_id")
# A return of an earlier payment recomputes where the later ones started from, and nothing else.
REPAYMENT_COMPUTED = {"state_before"}


def upgrade() -> None:
    rules = op.create_table(
        "movement_rule",
        sa.Column("movement", sa.String(length=12), nullable=False),
        sa.Column("source_kind", sa.String(length=12), nullable=False),
        sa.Column("target_kind", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint(
            "movement", "source_kind", "target_kind", name=op.f("pk_movement_rule")
        ),
    )
    op.bulk_insert(rules, [dict(zip(rules.c.keys(), line, strict=True)) for line in CHART])
    for statement in _sqlite() if _on_sqlite() else _postgresql():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    bind = op.get_bind()
    for statement in _drop_sqlite(bind) if _on_sqlite() else _drop_postgresql():
        bind.exec_driver_sql(statement)
    op.drop_table("movement_rule")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _repayment_facts() -> str:
    columns = sa.inspect(op.get_bind()).get_columns("repayment")
    return ", ".join(c["name"] for c in columns if c["name"] not in REPAYMENT_COMPUTED)


# --- PostgreSQL -----------------------------------------------------------------------------

# The functions look for tables in one schema only, so that nobody's temporary table of the same
# name is taken for the chart; and they run with their owner's rights, so that whoever may insert
# a posting needs no right to change a balance. A connection keeps the plans of its first call: made
# for a large batch they would read every account for each small one after it (149 ms instead of 2
# with 190,000 accounts), so joins go by index, which suits both.
POSTGRESQL_FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
        MESSAGE = TG_TABLE_NAME || ': ' || TG_OP || ' is refused, what is written stays';
END $$

CREATE FUNCTION guard_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Depth 1 is this trigger itself: nothing but a person or a program stands behind it.
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
            MESSAGE = 'balance: only a posting changes a balance';
    END IF;
    RETURN NULL;
END $$

CREATE FUNCTION open_balances() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    INSERT INTO balance (account_id, amount_minor, floor_minor, version)
    SELECT id, 0, CASE WHEN kind IN ('STRIPE', 'BANK') THEN NULL ELSE 0 END, 0 FROM fresh;
    RETURN NULL;
END $$

CREATE FUNCTION mirror_entry() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
    IF NEW.lines <> (SELECT lines FROM entry WHERE id = NEW.reverses_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = 'posting: a reversal mirrors its original exactly';
    END IF;
    INSERT INTO posting
        (entry_id, seq, movement, source_id, target_id, amount_minor, currency)
    SELECT NEW.id, seq, movement, target_id, source_id, amount_minor, currency
    FROM posting WHERE entry_id = NEW.reverses_id;
    RETURN NULL;
END $$

CREATE FUNCTION apply_postings() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = {schema}, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    wrong record;
BEGIN
    -- Rows of one kind are judged together: of 30,000 rows there are some three kinds.
    SELECT g.*, e.lines, e.reverses_id INTO wrong
    FROM (
        SELECT f.entry_id, f.movement, f.currency, s.kind AS source_kind, t.kind AS target_kind,
            s.currency = f.currency AND t.currency = f.currency AS one_currency,
            max(f.seq) AS seq
        FROM fresh f
        LEFT JOIN account s ON s.id = f.source_id
        LEFT JOIN account t ON t.id = f.target_id
        GROUP BY 1, 2, 3, 4, 5, 6
    ) g
    LEFT JOIN entry e ON e.id = g.entry_id
    LEFT JOIN movement_rule r ON r.movement = g.movement
        AND r.source_kind = g.source_kind AND r.target_kind = g.target_kind
    WHERE NOT coalesce(g.seq <= e.lines AND g.one_currency
        AND CASE WHEN e.reverses_id IS NULL THEN r.movement IS NOT NULL ELSE NOT EXISTS (
            SELECT 1 FROM fresh f LEFT JOIN posting o
                ON o.entry_id = e.reverses_id AND o.seq = f.seq AND o.movement = f.movement
                AND o.source_id = f.target_id AND o.target_id = f.source_id
                AND o.amount_minor = f.amount_minor
            WHERE f.entry_id = g.entry_id AND o.seq IS NULL
        ) END, false)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'posting: '
            || CASE
            WHEN wrong.lines IS NULL THEN 'there is no such entry'
            WHEN wrong.seq > wrong.lines THEN 'the entry is complete'
            WHEN wrong.one_currency IS NULL THEN 'there is no such account'
            WHEN NOT wrong.one_currency THEN 'the accounts are of another currency'
            WHEN wrong.reverses_id IS NOT NULL THEN 'a reversal mirrors its original exactly'
            ELSE 'the chart does not allow ' || wrong.movement || ' from ' || wrong.source_kind
                || ' to ' || wrong.target_kind END;
    END IF;
    -- One order for everybody, the accounts that everybody touches last: no deadlock, short waits.
    PERFORM 1 FROM balance b JOIN account a ON a.id = b.account_id
    WHERE b.account_id IN (SELECT source_id FROM fresh UNION SELECT target_id FROM fresh)
    ORDER BY a.hot, b.account_id FOR NO KEY UPDATE OF b;
    UPDATE balance b SET amount_minor = b.amount_minor + d.delta, version = b.version + 1
    FROM (
        SELECT account_id, sum(delta)::bigint AS delta FROM (
            SELECT source_id AS account_id, -amount_minor AS delta FROM fresh
            UNION ALL SELECT target_id, amount_minor FROM fresh
        ) ends GROUP BY account_id
    ) d WHERE b.account_id = d.account_id;
    RETURN NULL;
END $$
"""

POSTGRESQL_TRIGGERS = """
CREATE TRIGGER open_balances AFTER INSERT ON account
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION open_balances();

CREATE TRIGGER mirror_entry AFTER INSERT ON entry
FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION mirror_entry();

CREATE TRIGGER apply_postings AFTER INSERT ON posting
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION apply_postings();

CREATE TRIGGER guard_balance BEFORE INSERT OR UPDATE ON balance
FOR EACH STATEMENT EXECUTE FUNCTION guard_balance();

CREATE TRIGGER written_once BEFORE DELETE OR TRUNCATE ON balance
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER written_once BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON movement_rule
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER written_once BEFORE DELETE OR TRUNCATE ON repayment
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER facts_written_once BEFORE UPDATE OF {facts} ON repayment
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def _postgresql() -> list[str]:
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    functions = POSTGRESQL_FUNCTIONS.replace("{schema}", schema).strip().split("\n\nCREATE ")
    triggers = POSTGRESQL_TRIGGERS.replace("{facts}", _repayment_facts()).strip().split(";\n\n")
    return [
        functions[0],
        *(f"CREATE {function}" for function in functions[1:]),
        *(trigger.rstrip(";") for trigger in triggers),
        *(
            f"CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            for table in WRITTEN_ONCE
        ),
    ]


def _drop_postgresql() -> list[str]:
    names = ("apply_postings", "mirror_entry", "open_balances", "guard_balance", "refuse_change")
    return [f"DROP FUNCTION {name}() CASCADE" for name in names]


# --- SQLite ---------------------------------------------------------------------------------

# With the last of its lines an entry is complete and applied, as a whole. A balance's version is
# the last entry applied to it: since every complete entry has been applied to all its accounts,
# none is left that could excuse a change by hand, or applying a line again.
# A sum beyond 64 bits would silently become a float there; PostgreSQL refuses it by itself.
# RAISE(ABORT) holds even when the statement says OR IGNORE or OR REPLACE, which override a CHECK.
SQLITE_TRIGGERS = """
CREATE TRIGGER open_balance AFTER INSERT ON account BEGIN
    INSERT INTO balance (account_id, amount_minor, floor_minor, version)
    VALUES (NEW.id, 0, CASE WHEN NEW.kind IN ('STRIPE', 'BANK') THEN NULL ELSE 0 END, 0);
END;

CREATE TRIGGER mirror_entry AFTER INSERT ON entry WHEN NEW.reverses_id IS NOT NULL BEGIN
    SELECT RAISE(ABORT, 'posting: a reversal mirrors its original exactly')
    FROM entry o WHERE o.id = NEW.reverses_id AND o.lines <> NEW.lines;
    INSERT INTO posting
        (entry_id, seq, movement, source_id, target_id, amount_minor, currency)
    SELECT NEW.id, seq, movement, target_id, source_id, amount_minor, currency
    FROM posting WHERE entry_id = NEW.reverses_id ORDER BY seq;
END;

CREATE TRIGGER apply_postings AFTER INSERT ON posting WHEN (
    SELECT NEW.seq < e.lines AND NOT EXISTS (
        SELECT 1 FROM posting last WHERE last.entry_id = e.id AND last.seq = e.lines
    ) FROM entry e WHERE e.id = NEW.entry_id
) IS NOT 1 BEGIN
    SELECT CASE
        WHEN e.id IS NULL THEN RAISE(ABORT, 'posting: there is no such entry')
        WHEN NEW.seq > e.lines THEN RAISE(ABORT, 'posting: the entry is complete')
        WHEN (SELECT count(*) FROM posting WHERE entry_id = e.id) <> e.lines
            THEN RAISE(ABORT, 'posting: the last line is written last')
    END FROM (SELECT 1) LEFT JOIN entry e ON e.id = NEW.entry_id;
    SELECT CASE
        WHEN s.id IS NULL OR t.id IS NULL THEN RAISE(ABORT, 'posting: there is no such account')
        WHEN s.currency <> p.currency OR t.currency <> p.currency
            THEN RAISE(ABORT, 'posting: the accounts are of another currency')
        WHEN e.reverses_id IS NOT NULL
            THEN RAISE(ABORT, 'posting: a reversal mirrors its original exactly')
        ELSE RAISE(ABORT, 'posting: the chart does not allow this movement')
    END
    FROM posting p JOIN entry e ON e.id = p.entry_id
    LEFT JOIN account s ON s.id = p.source_id
    LEFT JOIN account t ON t.id = p.target_id
    LEFT JOIN movement_rule r
        ON r.movement = p.movement AND r.source_kind = s.kind AND r.target_kind = t.kind
    WHERE p.entry_id = NEW.entry_id AND NOT coalesce(
        s.currency = p.currency AND t.currency = p.currency
        AND CASE WHEN e.reverses_id IS NULL THEN r.movement IS NOT NULL ELSE EXISTS (
            SELECT 1 FROM posting o WHERE o.entry_id = e.reverses_id AND o.seq = p.seq
            AND o.movement = p.movement AND o.source_id = p.target_id
            AND o.target_id = p.source_id AND o.amount_minor = p.amount_minor
        ) END, 0);
    UPDATE balance SET amount_minor = amount_minor + d.delta, version = NEW.entry_id
    FROM (
        SELECT account_id, sum(delta) AS delta FROM (
            SELECT source_id AS account_id, -amount_minor AS delta
            FROM posting WHERE entry_id = NEW.entry_id
            UNION ALL SELECT target_id, amount_minor FROM posting WHERE entry_id = NEW.entry_id
        ) GROUP BY account_id
    ) d WHERE balance.account_id = d.account_id;
END;

CREATE TRIGGER guard_balance BEFORE UPDATE ON balance
WHEN NEW.amount_minor < NEW.floor_minor OR NEW.version <= OLD.version
OR typeof(NEW.amount_minor) <> 'integer'
OR NEW.account_id IS NOT OLD.account_id OR NEW.floor_minor IS NOT OLD.floor_minor
OR NOT EXISTS (
    SELECT 1 FROM entry e JOIN posting last ON last.entry_id = e.id AND last.seq = e.lines
    WHERE e.id = NEW.version
)
OR NOT EXISTS (
    SELECT 1 FROM posting WHERE target_id = OLD.account_id AND entry_id = NEW.version
)
AND NOT EXISTS (
    SELECT 1 FROM posting WHERE source_id = OLD.account_id AND entry_id = NEW.version
) BEGIN
    SELECT CASE WHEN typeof(NEW.amount_minor) <> 'integer'
        THEN RAISE(ABORT, 'balance: the amount is out of range')
        WHEN NEW.version > OLD.version AND NEW.amount_minor < NEW.floor_minor
        THEN RAISE(ABORT, 'ck_balance_floor: the account holds less than that')
        ELSE RAISE(ABORT, 'balance: only a posting changes a balance')
    END;
END;

CREATE TRIGGER guard_balance_insert BEFORE INSERT ON balance
WHEN NEW.amount_minor <> 0 OR NEW.version <> 0
OR EXISTS (SELECT 1 FROM balance WHERE account_id = NEW.account_id)
OR NEW.floor_minor IS NOT (
    SELECT CASE WHEN kind IN ('STRIPE', 'BANK') THEN NULL ELSE 0 END
    FROM account WHERE id = NEW.account_id
) BEGIN
    SELECT RAISE(ABORT, 'balance: only opening an account makes a balance');
END;

CREATE TRIGGER no_new_rule BEFORE INSERT ON movement_rule BEGIN
    SELECT RAISE(ABORT, 'movement_rule: INSERT is refused, what is written stays');
END;
"""


def _sqlite() -> list[str]:
    return [
        *SQLITE_TRIGGERS.strip().removesuffix(";").split(";\n\n"),
        *(_sqlite_refusal(table, "UPDATE") for table in (*WRITTEN_ONCE, "movement_rule")),
        _sqlite_refusal("repayment", f"UPDATE OF {_repayment_facts()}"),
        *(
            _sqlite_refusal(table, "DELETE")
            for table in (*WRITTEN_ONCE, "movement_rule", "balance", "repayment")
        ),
        *(
            _sqlite_refusal(table, "INSERT", keys)
            for table, keys in {**WRITTEN_ONCE, "repayment": REPAYMENT_KEYS}.items()
            if keys
        ),
    ]


def _sqlite_refusal(table: str, event: str, keys: tuple[str, ...] = ()) -> str:
    """Refuse an event, or with keys only what would replace a row that has one of them."""
    verb = event.split(" ", maxsplit=1)[0]
    when = "WHEN " + " OR ".join(_row_exists(table, key) for key in keys) if keys else ""
    return (
        f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {event} ON {table} {when} BEGIN "
        f"SELECT RAISE(ABORT, '{table}: {verb} is refused, what is written stays'); END"
    )


def _row_exists(table: str, key: str) -> str:
    same = " AND ".join(f"{column} = NEW.{column}" for column in key.split())
    return f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names from above


def _drop_sqlite(bind: sa.Connection) -> list[str]:
    names = bind.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
    return [f"DROP TRIGGER {name}" for name in names]
