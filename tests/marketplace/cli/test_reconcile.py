"""Reconciling from the command line, by people who have no page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from marketplace import clock
from marketplace.models import Role
from tests.support.web import settle, shell

OLGA, OSCAR = "olga@tessera.example", "oscar@tessera.example"


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    with shell(database, tmp_path) as app:
        for name in ("olga", "oscar"):
            settle(app, name, Role.OPERATOR)
        settle(app, "bob", Role.LENDER)
        yield app


@pytest.fixture
def shell_of(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def statement(app: Flask, tmp_path: Path) -> str:
    with app.app_context():
        today = clock.today()
    path = tmp_path / "bank.csv"
    path.write_text(f"account,booked_on,amount,currency,text\nDE1,{today},50.00,USD,unknown\n")
    return str(path)


def said(runner: FlaskCliRunner, *words: str) -> tuple[int, str]:
    result = runner.invoke(args=list(words))
    return result.exit_code, result.output


def test_a_break_is_found_proposed_agreed_to_and_gone(
    shell_of: FlaskCliRunner, statement: str
) -> None:
    assert said(shell_of, "reconcile") == (
        0,
        f"{'2026-11-23'}: 0 flows, 0 clear, 0 explained, 0 breaks.\n",
    )
    assert "1 lines, 1 of them new" in said(shell_of, "bank", "import", statement)[1]
    code, told = said(shell_of, "reconcile")
    assert (code, "1 breaks" in told) == (1, True)
    number = said(shell_of, "breaks", "list")[1].split()[0]

    took = said(shell_of, "breaks", "take", number, "--by", OLGA, "--note", "asked the bank")
    wanted = ["give", "--whose", "bob@tessera.example", "--note", "his", "--by", OLGA]
    proposed = said(shell_of, "breaks", "resolve", number, *wanted)
    alone = said(shell_of, "breaks", "agree", number, "--by", OLGA)
    agreed = said(shell_of, "breaks", "agree", number, "--by", OSCAR)

    assert took == (0, f"{OLGA} looks after break {number}.\n")
    assert proposed == (0, f"Break {number} is proposed.\n")
    assert (alone[0], "Another person" in alone[1]) == (1, True)
    assert agreed == (0, f"Break {number} is resolved.\n")
    assert said(shell_of, "reconcile")[0] == 0
    assert said(shell_of, "breaks", "list")[1] == "0 breaks.\n"
    assert "resolved" in said(shell_of, "breaks", "list", "--all")[1]


def test_a_stranger_settles_nothing(shell_of: FlaskCliRunner, statement: str) -> None:
    said(shell_of, "bank", "import", statement)
    said(shell_of, "reconcile")

    for by in ("bob@tessera.example", "nobody@tessera.example"):
        code, told = said(shell_of, "breaks", "take", "1", "--by", by)
        assert (code, f"no operator has the address {by}" in told) == (2, True)


def test_a_file_with_a_fault_is_refused_with_its_name(
    shell_of: FlaskCliRunner, tmp_path: Path
) -> None:
    path = tmp_path / "broken.csv"
    path.write_text("account,amount\nDE1,1\n")

    code, told = said(shell_of, "bank", "import", str(path))

    assert code == 1
    assert "broken.csv: This file cannot be imported" in told


def test_a_day_that_has_not_come_is_not_reconciled(shell_of: FlaskCliRunner) -> None:
    assert "has not come yet" in said(shell_of, "reconcile", "--on", "2199-01-01")[1]
