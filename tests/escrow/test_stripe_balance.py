"""What Stripe says of our balance, asked over HTTP of the demo bank by the real package."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from escrow import BalanceLine, StripeGateway
from escrow.stripe_balance import _currency, _line
from kernel import Currency, Money
from simulator import KEY, SECRET, Simulator

NUMBER = "4000000000000077"  # its money is available at once


@pytest.fixture
def bank() -> Iterator[Simulator]:
    with Simulator.start() as bank:
        yield bank


@pytest.fixture
def gateway(bank: Simulator) -> StripeGateway:
    return StripeGateway(KEY, webhook_secret=SECRET, base=bank.url)


def paid(bank: Simulator, amount: int, **about: str) -> Any:
    client = bank.client().v1
    method = client.payment_methods.create(
        {
            "type": "card",
            "card": {"number": NUMBER, "exp_month": 12, "exp_year": 2040, "cvc": "123"},
        }
    )
    return client.payment_intents.create(
        {
            "amount": amount,
            "currency": "usd",
            "payment_method": method.id,
            "confirm": True,
            "return_url": "http://localhost/",
            "metadata": about,
        }
    )


def lines(bank: Simulator, gateway: StripeGateway) -> list[BalanceLine]:
    """Return everything that is told, page after page."""
    now, found, after = datetime.fromtimestamp(bank.now, UTC), list[BalanceLine](), ""
    while True:
        page = gateway.balance_page(
            since=now - timedelta(days=1), until=now + timedelta(seconds=1), after=after
        )
        found += page.lines
        after = page.after
        if not after:
            return found


def test_changes_are_told_page_by_page_with_what_they_belong_to(
    bank: Simulator, gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("escrow.stripe_balance.PAGE", 2)
    for number in range(3):
        paid(bank, 1000 + number, deposit_id=f"d{number}")

    found = lines(bank, gateway)

    assert [each.about["deposit_id"] for each in found] == ["d2", "d1", "d0"]
    assert [each.amount.minor for each in found] == [1002, 1001, 1000]
    assert gateway.held()[Currency.USD] == Money(
        sum(each.amount.minor - each.fee.minor for each in found), Currency.USD
    )


def test_a_refund_names_the_payment_that_it_belongs_to(
    bank: Simulator, gateway: StripeGateway
) -> None:
    intent = paid(bank, 1000, deposit_id="d")
    bank.client().v1.refunds.create({"payment_intent": intent.id})

    refund, charge = lines(bank, gateway)

    assert refund.about["parent"] == charge.source


def test_a_payment_to_our_bank_has_no_metadata_and_is_no_part_of_itself(
    bank: Simulator, gateway: StripeGateway
) -> None:
    paid(bank, 1000)
    payout = bank.client().v1.payouts.create({"amount": 500, "currency": "usd"})

    line = lines(bank, gateway)[0]

    assert (line.kind, line.source, line.amount.minor) == ("payout", payout.id, -500)
    assert gateway.bundled(payout.id) == []


class Told:
    """A change of the balance as the package hands it over."""

    def __init__(self, **facts: Any) -> None:
        self.id, self.created, self.amount, self.fee = "txn", 0, 5, 0
        self.currency, self.type, self.description, self.source = "usd", "topup", None, None
        self.__dict__.update(facts)


def test_what_was_there_before_says_so_and_what_has_no_source_has_none() -> None:
    before, plain = _line(Told(description="Opening balance")), _line(Told())

    assert before is not None
    assert before.about == {"opening": True}
    assert plain is not None
    assert (plain.about, plain.source) == ({}, "")


def test_a_source_that_is_only_named_tells_nothing_more() -> None:
    found = _line(Told(source="ch_1"))

    assert found is not None
    assert (found.source, found.about) == ("ch_1", {})


def test_a_currency_that_the_book_does_not_hold_is_left_out() -> None:
    assert _line(Told(currency="xxx")) is None
    assert _currency("eur") is Currency.EUR
