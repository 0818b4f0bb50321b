import re
from uuid import UUID, uuid4

import pytest
from flask import Flask

import servicing
from marketplace.models import Role
from tests.support.borrowing import a_loan, offer_products, read, usd
from tests.support.web import Visitor, Watch, settle


@pytest.fixture
def alice(app: Flask) -> Visitor:
    offer_products(app)
    visitor = Visitor(app)
    visitor.sign_in("alice")
    return visitor


@pytest.fixture
def loan(app: Flask, alice: Visitor) -> UUID:
    del alice
    return a_loan(app)


def later(alice: Visitor, watch: Watch, **distance: float) -> None:
    watch.move(**distance)
    alice.sign_in("alice")


def payments(app: Flask, loan: UUID) -> list[servicing.Payment]:
    return read(app, lambda session: servicing.payments(session, loan_id=loan))


def test_a_loan_shows_what_is_next(alice: Visitor, loan: UUID) -> None:
    page = alice.get(f"/loans/{loan}").text

    assert "Next payment" in page
    assert "$389.58" in page
    assert "due 23 Dec 2026" in page
    assert "0 of 36 made" in page
    assert "Nothing paid yet" in page
    assert f"/loans/{loan}" in alice.get("/loans/").text


def test_a_late_loan_says_so_first(alice: Visitor, loan: UUID, watch: Watch) -> None:
    later(alice, watch, days=50)

    page = alice.get(f"/loans/{loan}").text

    assert "20 days late" in page
    assert "To pay now" in page
    assert "late fee" in page
    assert "Overdue" in page


def test_a_payment_is_looked_at_then_made_then_receipted(
    app: Flask, alice: Visitor, loan: UUID, watch: Watch
) -> None:
    later(alice, watch, days=30)
    asked = alice.get(f"/loans/{loan}/pay").text
    key = re.search(r'name="key" value="([^"]+)"', asked)
    assert key is not None

    last = alice.get(f"/loans/{loan}/pay/confirm?kind=installment&amount=&key={key[1]}").text
    done = alice.post(f"/loans/{loan}/payments", kind="installment", amount="389.58", key=key[1])

    assert "Pay $389.58" in last
    assert "$285.38" in last
    assert "$104.20" in last
    assert done.location == f"/loans/{loan}/payments/1"
    receipt = alice.get(done.location).text
    assert "$389.58 paid" in receipt
    assert "$11,714.62" in receipt
    assert payments(app, loan)[0].principal == usd("285.38")


def test_a_payment_sent_twice_is_made_once(
    app: Flask, alice: Visitor, loan: UUID, watch: Watch
) -> None:
    later(alice, watch, days=30)
    sent = {"kind": "installment", "amount": "389.58", "key": str(uuid4())}

    first = alice.post(f"/loans/{loan}/payments", **sent)
    second = alice.post(f"/loans/{loan}/payments", **sent)

    assert first.location == second.location
    assert len(payments(app, loan)) == 1


def test_a_key_stands_for_one_payment(app: Flask, alice: Visitor, loan: UUID) -> None:
    sent = {"kind": "extra", "key": str(uuid4())}
    alice.post(f"/loans/{loan}/payments", amount="100", **sent)

    other = alice.post(f"/loans/{loan}/payments", amount="200", **sent)

    assert other.status_code == 422
    assert "There is a problem" in other.text
    assert len(payments(app, loan)) == 1


