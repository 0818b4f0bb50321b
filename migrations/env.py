"""Tells Alembic which database to migrate, and which tables the code expects there."""

from importlib import import_module

from alembic import context
from sqlalchemy import Connection, create_engine

from kernel import Base, database_url, engine_options, prepare_engine

TABLES = (
    "kernel",
    "escrow.models",
    "escrow.collecting",
    "escrow.seal_models",
    "origination.models",
    "matching.models",
    "servicing.autopay_models",
    "servicing.models",
    "care.models",
    "marketplace.models",
)


def main() -> None:
    """Migrate over the connection that the caller holds, or over one to the caller's URL."""
    know_the_tables()
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    url = database_url(context.config.get_main_option("sqlalchemy.url") or "")
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    with engine.connect() as connection:
        migrate(connection)
    engine.dispose()


def know_the_tables() -> None:
    """Import whatever declares tables, so that the metadata is complete."""
    for module in TABLES:
        import_module(module)


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


main()
