"""Every page of a borrower, in both languages and colours, on a screen and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from marketplace.models import Role
from tests.support.borrowing import (
    a_draft,
    a_listing,
    a_loan,
    an_offer,
    funded,
    offer_products,
)
from tests.support.browser import Site, Visit
from tests.support.web import PASSWORD, settle


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def people(site: Site) -> None:
    settle(site.app, "alice", Role.BORROWER)
    settle(site.app, "bob", Role.LENDER)
    offer_products(site.app)


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.locator("#f-email").fill("alice@tessera.example")
    page.locator("#f-password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/borrower/")


def paths(site: Site) -> list[str]:
    """Return every page, with something on it."""
    draft, offer, loan = a_draft(site.app), an_offer(site.app), a_loan(site.app)
    application, listing = a_listing(site.app, amount="8000")
    funded(site.app, listing, "2000")
    return [
        "/borrower/",
        "/applications/",
        "/applications/new",
        "/applications/new/personal-us",
        *(f"/applications/{draft}/{step}" for step in ("loan", "about", "income", "credit")),
        f"/applications/{draft}/check",
        f"/applications/{offer}",
        f"/applications/{offer}/submitted",
        f"/applications/{offer}/withdraw",
        f"/applications/{application}",
        f"/offers/{offer}",
        "/loans/",
        *(f"/loans/{loan}{page}" for page in ("", "/schedule", "/payoff", "/pay")),
        f"/loans/{loan}/pay/confirm?kind=extra&amount=100&key={loan}",
    ]


@pytest.mark.parametrize(
    ("locale", "width", "dark"),
    [("en-US", 390, False), ("zh-CN", 1280, False), ("zh-CN", 390, True), ("en-US", 1280, True)],
)
def test_the_pages_of_borrowers_keep_their_promises(
    visit: Visit, site: Site, locale: str, width: int, *, dark: bool
) -> None:
    page = visit("/calculator/", locale=locale, width=width, dark=dark)
    expect(page.locator("h1")).to_have_count(1)
    sign_in(page)
    for path in paths(site):
        answer = page.goto(path)

        assert answer is not None
        assert answer.status == 200, path
        expect(page.locator("h1"), path).to_have_count(1)


def test_the_calculator_follows_its_slider_and_its_buttons(visit: Visit) -> None:
    page = visit("/calculator/")
    before = page.locator(".ts-calculator-sum b").inner_text()

    page.locator(".ts-slider").focus()
    page.keyboard.press("End")
    expect(page.locator(".ts-calculator-sum b")).not_to_have_text(before)

    expect(page.locator("#f-amount")).to_have_value("40,000")
    page.get_by_text("Excellent").click()
    expect(page.locator(".ts-calculator-answer .ts-over")).to_have_text("Estimate for grade A")
    page.get_by_text("CNY", exact=True).first.click()
    expect(page.locator("#f-amount")).to_have_value("50,000")


def test_a_borrower_pays_by_hand(visit: Visit, site: Site) -> None:
    loan = a_loan(site.app)
    page = visit("/sign-in", width=390)
    sign_in(page)
    page.goto(f"/loans/{loan}/pay")
    page.get_by_text("Another amount", exact=True).click()
    page.locator("#f-amount").fill("250")
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("button", name="Pay $250.00").click()

    expect(page.locator("h1")).to_have_text("$250.00 paid")
