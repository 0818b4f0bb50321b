"""Batches from the command line."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

import matching
from kernel import Money
from marketplace import clock, flows, jobs
from marketplace.cli import work
from marketplace.db import atomic, reader
from marketplace.models import Role
from matching import Batch, Criteria
from tests.support.borrowing import person, usd
from tests.support.lending import a_market, pay_in
from tests.support.web import Watch, settle, shell


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    with shell(database, tmp_path) as app:
        settle(app, "alice", Role.BORROWER)
        settle(app, "bob", Role.LENDER)
        yield app


@pytest.fixture
def watch(app: Flask) -> Watch:
    found: Watch = app.config["CLOCK"]
    return found


def command(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["matching", *args])


def a_mandate(app: Flask, **more: Criteria) -> UUID:
    with app.app_context(), atomic() as session:
        return matching.save_mandate(
            session,
            lender_id=person(app, "bob"),
            name="Careful",
            cap=usd("500"),
            keep=Money.zero(usd("500").currency),
            total=None,
            criteria=more.get("criteria", Criteria()),
            at=clock.now(),
        ).id


def last_batch(app: Flask) -> str:
    with app.app_context(), reader() as session:
        return str(matching.batches(session, limit=1)[0].id)


def test_a_batch_is_run_listed_and_made_again(app: Flask) -> None:
    a_market(app, "8000")
    pay_in(app, "bob", "1000")
    a_mandate(app)

    ran = command(app, "run", "--seed", "1")
    listed = command(app, "batches")
    again = command(app, "replay", last_batch(app))

    assert "1 listings, 1 mandates: 1 orders" in ran.output
    assert last_batch(app) in listed.output
    assert again.exit_code == 0
    assert again.output.count("as recorded") == 2


def test_a_batch_that_does_not_come_out_the_same_is_told(app: Flask) -> None:
    a_market(app, "8000")
    command(app, "run")
    with app.app_context(), atomic() as session:
        session.execute(text("UPDATE batch SET plan_digest = 'other'"))

    again = command(app, "replay", last_batch(app))

    assert again.exit_code == 1
    assert "DIFFERS" in again.output


def test_a_pair_is_explained(app: Flask) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")
    served = a_mandate(app)
    picky = a_mandate(app, criteria=Criteria(grades=("Z",)))
    command(app, "run")

    told = [command(app, "explain", str(each), f"L-{number}").output for each in (served, picky)]
    unknown = command(app, "explain", str(served), str(UUID(int=1)))

    assert "SERVED\n500.00 USD planned" in told[0]
    assert "GRADE" in told[1]
    assert unknown.exit_code == 1


def test_a_lender_is_put_under_a_rule_pack(app: Flask) -> None:
    bob = person(app, "bob")

    answer = command(
        app, "standing", str(bob), "--pack", "uk-fca", "--tested-on", "2026-01-31",
        "--net-assets", "5000",
    )  # fmt: skip

    assert answer.exit_code == 0, answer.output
    with app.app_context(), reader() as session:
        standing = matching.standing_of(session, lender_id=bob)
        assert standing is not None
        assert (standing.pack, standing.net_assets) == ("uk-fca", usd("5000"))


def test_batches_run_by_the_clock_once_in_a_span(app: Flask, watch: Watch) -> None:
    a_market(app, "8000")
    every = timedelta(minutes=60)
    with app.app_context():
        start = clock.now()
        early = work._call_batch(start, every=every)
        watch.move(hours=1)
        late = work._call_batch(start, every=every)
        with atomic() as session:
            flows.schedule_batch(session, at=clock.now(), every=every)
        jobs.run_due(clock.now())
        with reader() as session:
            ran = session.query(Batch).count()

    assert (early, late) == (start, start + every)
    assert ran == 2  # that of the new listing, and that of the clock
