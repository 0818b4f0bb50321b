"""An investor lets the marketplace invest by rules."""

import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from marketplace import clock, jobs
from tests.support.lending import a_market, an_investor, pay_in
from tests.support.web import Visitor, Watch

WISH = {"name": "Careful", "currency": "USD", "cap": "500"}


def begin(visitor: Visitor, **more: str) -> TestResponse:
    return visitor.post("/mandates/", **WISH | more)


def path_of_one(visitor: Visitor) -> str:
    page = visitor.get("/mandates/").text
    return "/mandates/" + page.partition('href="/mandates/0')[2].partition('"')[0].join(["0", ""])


def test_a_standing_order_buys_at_the_next_batch(app: Flask, bob: Visitor, watch: Watch) -> None:
    (number,) = a_market(app, "8000")
    pay_in(app, "bob", "1000")

    assert begin(bob, keep="100").status_code == 303
    watch.move(minutes=3)
    with app.app_context():
        jobs.run_due(clock.now())

    page = bob.get("/orders/").text
    assert f"L-{number}" in page
    assert "by “Careful”" in page
    assert "$500.00" in bob.get("/mandates/").text


def test_a_standing_order_is_told_in_words(bob: Visitor) -> None:
    begin(
        bob,
        grade="A,B",
        rate_min="5",
        rate_max="12.5",
        term_max="36",
        purpose="car",
        keep="50",
        total="2000",
    )

    page = bob.get("/mandates/").text

    for words in ("Grades A, B", "5.00% to 12.50%", "up to 36 months", "Car", "$2,000.00"):
        assert words in page


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": ""}, "Give it a name"),
        ({"cap": ""}, "Enter the most to put into one loan."),
        ({"cap": "0"}, "above zero"),
        ({"rate_min": "12", "rate_max": "10"}, "at least what stands in the field before"),
        ({"term_min": "36", "term_max": "12"}, "at least what stands in the field before"),
        ({"grade": "Z"}, "Choose one of the options."),
        ({"purpose": "luck"}, "Choose one of the options."),
        ({"currency": "EUR"}, "Choose one of the options."),
    ],
)
def test_an_unusable_wish_is_refused_with_what_to_do(
    bob: Visitor, wrong: dict[str, str], why: str
) -> None:
    page = begin(bob, **wrong)

    assert page.status_code == 422
    assert why in page.text


def test_the_open_loans_that_fit_are_counted_without_saving(app: Flask, bob: Visitor) -> None:
    a_market(app, "8000", "4000")

    page = bob.post("/mandates/count", **WISH | {"name": "", "cap": ""})
    fewer = bob.post("/mandates/count", currency="USD", rate_min="99")

    assert page.status_code == 200
    assert "<b>2 open loans fit now</b>" in page.text
    assert "<b>0 open loans fit now</b>" in fewer.text
    assert "No standing order yet" in bob.get("/mandates/").text


def test_the_count_alone_comes_where_only_that_is_asked_for(app: Flask, bob: Visitor) -> None:
    a_market(app, "8000")
    bob.headers["HX-Request"] = "true"

    part = bob.post("/mandates/count", **WISH)

    assert "<b>1 open loan fits now</b>" in part.text
    assert "<html" not in part.text


def test_a_standing_order_is_changed(bob: Visitor) -> None:
    begin(bob, grade="B")
    path = path_of_one(bob)

    assert 'value="B"' in bob.get(path).text
    assert bob.post(path, **WISH | {"name": "Bolder", "grade": "E"}).status_code == 303
    page = bob.get("/mandates/").text
    assert "Bolder" in page
    assert "Grades E" in page


def test_a_standing_order_rests_works_again_and_ends(bob: Visitor) -> None:
    begin(bob)
    path = path_of_one(bob)

    bob.post(f"{path}/pause")
    assert "Paused" in bob.get("/mandates/").text
    bob.post(f"{path}/resume")
    assert "Active" in bob.get("/mandates/").text
    bob.post(f"{path}/end")
    assert "Ended" in bob.get("/mandates/").text
    assert bob.get(path).status_code == 404


def test_what_cannot_be_done_twice_is_refused(bob: Visitor) -> None:
    begin(bob)
    path = path_of_one(bob)

    assert bob.post(f"{path}/resume").status_code == 422
    assert bob.post(f"{path}/end").status_code == 303
    assert bob.post(f"{path}/pause").status_code == 422


def test_nobody_touches_the_standing_order_of_somebody_else(app: Flask, bob: Visitor) -> None:
    begin(bob)
    path = path_of_one(bob)
    carol = an_investor(app, "carol")

    assert carol.get(path).status_code == 404
    assert carol.post(path, **WISH).status_code == 404
    for action in ("pause", "resume", "end"):
        assert carol.post(f"{path}/{action}").status_code == 404
    assert "No standing order yet" in carol.get("/mandates/").text


