import re

import pytest
from flask import Flask

from tests.support.borrowing import offer_products
from tests.support.web import Visitor


@pytest.fixture
def guest(app: Flask) -> Visitor:
    offer_products(app)
    return Visitor(app)


def test_a_guest_sees_an_estimate_before_touching_anything(guest: Visitor) -> None:
    page = guest.get("/").text

    assert "Estimate for grade B" in page
    assert "$324.65" in page
    assert "not an offer" in page


def test_the_estimate_follows_what_is_asked(guest: Visitor) -> None:
    page = guest.get("/calculator/?product=personal-us&amount=15,000&term=60&credit=fair").text

    assert "Estimate for grade D" in page
    for figure in ("$392.59", "$900.00", "$14,100.00", "19.42%", "22.39%"):
        assert figure in page
    assert re.search(r'value="60"[^>]* checked', page)


def test_yuan_have_their_own_amounts_and_terms(guest: Visitor) -> None:
    page = guest.get("/calculator/?product=personal-cn&shown=personal-us&amount=7&term=60").text

    assert "CN¥1,000" in page
    assert "CN¥50,000.00" in page
    assert "none" in page


def test_a_chinese_reader_begins_with_yuan(app: Flask, guest: Visitor) -> None:
    del guest

    assert "¥50,000" in Visitor(app, language="zh-CN").get("/").text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("amount=1", "Enter $500.00 or more."),
        ("amount=510", "Enter a multiple of $25.00."),
        ("amount=much", "Enter an amount in digits"),
        ("amount=", "Enter how much you want to borrow."),
        ("credit=royal", "Choose one of the options."),
    ],
)
def test_a_question_that_has_no_answer_says_why(guest: Visitor, query: str, words: str) -> None:
    page = guest.get(f"/calculator/?product=personal-us&{query}")

    assert page.status_code == 422
    assert words in page.text
    assert "Estimate for grade" not in page.text


def test_what_it_does_not_know_is_left_aside(guest: Visitor) -> None:
    page = guest.get("/calculator/?product=gold&term=17&color=red")

    assert page.status_code == 200
    assert "Estimate for grade B" in page.text


def test_the_wish_goes_along_to_the_application(guest: Visitor) -> None:
    page = guest.get("/calculator/?amount=15,000&term=60").text

    assert "/applications/new/personal-us?amount=15,000&amp;term=60" in page


def test_without_a_product_there_is_no_calculator(app: Flask) -> None:
    guest = Visitor(app)

    assert guest.get("/calculator/").status_code == 404
    assert "What would a loan cost?" not in guest.get("/").text
