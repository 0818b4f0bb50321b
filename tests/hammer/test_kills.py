"""Whoever pays may be killed at any moment, and the server may crash: what was told is kept."""

from collections.abc import Iterator
from itertools import count
from random import Random

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.hammer.payers import Payer, assert_kept
from tests.hammer.scale import blows
from tests.support import postgres
from tests.support.database import Run, migrate

PAYERS = 2


def test_killed_payers_leave_a_whole_book_with_everything_they_told(database: str) -> None:
    dice, names, told = Random(300), count(), []
    payers = [Payer(database, f"payer {next(names)}") for _ in range(PAYERS)]

    for _ in range(blows(4, 300)):
        victim = dice.randrange(PAYERS)
        told += payers[victim].heard(least=dice.randint(1, 6))
        told += payers[victim].kill()
        payers[victim] = Payer(database, f"payer {next(names)}")
    for payer in payers:
        told += payer.heard(least=1) + payer.kill()

    assert_kept(database, told)


@pytest.fixture
def mortal() -> Iterator[Run]:
    """Lend a server of its own, which keeps its word before it gives it."""
    run = Run.begin()
    try:
        run.server  # noqa: B018 - asking for it starts it
        with (run.folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write("synchronous_commit = on\n")
        postgres.crash(run.folder)
        postgres.start_again(run.folder)
        yield run
    finally:
        postgres.stop(run.folder)
        run.end()


def test_a_server_that_crashes_has_kept_what_it_acknowledged(
    mortal: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    url = make_url(mortal.server).set(database="book").render_as_string(hide_password=False)
    owner = create_engine(mortal.server, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text("CREATE DATABASE book"))
    owner.dispose()
    migrate(url)
    payers, told = [Payer(url, f"payer {number}") for number in range(PAYERS)], []

    for _ in range(blows(1, 20)):
        for payer in payers:
            told += payer.heard(least=3)
        postgres.crash(mortal.folder)
        postgres.start_again(mortal.folder)
    for payer in payers:
        told += payer.heard(least=2) + payer.kill()

    assert_kept(url, told)