def test_an_extra_payment_is_as_much_as_one_likes(app: Flask, alice: Visitor, loan: UUID) -> None:
    key = str(uuid4())

    last = alice.get(f"/loans/{loan}/pay/confirm?kind=extra&amount=1,000&key={key}").text
    alice.post(f"/loans/{loan}/payments", kind="extra", amount="1000.00", key=key)

    assert "Pay $1,000.00" in last
    assert payments(app, loan)[0].principal == usd("1000")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("", "Enter how much you want to pay."),
        ("0", "Enter an amount above zero."),
        ("99999", "Enter $12,000.00 or less."),
        ("1.234", "Enter at most 2 digits after the point"),
    ],
)
def test_a_wrong_amount_is_named(alice: Visitor, loan: UUID, amount: str, words: str) -> None:
    page = alice.get(f"/loans/{loan}/pay/confirm?kind=extra&amount={amount}&key={uuid4()}")

    assert page.status_code == 422
    assert words in page.text


def test_a_payment_without_kind_or_key_is_not_made(app: Flask, alice: Visitor, loan: UUID) -> None:
    page = alice.post(f"/loans/{loan}/payments", amount="100")

    assert page.status_code == 422
    assert not payments(app, loan)


def test_a_payoff_settles_the_loan(app: Flask, alice: Visitor, loan: UUID, watch: Watch) -> None:
    later(alice, watch, days=10)
    page = alice.get(f"/loans/{loan}/payoff").text
    total = re.search(r"In all</dt>\s*<dd>(\$[\d,.]+)", page)
    assert total is not None

    done = alice.post(f"/loans/{loan}/payments", kind="payoff", amount=total[1], key=str(uuid4()))

    assert "Loan paid in full" in alice.get(done.location).text
    assert "Every cent of this loan is repaid." in alice.get(f"/loans/{loan}").text
    assert alice.get(f"/loans/{loan}/pay").location == f"/loans/{loan}"
    assert alice.get(f"/loans/{loan}/payoff").location == f"/loans/{loan}"
    assert payments(app, loan)[0].kind == "payoff"


def test_too_little_does_not_pay_off(app: Flask, alice: Visitor, loan: UUID) -> None:
    page = alice.post(f"/loans/{loan}/payments", kind="payoff", amount="1", key=str(uuid4()))

    assert page.status_code == 422
    assert "is not enough" in page.text
    assert not payments(app, loan)


def test_a_payoff_is_quoted_for_another_day(alice: Visitor, loan: UUID) -> None:
    later_day = alice.get(f"/loans/{loan}/payoff?on=2026-12-03").text
    past = alice.get(f"/loans/{loan}/payoff?on=2026-01-01")

    assert "If it is paid on 3 Dec 2026" in later_day
    assert "$12,034.73" in later_day
    assert past.status_code == 422
    assert "Choose today or a day within a year." in past.text


def test_the_schedule_tells_paid_from_coming(alice: Visitor, loan: UUID, watch: Watch) -> None:
    later(alice, watch, days=30)
    alice.post(f"/loans/{loan}/payments", kind="installment", amount="389.58", key=str(uuid4()))

    page = alice.get(f"/loans/{loan}/schedule").text

    assert page.count("Upcoming") == 35
    assert page.count("> Paid") + page.count(">Paid") >= 1


def test_another_borrower_s_loan_does_not_exist(app: Flask, loan: UUID) -> None:
    settle(app, "eve", Role.BORROWER)
    eve = Visitor(app)
    eve.sign_in("eve")
    paths = ["", "/schedule", "/payoff", "/pay", "/pay/confirm?kind=payoff", "/payments/1"]

    answers = [eve.get(f"/loans/{loan}{path}").status_code for path in paths]
    paid = eve.post(f"/loans/{loan}/payments", kind="extra", amount="5", key=str(uuid4()))

    assert answers == [404] * len(paths)
    assert paid.status_code == 404
    assert not payments(app, loan)


def test_a_payment_that_was_never_made_has_no_receipt(alice: Visitor, loan: UUID) -> None:
    assert alice.get(f"/loans/{loan}/payments/7").status_code == 404
    assert alice.get(f"/loans/{uuid4()}").status_code == 404


def test_who_has_no_loan_is_told_where_one_comes_from(alice: Visitor) -> None:
    assert "No loans yet" in alice.get("/loans/").text
