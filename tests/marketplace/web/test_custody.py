"""Client money rests where two operators choose; at a bank it comes and goes by transfer."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

import escrow
from escrow import AccountKind, AccountRef
from kernel import Currency, Money, new_id
from marketplace import clock, jobs, reconciling
from marketplace.models import Role
from tests.support.borrowing import a_listing, funded, offer_products, person, read, usd
from tests.support.web import PASSWORD, Visitor, settle, shell

BANK = {"BANK_NAME": "Trust Bank", "BANK_ACCOUNT_HOLDER": "Tessera", "BANK_ACCOUNT": "DE1"}
IBAN = "DE89 3704 0044 0532 0130 00"
CAST = {"alice": Role.BORROWER, "bob": Role.LENDER, "olga": Role.OPERATOR, "oscar": Role.OPERATOR}


@pytest.fixture
def settings() -> dict[str, str]:
    return BANK


@pytest.fixture
def app(database: str, tmp_path: Path, settings: dict[str, str]) -> Iterator[Flask]:
    with shell(database, tmp_path, **settings) as app:
        for name, role in CAST.items():
            settle(app, name, role)
        yield app


@pytest.fixture
def olga(app: Flask) -> Visitor:
    return signed_in(app, "olga")


@pytest.fixture
def bob(app: Flask) -> Visitor:
    return signed_in(app, "bob")


@pytest.fixture
def _at_the_bank(app: Flask, olga: Visitor) -> None:
    """Let client money rest at the bank."""
    assert olga.post("/custody/", kind="bank", why="a trust account").status_code == 303
    oscar = signed_in(app, "oscar")
    assert oscar.post(f"{proposal(oscar)}/agree").status_code == 303


def signed_in(app: Flask, name: str) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(name)
    return visitor


def proposal(visitor: Visitor) -> str:
    path: str = re.findall(
        r'action="(/custody/[0-9a-f-]{36})/agree"', visitor.get("/custody/").text
    )[0]
    return path


def told_by_the_bank(app: Flask, olga: Visitor, *rows: tuple[str, str]) -> None:
    """Import a statement and let the worker reconcile with it."""
    with app.app_context():
        today = clock.today()
    lines = [f"DE1,{today},{amount},USD,{new_id()},{text}" for amount, text in rows]
    body = "\n".join(["account,booked_on,amount,currency,bank_reference,text", *lines])
    olga.post("/reconciliation/files", file=(BytesIO(body.encode()), "bank.csv"))
    with app.app_context():
        jobs.run_due(clock.now())
        reconciling.reconcile(today, at=clock.now())


def cash(app: Flask) -> Money:
    bob = AccountRef(AccountKind.LENDER, person(app, "bob"), Currency.USD)
    return read(app, lambda session: escrow.balance(session, account=bob))


def reference(bob: Visitor) -> str:
    found = re.search(r"<code>(RF[\dA-Z ]+)</code>", bob.get("/wallet/deposits/new").text)
    assert found is not None
    return found[1]


def account_of(visitor: Visitor, number: str = IBAN) -> int:
    key = str(new_id())
    return visitor.post("/destinations/", account=number, password=PASSWORD, key=key).status_code


def breaks(app: Flask) -> int:
    with app.app_context():
        today = clock.today()
    return len(read(app, lambda session: escrow.breaks(session, on=today)))


@pytest.mark.parametrize("settings", [{}])
def test_a_place_that_is_not_set_up_cannot_be_chosen(olga: Visitor) -> None:
    bank = olga.post("/custody/", kind="bank", why="a trust account")
    stripe = olga.post("/custody/", kind="stripe", why="a trust account")

    assert (bank.status_code, stripe.status_code) == (422, 422)
    assert "set BANK_NAME, BANK_ACCOUNT_HOLDER, BANK_ACCOUNT first" in bank.text
    assert "a trust account" in bank.text
    assert "STRIPE_SECRET_KEY" in stripe.text


def test_one_person_proposes_and_another_decides(app: Flask, olga: Visitor) -> None:
    same = olga.post("/custody/", kind="sandbox", why="as it is")
    olga.post("/custody/", kind="bank", why="a trust account")
    oscar = signed_in(app, "oscar")
    path = proposal(oscar)

    alone = olga.post(f"{path}/agree")
    refused = oscar.post(f"{path}/refuse")

    assert (same.status_code, alone.status_code, refused.status_code) == (422, 422, 303)
    page = olga.get("/custody/").text
    assert "The demo bank inside the application" in page
    assert "Refused" in page


@pytest.mark.usefixtures("_at_the_bank")
def test_a_transfer_with_the_reference_is_the_lenders_cash(
    app: Flask, olga: Visitor, bob: Visitor
) -> None:
    words = reference(bob)
    assert reference(bob) == words
    assert "Trust Bank" in bob.get("/wallet/deposits/new").text
    assert bob.post("/wallet/deposits/", amount="5").location == "/wallet/deposits/new"

    told_by_the_bank(app, olga, ("500.00", f"Bob {words}"), ("7.00", "nobody's"))

    assert cash(app) == usd("500")
    assert breaks(app) == 1


@pytest.mark.usefixtures("_at_the_bank")
def test_a_withdrawal_leaves_by_a_file_and_is_paid_by_its_line(
    app: Flask, olga: Visitor, bob: Visitor
) -> None:
    told_by_the_bank(app, olga, ("500.00", reference(bob)))
    assert account_of(bob, "DE89 3704 0044 0532 0130 01") == 422
    assert account_of(bob) == 303
    chosen = re.findall(r'<option value="([0-9a-f-]{36})"', bob.get("/wallet/withdrawals/new").text)
    sent = bob.post(
        "/wallet/withdrawals/?confirmed=1",
        currency="USD",
        amount="200",
        destination=chosen[0],
        password=PASSWORD,
        key=str(new_id()),
    )
    assert sent.status_code == 303
    with app.app_context():
        jobs.run_due(clock.now())
    assert "1 payout waits: $200.00." in olga.get("/payouts/").text

    assert olga.post("/payouts/files", currency="USD").status_code == 303
    again = olga.post("/payouts/files", currency="USD")
    path = re.findall(r'href="(/payouts/files/[^"]+)"', olga.get("/payouts/").text)[0]
    body = olga.get(path).text
    _file, payout, account, amount, *_rest = body.splitlines()[1].split(",")
    told_by_the_bank(app, olga, ("-200.00", f"Payout {payout}"))

    assert again.status_code == 422
    assert (account, amount) == ("DE89370400440532013000", "200.00")
    assert cash(app) == usd("300")
    assert breaks(app) == 0


def test_an_account_that_was_added_for_the_provider_is_not_paid_by_file(
    app: Flask, olga: Visitor, bob: Visitor
) -> None:
    account_of(bob, "anything goes")
    chosen = re.findall(
        r'<option value="([0-9a-f-]{36})"', bob.get("/wallet/withdrawals/new").text
    )[0]
    olga.post("/custody/", kind="bank", why="a trust account")
    oscar = signed_in(app, "oscar")
    oscar.post(f"{proposal(oscar)}/agree")
    told_by_the_bank(app, olga, ("500.00", reference(bob)))

    filled = {"currency": "USD", "amount": "200", "password": PASSWORD, "key": str(new_id())}
    answer = bob.post("/wallet/withdrawals/?confirmed=1", destination=chosen, **filled)

    assert answer.status_code == 422
    assert "/destinations/new" in answer.text
    assert cash(app) == usd("500")


@pytest.mark.usefixtures("_at_the_bank")
def test_a_loan_is_paid_out_to_a_borrower_who_named_an_account(app: Flask, olga: Visitor) -> None:
    offer_products(app)
    _application, listing = a_listing(app, amount="2000")
    funded(app, listing, "2000")

    early = olga.post(f"/desk/{listing}/disburse")
    account_of(signed_in(app, "alice"))
    late = olga.post(f"/desk/{listing}/disburse")

    assert early.status_code == 422
    assert late.status_code == 303
    assert "1 payout waits" in olga.get("/payouts/").text
