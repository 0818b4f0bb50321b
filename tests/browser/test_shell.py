"""Every page of the shell, in both languages and colours, on a screen and on a phone.

`visit` fails a test whose page breaks the content policy, complains, asks elsewhere or scrolls
sideways; add the path of a new page to the list below.
"""

import pytest
from playwright.sync_api import Browser, Page

from marketplace.models import Role
from tests.support.browser import Site, Visit
from tests.support.web import PASSWORD, settle

FOR_GUESTS = ["/", "/sign-in", "/register", "/dev/inbox", "/dev/components"]
FOR_MEMBERS = ["/account", "/dev/components"]
LOCALES = {"en-US": "en", "zh-CN": "zh-Hans"}


@pytest.fixture
def backend() -> str:
    return "sqlite"


def sign_in(page: Page, name: str = "bob") -> None:
    page.goto("/sign-in")
    page.locator("#f-email").fill(f"{name}@tessera.example")
    page.locator("#f-password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/*")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_pages_of_guests_keep_their_promises(
    visit: Visit, locale: str, width: int, *, dark: bool
) -> None:
    page = visit("/", locale=locale, width=width, dark=dark)
    for path in FOR_GUESTS:
        page.goto(path)

        assert page.locator("html").get_attribute("lang") == LOCALES[locale]
        assert page.locator("h1").first.is_visible()
        assert background(page) == ("rgb(15, 19, 25)" if dark else "rgb(246, 247, 249)")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_pages_of_members_keep_their_promises(
    visit: Visit, site: Site, locale: str, width: int, *, dark: bool
) -> None:
    settle(site.app, "bob", Role.LENDER)
    page = visit("/", locale=locale, width=width, dark=dark)
    sign_in(page)
    for path in FOR_MEMBERS:
        page.goto(path)

        assert page.locator("h1").first.is_visible()
        assert "Bob" in page.locator(".ts-menu summary").inner_text() or width < 992


def test_a_chosen_language_and_theme_stay(visit: Visit) -> None:
    page = visit("/sign-in")
    page.locator(".ts-menu summary").click()
    page.get_by_role("button", name="Dark").click()
    page.locator(".ts-menu summary").click()
    page.get_by_role("button", name="简体中文").click()

    assert page.url.endswith("/sign-in")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert background(page) == "rgb(15, 19, 25)"


def test_the_system_s_colours_are_followed_while_the_page_is_open(visit: Visit) -> None:
    page = visit("/dev/components")
    page.locator(".ts-chart-canvas canvas").first.wait_for()

    page.emulate_media(color_scheme="dark")
    page.locator("html[data-bs-theme=dark]").wait_for()

    assert background(page) == "rgb(15, 19, 25)"


def test_a_chart_is_drawn_and_its_figures_stand_below(visit: Visit) -> None:
    page = visit("/dev/components", locale="zh-CN")
    chart = page.locator(".ts-chart").first
    chart.locator("canvas").wait_for()

    chart.locator(".ts-chart-canvas").hover(position={"x": 120, "y": 120})
    chart.locator("summary").click()

    assert "US$820.00" in chart.locator("table").inner_text()


def test_the_first_key_leads_past_the_navigation(visit: Visit) -> None:
    page = visit("/sign-in")

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"


def test_the_menu_closes_on_escape(visit: Visit) -> None:
    page = visit("/")
    page.locator(".ts-menu summary").click()
    panel = page.locator(".ts-menu-panel")
    assert panel.is_visible()

    page.keyboard.press("Escape")

    assert not panel.is_visible()


def test_a_form_is_sent_once_however_often_it_is_clicked(visit: Visit, site: Site) -> None:
    settle(site.app, "bob", Role.LENDER)
    page = visit("/sign-in")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.locator("#f-email").fill("bob@tessera.example")
    page.locator("#f-password").fill(PASSWORD)

    page.locator("main button[type=submit]").dblclick()
    page.wait_for_url("**/overview/investor/")

    assert len(sent) == 1


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_refused_form_puts_its_reader_before_what_is_wrong(
    visit: Visit, locale: str, width: int
) -> None:
    page = visit("/dev/components", locale=locale, width=width)
    page.locator(".ts-form .btn-primary").first.click()
    summary = page.locator(".ts-errors").first

    assert page.evaluate("document.activeElement.className") == "ts-errors"
    summary.locator("a").first.click()
    assert page.evaluate("document.activeElement.id || location.hash") in {"f-email", "#f-email"}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("locale", LOCALES)
def test_a_page_that_is_not_there_looks_like_the_house(
    visit: Visit, locale: str, width: int
) -> None:
    page = visit("/nothing-here", locale=locale, width=width)

    assert page.locator(".ts-fault-code").inner_text() == "404"


def test_a_password_can_be_looked_at(visit: Visit) -> None:
    page = visit("/sign-in")
    page.locator("#f-password").fill("secret words")

    page.get_by_role("button", name="Show password").click()

    assert page.locator("#f-password").get_attribute("type") == "text"


def test_everything_works_without_scripts(browser: Browser, site: Site) -> None:
    settle(site.app, "bob", Role.LENDER)
    context = browser.new_context(
        base_url=site.url, java_script_enabled=False, color_scheme="dark", locale="en-US"
    )
    page = context.new_page()

    sign_in(page)
    page.goto("/account")
    page.locator(".ts-menu summary").click()
    page.get_by_role("button", name="简体中文").first.click()
    page.locator("#f-name").fill("")
    page.get_by_role("button", name="保存姓名").click()

    assert page.title().startswith("错误：")
    assert page.locator(".ts-errors a").inner_text() == "请输入姓名。"
    context.close()


def background(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


def test_who_reads_for_long_is_asked_before_the_session_ends(visit: Visit, site: Site) -> None:
    settle(site.app, "bob", Role.LENDER)
    page = visit("/sign-in")
    page.clock.install()
    sign_in(page)
    page.goto("/account")
    question = page.get_by_role("dialog", name="Are you still there?")

    page.clock.fast_forward("12:59")
    assert not question.is_visible()
    page.clock.fast_forward("00:02")
    question.get_by_role("button", name="Stay signed in").click()
    question.wait_for(state="hidden")
    page.clock.fast_forward("13:01")
    question.wait_for()
    page.clock.fast_forward("02:00")

    assert question.get_by_text("You are signed out now.").is_visible()
    assert question.get_by_role("link", name="Sign in").is_visible()
