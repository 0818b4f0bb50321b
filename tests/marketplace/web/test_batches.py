"""Operators look at what batches placed, and make them again."""

import re

from flask import Flask
from sqlalchemy import update

from marketplace import clock, jobs
from marketplace.models import Role
from matching import Batch
from tests.support.borrowing import write
from tests.support.lending import a_market, pay_in
from tests.support.web import Visitor, Watch, settle


def operator(app: Flask) -> Visitor:
    settle(app, "oscar", Role.OPERATOR)
    visitor = Visitor(app)
    visitor.sign_in("oscar")
    return visitor


def a_batch(app: Flask, bob: Visitor, watch: Watch) -> None:
    a_market(app, "8000")
    pay_in(app, "bob", "1000")
    bob.post("/mandates/", name="All", currency="USD", cap="500")
    watch.move(minutes=3)
    with app.app_context():
        jobs.run_due(clock.now())


def the_batch(visitor: Visitor) -> str:
    found = re.search(r'href="(/batches/[0-9a-f-]{36})"', visitor.get("/batches/").text)
    assert found
    return found[1]


def test_before_the_first_batch_the_list_is_empty(app: Flask) -> None:
    assert "No batch yet" in operator(app).get("/batches/").text


def test_a_batch_shows_how_fair_it_was(app: Flask, bob: Visitor, watch: Watch) -> None:
    a_batch(app, bob, watch)
    oscar = operator(app)

    page = oscar.get(the_batch(oscar)).text

    assert "$500.00 placed in 1 order." in page
    assert "50.00%" in page  # half of bob's money is idle
    assert "at most $500.00 could be placed" in page
    assert re.search(r"<code>[0-9a-f]{64}</code>", page)


def test_a_batch_is_made_again_from_what_it_saw(app: Flask, bob: Visitor, watch: Watch) -> None:
    a_batch(app, bob, watch)
    oscar = operator(app)

    page = oscar.get(f"{the_batch(oscar)}?again=1").text

    assert "the same plan, byte for byte: 1 line." in page


def test_a_batch_whose_record_was_changed_is_found_out(
    app: Flask, bob: Visitor, watch: Watch
) -> None:
    a_batch(app, bob, watch)
    oscar = operator(app)
    path = the_batch(oscar)

    write(app, lambda session: session.execute(update(Batch).values(plan_digest="0" * 64)))
    other_plan = oscar.get(f"{path}?again=1").text
    write(app, lambda session: session.execute(update(Batch).values(input_digest="0" * 64)))
    other_input = oscar.get(f"{path}?again=1").text

    assert "The plan differs" in other_plan
    assert "The input differs" in other_input


def test_several_batches_draw_a_line(app: Flask, bob: Visitor, watch: Watch) -> None:
    a_batch(app, bob, watch)
    a_market(app, "4000")
    watch.move(minutes=3)
    with app.app_context():
        jobs.run_due(clock.now())

    assert "Lower is better" in operator(app).get("/batches/").text
