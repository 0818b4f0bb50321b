"""Money from a page of the demo bank, as whoever runs the demo pays there."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

import escrow
from marketplace import flows
from marketplace.models import Role
from simulator import Simulator
from tests.support.borrowing import a_loan, offer_products, read
from tests.support.browser import Site, Visit
from tests.support.stripe import carried_by, hear
from tests.support.web import PASSWORD, settle


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def bank() -> Iterator[Simulator]:
    with Simulator.start(public_url="/demo-bank") as bank:
        yield bank


@pytest.fixture
def settings(bank: Simulator) -> dict[str, Any]:
    return carried_by(bank) | {"DEMO_BANK": str(bank.store.path)}


@pytest.fixture(autouse=True)
def people(site: Site) -> None:
    settle(site.app, "alice", Role.BORROWER)
    settle(site.app, "bob", Role.LENDER)
    offer_products(site.app)


def sign_in(page: Page, name: str, home: str = "**/overview/**") -> None:
    page.goto("/sign-in")
    page.locator("#f-email").fill(f"{name}@tessera.example")
    page.locator("#f-password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(home)


def pay(page: Page, number: str = "4242 4242 4242 4242") -> None:
    """Fill in the bank's page and come back from it."""
    page.wait_for_url("**/demo-bank/pay/**")
    page.locator("[name=email]").fill("somebody@tessera.example")
    page.locator("[name=number]").fill(number)
    page.locator("[name=expires]").fill("12/40")
    page.locator("[name=cvc]").fill("123")
    page.locator("[name=name]").fill("Somebody")
    page.locator("form button[type=submit]").click()


def test_bob_adds_money_on_the_demo_bank_s_page(visit: Visit, site: Site, bank: Simulator) -> None:
    page = visit("/")
    sign_in(page, "bob")
    page.goto("/wallet/deposits/new")
    page.locator("#f-amount").fill("250")
    page.locator("main button[type=submit]").click()
    page.get_by_role("link", name="Continue to payment").click()
    pay(page)
    page.wait_for_url("**/wallet/**")

    hear(site.app, bank)
    page.reload()

    expect(page.get_by_text("Arrived", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text("$250.00")


def test_alice_says_where_to_be_paid_on_a_phone(visit: Visit, site: Site, bank: Simulator) -> None:
    page = visit("/", width=390)
    sign_in(page, "alice", "**/borrower/")
    page.goto("/destinations/")
    page.get_by_role("link", name="Add a bank account").first.click()
    page.locator("#f-password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.get_by_role("link", name="Continue").click()
    page.wait_for_url("**/demo-bank/onboard/**")
    newest = select(escrow.Destination.reference)
    account = read(site.app, lambda session: session.scalars(newest).one())
    bank.command("account", account=str(account))
    hear(site.app, bank)

    page.goto("/destinations/")

    expect(page.get_by_text("Verified")).to_be_visible()
    expect(page.get_by_text("•••• 6789")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "width", "dark"), [("en-US", 390, False), ("zh-CN", 1280, True)]
)
def test_alice_lets_her_loan_be_paid_by_itself(
    visit: Visit, site: Site, bank: Simulator, locale: str, width: int, *, dark: bool
) -> None:
    loan = a_loan(site.app, bank=flows.gateway)
    page = visit("/", locale=locale, width=width, dark=dark)
    sign_in(page, "alice", "**/borrower/")
    page.goto(f"/loans/{loan}/autopay/")
    page.locator("#f-agreed").check()
    page.locator("main form button[type=submit]").click()
    page.locator("main a.btn-primary").click()
    pay(page)
    page.wait_for_url("**/autopay/**")

    hear(site.app, bank)
    page.goto(f"/loans/{loan}/autopay/")

    expect(page.locator(".ts-state.ts-positive").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("4242")
    page.goto(f"/loans/{loan}")
    expect(page.locator("h1")).to_have_count(1)
