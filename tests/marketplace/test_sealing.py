"""The shell seals the book, proves it, and hands lenders their proofs."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from escrow import Seal
from escrow.seal_models import Checkpoint, Verification
from marketplace import clock, sealing
from marketplace.models import Role
from marketplace.settings import UnusableSettings, read_settings
from tests.marketplace.web.test_wallet import add_funds
from tests.support.borrowing import read
from tests.support.web import Visitor, settle
from tools import check_proof


def invoke(app: Flask, *args: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=list(args))
    return answer.exit_code, answer.output


def seals(app: Flask) -> list[Seal]:
    return list(read(app, lambda session: session.scalars(select(Seal).order_by(Seal.id)).all()))


def test_the_worker_seals_what_is_new(app: Flask, bob: Visitor) -> None:
    add_funds(bob, "50")

    invoke(app, "work")
    invoke(app, "work")

    assert [each.id for each in seals(app)] == [1]


def test_the_day_s_close_seals_sums_up_and_proves(app: Flask, bob: Visitor) -> None:
    add_funds(bob, "50")

    code, said = invoke(app, "close")

    assert code == 0, said
    assert len(seals(app)) == 1
    assert len(read(app, lambda session: session.scalars(select(Checkpoint)).all())) == 1
    assert len(read(app, lambda session: session.scalars(select(Verification)).all())) == 1


def test_a_book_without_entries_needs_no_seal(app: Flask) -> None:
    with app.app_context():
        ended = sealing.end_day(clock.today(), clock.now())

    assert ended == sealing.DayEnd(0, None, ())
    assert invoke(app, "work")[0] == 0


def test_verify_holds_the_book_to_a_seal_that_was_noted(app: Flask, bob: Visitor) -> None:
    add_funds(bob, "50")
    _, sealed = invoke(app, "seal")
    head = sealed.splitlines()[-1]

    right = invoke(app, "verify", "--head", head)
    wrong = invoke(app, "verify", "--head", f"1:{'0' * 64}")
    nonsense = invoke(app, "verify", "--head", "the last one")
    new = invoke(app, "verify", "--new")

    assert (right[0], wrong[0], nonsense[0], new[0]) == (0, 1, 2, 0)
    assert "seals_rewritten" in wrong[1]


def test_verify_tells_what_somebody_changed_behind_the_book_s_back(
    app: Flask, bob: Visitor, backend: str
) -> None:
    add_funds(bob, "50")
    invoke(app, "seal")
    with app.app_context(), sealing_engine().begin() as connection:
        if backend == "sqlite":
            connection.execute(text("DROP TRIGGER entry_refuses_update"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("UPDATE entry SET memo = 'Nothing'"))

    code, said = invoke(app, "verify")

    assert code == 1
    assert "entry_altered" in said


def sealing_engine() -> Engine:
    from marketplace.db import db  # noqa: PLC0415 - bound to the application of the test

    return db.engine


def test_the_key_is_made_once_for_its_owner_alone(app: Flask) -> None:
    file = Path(app.config["SEAL_KEY_FILE"])
    with app.app_context():
        first, second = sealing.key(), sealing.key()

    assert first == second
    assert file.stat().st_mode & 0o777 == 0o600
    assert invoke(app, "seal", "--public-key")[1].strip() == first.public


def test_a_given_key_is_used_and_old_ones_stay_trusted(app: Flask) -> None:
    with app.app_context():
        old = sealing.key()
        app.config["SEAL_KEY"], app.config["SEAL_OLD_KEYS"] = "ab" * 32, [old.public]

        assert sealing.key().seed == bytes.fromhex("ab" * 32)
        assert sealing.trusted() == {sealing.key().id, old.id}


def test_a_key_that_is_none_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SEAL_KEY", "open sesame")

    with pytest.raises(UnusableSettings, match="SEAL_KEY"):
        read_settings({"DEMO": True}, instance=tmp_path)


def test_a_lender_downloads_a_proof_that_anybody_can_check(app: Flask, bob: Visitor) -> None:
    settle(app, "carol", Role.LENDER)
    add_funds(bob, "50")
    assert "/wallet/proofs/" not in bob.get("/wallet/").text
    invoke(app, "seal")

    page = bob.get("/wallet/").text
    found = re.search(r'href="(/wallet/proofs/USD/\d+)"', page)
    assert found is not None
    answer = bob.get(found[1])

    assert answer.headers["Content-Disposition"].startswith("attachment; filename=tessera-")
    with app.app_context():
        key = sealing.key().public
    assert "DEPOSIT +5000 USD" in "\n".join(check_proof.check(json.loads(answer.text), key=key))
    carol = Visitor(app)
    carol.sign_in("carol")
    assert carol.get(found[1]).status_code == 404
    assert bob.get("/wallet/proofs/EUR/1").status_code == 404
