"""An investor asks why the money is idle."""

from flask import Flask

from marketplace import clock, jobs
from tests.support.lending import a_market, an_investor, pay_in
from tests.support.web import Visitor, Watch

WISH = {"name": "Careful", "currency": "USD", "cap": "500"}


def after_a_batch(app: Flask, watch: Watch) -> None:
    watch.move(minutes=3)
    with app.app_context():
        jobs.run_due(clock.now())


def test_without_a_standing_order_the_page_says_what_would_help(bob: Visitor) -> None:
    page = bob.get("/idle/").text

    assert "Without one, money waits for orders by hand." in page


def test_before_the_first_batch_nothing_is_known(bob: Visitor) -> None:
    bob.post("/mandates/", **WISH)

    page = bob.get("/idle/").text

    assert "No batch has looked at it yet." in page


def test_what_was_bought_and_what_is_still_free(app: Flask, bob: Visitor, watch: Watch) -> None:
    a_market(app, "8000")
    pay_in(app, "bob", "1000")
    bob.post("/mandates/", **WISH)
    after_a_batch(app, watch)

    page = bob.get("/idle/").text

    assert "Nothing stands in the way: it bought in the last batch." in page
    assert "$500.00" in page
    assert "1 of 1" in page
    assert "you are first" in page
    assert "What became of the 1 loan of the last batch" in page


def test_a_wish_that_nothing_meets_is_named_with_what_to_take_off(
    app: Flask, bob: Visitor, watch: Watch
) -> None:
    a_market(app, "8000", "4000")
    pay_in(app, "bob", "1000")
    bob.post("/mandates/", **WISH, term_max="12")
    after_a_batch(app, watch)

    page = bob.get("/idle/").text

    assert "No open loan has such a term." in page
    assert "Another term" in page
    assert "With any term, 2 more open loans fit." in page


def test_others_before_mean_a_wait(app: Flask, bob: Visitor, watch: Watch) -> None:
    carol = an_investor(app, "carol")
    a_market(app, "8000")
    for name, visitor, amount in (("bob", bob, "1000"), ("carol", carol, "20000")):
        pay_in(app, name, amount)
        visitor.post("/mandates/", **WISH)
    after_a_batch(app, watch)

    page = bob.get("/idle/").text

    assert "2 of 2" in page
    assert "$19,500.00 of others' money is before yours" in page
    assert "at the pace of the last 14 days" in page


def test_a_paused_order_says_that_it_is_paused(bob: Visitor) -> None:
    bob.post("/mandates/", **WISH)
    page = bob.get("/mandates/").text
    ident = page.partition('action="/mandates/')[2].partition("/")[0]
    bob.post(f"/mandates/{ident}/pause")

    assert "It is paused." in bob.get("/idle/").text
