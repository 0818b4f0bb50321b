"""No page of any role has a serious fault that axe-core finds, by day and by night."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

import escrow
from marketplace import clock, reconciling
from marketplace.db import in_transaction, reader
from marketplace.models import Role
from tests.support.borrowing import a_listing, a_loan, a_submitted, funded, offer_products
from tests.support.browser import Site, Visit
from tests.support.lending import number, pay_in
from tests.support.web import PASSWORD, settle

AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
RUN = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
SERIOUS = {"serious", "critical"}

PEOPLE = {"alice": Role.BORROWER, "bob": Role.LENDER, "olga": Role.OPERATOR}
PAGES = {
    "": "/ /calculator/ /sign-in /register /nowhere",
    "alice": "/borrower/ /applications/ /applications/new /loans/ /loans/{loan} /loans/{loan}/pay"
    " /loans/{loan}/schedule /account",
    "bob": "/overview/investor/ /listings/ /listings/{listing} /orders/ /mandates/ /mandates/new"
    " /notes/ /wallet/ /wallet/deposits/new",
    "olga": "/operator/ /reviews/ /reviews/{application} /desk/ /servicing/ /servicing/{loan}"
    " /ledger/ /close/ /jobs/ /reconciliation/ /reconciliation/days/{day}"
    " /reconciliation/breaks/{broken} /custody/ /payouts/",
}


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def places(site: Site) -> dict[str, object]:
    """Let everybody have something to look at, and say where it is."""
    for name, role in PEOPLE.items():
        settle(site.app, name, role)
    offer_products(site.app)
    loan = a_loan(site.app)
    _application, listing = a_listing(site.app, amount="8000")
    funded(site.app, listing, "2000")
    pay_in(site.app, "bob", "500")
    asked = a_submitted(site.app)
    day, broken = a_break(site.app)
    return {
        "loan": loan,
        "listing": number(site.app, listing),
        "application": asked,
        "day": day,
        "broken": broken,
    }


def a_break(app: Flask) -> tuple[date, int]:
    """Let the bank tell of money that nobody knows; return the day and the number of the break."""
    with app.app_context():
        today = clock.today()
        body = f"account,booked_on,amount,currency,text\nDE1,{today},50.00,USD,who knows\n"
        take = partial(escrow.import_bank_file, body=body.encode(), name="bank.csv", by="olga")
        in_transaction(lambda session: take(session, at=clock.now()))
        reconciling.reconcile(today, at=clock.now())
        with reader() as session:
            return today, escrow.breaks(session, on=today)[0].number


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("locale", "width", "dark"), [("en-US", 1280, False), ("zh-CN", 390, True)]
)
def test_axe_finds_nothing_serious(
    visit: Visit, places: dict[str, object], name: str, locale: str, width: int, *, dark: bool
) -> None:
    page = visit("/sign-in", locale=locale, width=width, dark=dark)
    if name:
        sign_in(page, name)

    paths = PAGES[name].format(**places).split()
    faults = [fault for path in paths for fault in look(page, path)]

    assert not faults, "\n".join(faults)


def sign_in(page: Page, name: str) -> None:
    page.locator("#f-email").fill(f"{name}@tessera.example")
    page.locator("#f-password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def look(page: Page, path: str) -> Iterator[str]:
    page.goto(path)
    page.evaluate(AXE)
    violations: list[dict[str, Any]] = page.evaluate(RUN)
    for found in violations:
        if found["impact"] in SERIOUS:
            for node in found["nodes"]:
                yield f"{path}: {found['id']}: {node['html'][:120]}: {node['failureSummary']}"
