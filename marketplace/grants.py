"""What the application's own role may do in PostgreSQL: work with the book, and never around it.

Whoever migrates owns the tables and the guards. The application connects as another role, which
can neither change what is written once nor touch a balance, a guard or the chart. What a table
allows follows from the guards on it, so that a new one is not forgotten here.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, text

# A balance changes by a posting, the chart by a migration, and by nothing else.
ONLY_READ = {"alembic_version", "balance", "movement_rule"}
# Of a repayment only what is computed of it may change (revision 0007).
COMPUTED = {"repayment": ("state_before",)}

TABLES = text("""
    SELECT c.relname AS name,
        bool_or(t.tgname = 'written_once' AND t.tgtype & 16 = 16) AS keeps_values,
        bool_or(t.tgname = 'written_once' AND t.tgtype & 8 = 8) AS keeps_rows
    FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    GROUP BY c.relname ORDER BY c.relname
""")


def grants(connection: Connection, role: str) -> Iterator[str]:
    """Return the statements that give a role what the application needs, and take the rest."""
    quote = connection.dialect.identifier_preparer.quote
    schema = quote(str(connection.scalar(text("SELECT current_schema()"))))
    who = quote(role)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {who}"
    yield f"REVOKE ALL ON SCHEMA {schema} FROM {who}"
    yield f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {who}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {who}"
    for table in connection.execute(TABLES):
        for right in _rights(
            table.name, keeps_values=table.keeps_values, keeps_rows=table.keeps_rows
        ):
            yield f"GRANT {right} ON {quote(table.name)} TO {who}"


def _rights(name: str, *, keeps_values: bool | None, keeps_rows: bool | None) -> Iterator[str]:
    yield "SELECT"
    if name in ONLY_READ:
        return
    yield "INSERT"
    if name in COMPUTED:
        yield f"UPDATE ({', '.join(COMPUTED[name])})"
    elif not keeps_values:
        yield "UPDATE"
    if not keeps_rows:
        yield "DELETE"
