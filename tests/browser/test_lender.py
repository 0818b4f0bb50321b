"""Every page of an investor, in both languages and colours, on a screen and on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from kernel import Currency
from marketplace import clock, flows
from marketplace.db import atomic
from marketplace.models import Role
from tests.support.borrowing import a_listing, a_loan, funded, offer_products
from tests.support.browser import Site, Visit
from tests.support.lending import number, pay_in
from tests.support.web import PASSWORD, settle

HOME = "/overview/investor/"


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture(autouse=True)
def people(site: Site) -> None:
    settle(site.app, "alice", Role.BORROWER)
    settle(site.app, "bob", Role.LENDER)
    offer_products(site.app)


def a_batch_later(site: Site, *, minutes: int) -> None:
    """Run a batch as if so many minutes had passed."""
    with site.app.app_context(), atomic() as session:
        at = clock.now() + timedelta(minutes=minutes)
        flows.run_batch(session, currency=Currency.USD, name=f"{minutes}", at=at)


def sign_in(page: Page, name: str = "bob", home: str = HOME) -> None:
    page.goto("/sign-in")
    page.locator("#f-email").fill(f"{name}@tessera.example")
    page.locator("#f-password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"**{home}")


def a_market(site: Site) -> int:
    """Let bob hold a note, a reservation and cash; return the number of an open listing."""
    a_loan(site.app)
    _application, listing = a_listing(site.app, amount="8000")
    funded(site.app, listing, "2000")
    pay_in(site.app, "bob", "500")
    return number(site.app, listing)


def open_page(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    expect(page.locator("h1"), path).to_have_count(1)


@pytest.mark.parametrize(
    ("locale", "width", "dark"),
    [("en-US", 390, False), ("zh-CN", 1280, False), ("zh-CN", 390, True), ("en-US", 1280, True)],
)
def test_the_pages_of_investors_keep_their_promises(
    visit: Visit, site: Site, locale: str, width: int, *, dark: bool
) -> None:
    listing = a_market(site)
    page = visit("/", locale=locale, width=width, dark=dark)
    sign_in(page)
    for path in (
        HOME,
        "/listings/",
        "/listings/?grade=A&purpose=wedding",
        f"/listings/{listing}",
        "/orders/",
        "/orders/?all=1",
        "/baskets/new",
        "/idle/",
        "/mandates/",
        "/mandates/new",
        "/notes/",
        "/notes/?standing=settled",
        "/wallet/",
        "/wallet/deposits/new",
        "/wallet/withdrawals/new",
    ):
        open_page(page, path)
    for start, link in (("/orders/", "/orders/0"), ("/notes/", "/notes/0")):
        page.goto(start)
        page.locator(f'main a[href^="{link}"]').first.click()
        page.wait_for_url(f"**{link}*")
        expect(page.locator("h1")).to_have_count(1)


def test_a_new_investor_s_pages_say_where_to_begin(visit: Visit) -> None:
    page = visit("/", width=390)
    sign_in(page)
    for path in (HOME, "/listings/", "/orders/", "/mandates/", "/notes/", "/wallet/"):
        page.goto(path)

        expect(page.locator(".ts-empty .btn").first, path).to_be_visible()


def test_an_investor_orders_by_hand(visit: Visit, site: Site) -> None:
    listing = a_market(site)
    page = visit("/")
    sign_in(page)
    page.goto(f"/listings/{listing}")
    page.locator("#f-amount").fill("250")
    page.locator(".ts-order button[type=submit]").click()

    page.get_by_role("button", name="Invest $250.00").click()

    expect(page.locator("h1")).to_have_text("$250.00 is reserved for you")


def test_filters_are_applied_as_soon_as_they_change(visit: Visit, site: Site) -> None:
    listing = a_market(site)
    page = visit("/")
    sign_in(page)
    page.goto("/listings/")
    expect(page.get_by_text(f"L-{listing}")).to_be_visible()

    page.locator("select[name=purpose]").select_option("wedding")

    expect(page.get_by_text("No loan fits these filters")).to_be_visible()
    assert "purpose=wedding" in page.url


def test_the_loans_that_fit_are_counted_while_one_types(visit: Visit, site: Site) -> None:
    a_market(site)
    page = visit("/")
    sign_in(page)
    page.goto("/mandates/new")
    expect(page.locator("#matching b")).to_have_text("1 open loan fits now")

    page.locator("#f-rate_min").fill("99")

    expect(page.locator("#matching b")).to_have_text("0 open loans fit now")


@pytest.mark.parametrize(("locale", "told"), [("en-US", "Waiting since"), ("zh-CN", "等待时间")])
def test_a_standing_order_is_begun_and_read_about_and_an_operator_reads_how_fair_it_was(
    visit: Visit, site: Site, locale: str, told: str
) -> None:
    a_market(site)
    pay_in(site.app, "bob", "1000")  # more than the mandate may place in the one loan
    page = visit("/", locale=locale, width=390)
    sign_in(page)
    page.goto("/mandates/new")
    page.locator("#f-name").fill("All")
    page.locator("#f-cap").fill("2500")
    page.locator("main button[type=submit]").last.click()
    page.wait_for_url("**/mandates/")
    for minutes in (0, 60):
        a_batch_later(site, minutes=minutes)

    open_page(page, "/idle/")
    expect(page.get_by_text(told)).to_be_visible()
    settle(site.app, "olga", Role.OPERATOR)
    desk = visit("/", locale=locale, width=390)
    sign_in(desk, "olga", home="/operator/")
    open_page(desk, "/batches/")
    expect(desk.locator(".ts-chart").first).to_be_visible()
    desk.locator('main a[href^="/batches/0"]').first.click()
    desk.wait_for_url("**/batches/0*")
    expect(desk.locator("h1")).to_have_count(1)


def test_several_loans_are_ordered_at_once_and_one_order_is_taken_back(
    visit: Visit, site: Site
) -> None:
    listing = a_market(site)
    page = visit("/", locale="zh-CN")
    sign_in(page)
    page.goto("/baskets/new")
    page.locator(f"#f-amount_{listing}").fill("100")
    page.locator(".ts-basket button[type=submit]").click()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/baskets/0*")
    expect(page.get_by_text("ORDER_FULFILLED")).to_be_visible()

    page.locator('main a[href^="/orders/0"]').first.click()
    page.locator('main form[action$="/cancel"] button').click()

    page.wait_for_url("**/orders/")
