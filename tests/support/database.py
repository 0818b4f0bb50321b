"""Databases for tests: migrated once in a run, then copied, on SQLite and on PostgreSQL.

A run has one folder, shared by all its processes. Whoever needs PostgreSQL or a template first
makes it there.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kernel import database_url, engine_options, prepare_engine
from tests.support import postgres

ROOT = Path(__file__).parents[2]
OLDEST_POSTGRESQL = 150000
NEWBORN = 60  # seconds a folder may be without the number of its process
NAME = "tessera-test-"
BACKENDS = ("sqlite", "postgresql")


class Run:
    """What one run of the suite keeps on disk: the templates, their clones, the server."""

    def __init__(self, folder: Path) -> None:
        """Work in `folder`, which the first process of the run has made."""
        self.folder = folder

    @classmethod
    def begin(cls) -> "Run":
        """Make the folder of a new run, after clearing away runs that were killed."""
        for folder in Path(gettempdir()).glob(f"{NAME}*"):
            if not _is_running(folder):
                postgres.stop(folder)
                shutil.rmtree(folder, ignore_errors=True)
        folder = Path(mkdtemp(prefix=NAME))
        folder.chmod(0o755)
        (folder / "pid").write_text(str(os.getpid()))
        return cls(folder)

    def require_given_server(self) -> None:
        """Connect once to the server that TEST_DATABASE_URL names, if it names one.

        Raises:
            RuntimeError: it does not answer, or is too old.
        """
        if "TEST_DATABASE_URL" not in os.environ:
            return
        try:
            engine = create_engine(self.server, poolclass=NullPool)
            with engine.connect() as connection:
                version = connection.scalar(text("SHOW server_version_num"))
        except SQLAlchemyError as error:
            reason = str(error).splitlines()[0]
            raise RuntimeError(f"TEST_DATABASE_URL cannot be used: {reason}") from error
        if int(version) < OLDEST_POSTGRESQL:
            raise RuntimeError("TEST_DATABASE_URL must name a PostgreSQL 15 or newer")

    def end(self) -> None:
        """Stop the server, drop what was made on somebody else's, and remove the folder."""
        if "TEST_DATABASE_URL" in os.environ:
            self._drop_databases()
        else:
            postgres.stop(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def clone(self, backend: str) -> Iterator[str]:
        """Lend a migrated, empty database of its own and give its URL."""
        name = f"{self._prefix}{uuid4().hex[:12]}"
        make = self._clone_sqlite if backend == "sqlite" else self._clone_postgresql
        url = make(name)
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            self._drop(url)

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """Lend a copy of a database that nobody is connected to, and give its URL."""
        name = f"{self._prefix}{uuid4().hex[:12]}"
        source = make_url(url)
        if source.get_backend_name() == "sqlite":
            copied = make_url(f"sqlite:///{self.folder / name}.db")
            shutil.copyfile(str(source.database), str(copied.database))
        else:
            copied = self.server.set(database=name)
            self._copy_on_server(str(source.database), name)
        try:
            yield copied.render_as_string(hide_password=False)
        finally:
            self._drop(copied)

    @contextmanager
    def blank(self, backend: str) -> Iterator[str]:
        """Lend a database without any table, for those who test the migrations themselves."""
        name = f"{self._prefix}{uuid4().hex[:12]}"
        if backend == "sqlite":
            url = make_url(f"sqlite:///{self.folder / name}.db")
        else:
            url = self.server.set(database=name)
            self._on_server(f'CREATE DATABASE "{name}"')
        try:
            yield url.render_as_string(hide_password=False)
        finally:
            self._drop(url)

    @property
    def server(self) -> URL:
        """The URL of the PostgreSQL server, started if nobody has yet."""
        if "TEST_DATABASE_URL" in os.environ:
            return database_url(os.environ["TEST_DATABASE_URL"])
        with self._once("server") as file:
            if not file.exists():
                file.write_text(postgres.start(self.folder))
        return make_url(file.read_text())

    @property
    def _prefix(self) -> str:
        return self.folder.name.replace("-", "_") + "_"

    def _clone_sqlite(self, name: str) -> URL:
        copy = self.folder / f"{name}.db"
        with self._once("template.db") as template:
            if not template.exists():
                migrate(f"sqlite:///{template}.part")
                template.with_name("template.db.part").rename(template)
        shutil.copyfile(template, copy)
        return make_url(f"sqlite:///{copy}")

    def _clone_postgresql(self, name: str) -> URL:
        template = f"{self._prefix}template"
        with self._once("template.postgresql") as done:
            if not done.exists():
                self._on_server(f'CREATE DATABASE "{template}"')
                migrate(self.server.set(database=template).render_as_string(hide_password=False))
                done.touch()
            self._copy_on_server(template, name)
        return self.server.set(database=name)

    def _copy_on_server(self, source: str, name: str) -> None:
        self._on_server(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')

    def _drop(self, url: URL) -> None:
        if url.get_backend_name() == "sqlite":
            for file in self.folder.glob(f"{Path(str(url.database)).name}*"):
                file.unlink()
        else:
            self._on_server(f'DROP DATABASE "{url.database}" WITH (FORCE)')

    def _drop_databases(self) -> None:
        engine = create_engine(self.server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            names = connection.scalars(
                text("SELECT datname FROM pg_database WHERE starts_with(datname, :prefix)"),
                {"prefix": self._prefix},
            ).all()
        for name in names:
            self._on_server(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _on_server(self, statement: str) -> None:
        engine = create_engine(self.server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))

    @contextmanager
    def _once(self, name: str) -> Iterator[Path]:
        with (self.folder / f"{name}.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield self.folder / name


def _is_running(folder: Path) -> bool:
    owner = folder / "pid"
    if not owner.exists():
        return time.time() - folder.stat().st_mtime < NEWBORN
    try:
        os.kill(int(owner.read_text()), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def alembic_config(url: str) -> Config:
    """Return the settings under which Alembic migrates the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to a revision."""
    command.upgrade(alembic_config(url), revision)


def open_engine(url: str) -> Engine:
    """Return an engine like the one that the application uses."""
    parsed = database_url(url)
    engine = create_engine(parsed, **engine_options(parsed))
    prepare_engine(engine)
    return engine


@contextmanager
def forgetful_session(connection: Connection) -> Iterator[Session]:
    """Lend a session whose every change, committed or not, is forgotten at the end."""
    outer = connection.begin()
    session = Session(connection, join_transaction_mode="create_savepoint")
    try:
        yield session
    finally:
        session.close()
        outer.rollback()
        if connection.dialect.name == "sqlite":
            # An attack switches the checks off for its connection, which the next test gets.
            connection.execute(text("PRAGMA ignore_check_constraints = OFF"))
