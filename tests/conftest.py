"""Fixtures that the whole suite shares.

`session` is what most tests want: a session whose changes are forgotten at the end. `engine` (and
`database`, its URL) is a fresh copy of a migrated database, for tests that commit or need several
connections; `session` moves onto that copy when a test asks for both. All of them run once on
SQLite and once on PostgreSQL; a test for one of the two says
`@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)`.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from tests.support import no_skips
from tests.support.database import BACKENDS, Run, forgetful_session, open_engine

# One browser for all folders: a second one in a process would find its event loop taken.
pytest_plugins = ["pytester", "tests.support.browser"]

# A shared machine may take its time over an example.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

RUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(no_skips)
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    config.stash[RUN] = Run(Path(worker["run_folder"])) if worker else _new_run()


def _new_run() -> Run:
    run = Run.begin()
    try:
        run.require_given_server()
    except RuntimeError as trouble:
        shutil.rmtree(run.folder)
        raise pytest.UsageError(str(trouble)) from None
    return run


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["run_folder"] = str(node.config.stash[RUN].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN in config.stash and not hasattr(config, "workerinput"):
        config.stash[RUN].end()


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    return pytestconfig.stash[RUN]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(run: Run, backend: str) -> Iterator[str]:
    with run.clone(backend) as url:
        yield url


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = open_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture
def session(
    request: pytest.FixtureRequest, backend: str, shared_engines: "SharedEngines"
) -> Iterator[Session]:
    if "database" in request.fixturenames:
        with Session(request.getfixturevalue("engine")) as session:
            yield session
    else:
        with (
            shared_engines.connect(backend) as connection,
            forgetful_session(connection) as session,
        ):
            yield session


class SharedEngines:
    """One database of each kind for all the tests of this process that leave nothing behind."""

    def __init__(self, run: Run, stack: ExitStack) -> None:
        """Make databases in `run` and close them with `stack`."""
        self.run = run
        self.stack = stack
        self.engines: dict[str, Engine] = {}

    def connect(self, backend: str) -> Connection:
        """Connect to the database of this kind, made when first asked for."""
        if backend not in self.engines:
            engine = open_engine(self.stack.enter_context(self.run.clone(backend)))
            self.stack.callback(engine.dispose)
            self.engines[backend] = engine
        return self.engines[backend].connect()


@pytest.fixture(scope="session")
def shared_engines(run: Run) -> Iterator[SharedEngines]:
    with ExitStack() as stack:
        yield SharedEngines(run, stack)