def test_a_standing_order_may_say_much_more(bob: Visitor) -> None:
    begin(
        bob,
        region="CA, NY",
        method="equal_installment",
        borrower="single",
        score_min="600",
        borrower_cap="750",
        ends_on="2027-01-31",
        keeps_interest="1",
        share_A="60",
        share_B="40",
        aims="1",
        each_purpose="25",
    )

    told = bob.get("/mandates/").text
    form = bob.get(path_of_one(bob)).text

    for words in ("CA, NY", "Equal installments", "One person", "score from 600", "$750.00"):
        assert words in told
    for field, value in (("share_A", "60"), ("each_purpose", "25"), ("ends_on", "2027-01-31")):
        assert f'value="{value}"' in form.partition(f'name="{field}"')[2].partition(">")[0]
    assert "checked" in form.partition('name="aims"')[2].partition(">")[0]
    assert "checked" in form.partition('name="keeps_interest"')[2].partition(">")[0]


def test_targets_above_the_whole_are_refused(bob: Visitor) -> None:
    page = begin(bob, share_A="60", share_B="60", aims="1")

    assert page.status_code == 422
    assert "more than 100 % together" in page.text


def test_a_preset_fills_in_the_form(bob: Visitor) -> None:
    page = bob.get("/mandates/new?preset=cautious").text
    plain = bob.get("/mandates/new?preset=unheard").text

    assert 'value="25.00"' in page.partition('name="cap"')[2].partition(">")[0]
    assert 'value="40"' in page.partition('name="share_B"')[2].partition(">")[0]
    assert 'value=""' in plain.partition('name="cap"')[2].partition(">")[0]


def test_the_count_says_what_the_last_90_days_had_and_may_bring(app: Flask, bob: Visitor) -> None:
    a_market(app, "8000", "4000")

    page = bob.post("/mandates/count", **WISH).text
    none = bob.post("/mandates/count", **WISH | {"score_min": "999"}).text

    assert "Of the 2 loans of the last 90 days, 2 would have fitted." in page
    assert "a year may be lost" in page
    assert "An estimate before fees and taxes" in page
    assert "2 loans of the last 90 days, 0 would" in none
    assert "may be lost" not in none


def test_standing_orders_are_put_into_another_order(bob: Visitor) -> None:
    begin(bob, name="Older")
    begin(bob, name="Newer")
    newer = (
        "/mandates/" + bob.get("/mandates/").text.split('href="/mandates/0')[2].partition('"')[0]
    )
    path = newer.replace("/mandates/", "/mandates/0", 1)

    assert bob.post(f"{path}/earlier").status_code == 303

    page = bob.get("/mandates/").text
    assert page.index("Newer") < page.index("Older")


SHARES = {
    "share_B": "40",
    "each_purpose": "50",
    "share_car": "12.5",
    "region_shares": "CA 10，New York: 5 %",
    "group_cap": "750.00",
}


def test_shares_by_grade_purpose_and_region_are_kept_as_they_were_typed(bob: Visitor) -> None:
    assert begin(bob, **SHARES, security="vehicle").status_code == 303

    page = bob.get(path_of_one(bob)).text

    for name, value in (SHARES | {"region_shares": "CA 10, New York 5"}).items():
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert field is not None, name
        assert f'value="{value}"' in field[0], name
    assert bob.get("/mandates/").text.count("$750.00") == 1
    assert "A vehicle" in bob.get("/mandates/").text


def test_targets_by_purpose_and_region_buy_nothing_else(
    app: Flask, bob: Visitor, watch: Watch
) -> None:
    a_market(app, "8000")  # a car in CA
    pay_in(app, "bob", "1000")
    begin(bob, aims_region="1", region_shares="NY 50")
    begin(bob, name="Cars", aims_purpose="1", share_car="10")

    watch.move(minutes=3)
    with app.app_context():
        jobs.run_due(clock.now())

    assert "It holds the most it may of such loans" in bob.get("/idle/").text
    assert "$100.00" in bob.get("/orders/").text


@pytest.mark.parametrize("text", ["CA", "CA 101", "10", "CA ten"])
def test_a_region_without_its_share_is_refused(bob: Visitor, text: str) -> None:
    page = begin(bob, region_shares=text)

    assert page.status_code == 422
    assert "Write each region with its share in per cent" in page.text


def test_targets_of_more_than_everything_are_refused(bob: Visitor) -> None:
    page = begin(bob, aims="1", share_A="60", share_B="60")

    assert page.status_code == 422
    assert "more than 100 % together" in page.text
