"""Where scripts do not run, money moves all the same: an order by hand, a payment on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

import origination
from marketplace.models import Role
from tests.journeys.hands import Hand
from tests.support.borrowing import a_listing, a_loan, offer_products, read, usd
from tests.support.browser import Site
from tests.support.web import settle


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def hand(browser: Browser, site: Site) -> Iterator[Hand]:
    for name, role in {"alice": Role.BORROWER, "bob": Role.LENDER}.items():
        settle(site.app, name, role)
    offer_products(site.app)
    context = browser.new_context(
        base_url=site.url,
        java_script_enabled=False,
        locale="en-US",
        viewport={"width": 390, "height": 900},
    )
    yield Hand(context.new_page())
    context.close()


def test_an_order_is_placed(site: Site, hand: Hand) -> None:
    _application, listing = a_listing(site.app)
    number = read(site.app, lambda s: origination.listing_detail(s, listing_id=listing)).card.number
    hand.sign_in("bob")
    hand.go("/wallet/deposits/new")
    hand.fill(amount="500")
    hand.press("/wallet/deposits/")
    hand.press("/pay")

    hand.go("/listings/")
    hand.follow(f"/listings/{number}")
    hand.fill(amount="500")
    hand.press(f"/orders/{number}")
    hand.press(f"/orders/{number}")

    assert "$500.00 is reserved for you" in hand.said
    detail = read(site.app, lambda s: origination.listing_detail(s, listing_id=listing))
    assert detail.card.reserved == usd("500")


def test_an_installment_is_paid(site: Site, hand: Hand) -> None:
    loan = a_loan(site.app)
    hand.sign_in("alice")

    hand.go("/loans/")
    hand.follow(f"/loans/{loan}")
    hand.follow("/pay")
    hand.fill(kind="installment")
    hand.press("/pay/confirm")
    hand.press("/payments")

    assert hand.page.url.endswith("/payments/1")
    assert hand.page.locator(".ts-done").is_visible()
