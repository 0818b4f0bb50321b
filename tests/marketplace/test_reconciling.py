"""The book is held against provider and bank every day, and operators settle what differs."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import escrow
from escrow import AccountKind, AccountRef, ReportFile
from kernel import Currency, Money, Unavailable
from marketplace import clock, closing, jobs, reconciling
from marketplace.db import in_transaction
from marketplace.models import Role
from simulator import Simulator
from tests.marketplace.test_carrying import begun, pay
from tests.support.borrowing import person, read, usd
from tests.support.stripe import carried_by, hear, work
from tests.support.web import Visitor, settle, shell

CAST = {"bob": Role.LENDER, "olga": Role.OPERATOR, "oscar": Role.OPERATOR}


@pytest.fixture
def bank() -> Iterator[Simulator]:
    with Simulator.start() as bank:
        yield bank


@pytest.fixture
def app(database: str, tmp_path: Path, bank: Simulator) -> Iterator[Flask]:
    with shell(database, tmp_path, **carried_by(bank)) as app:
        for name, role in CAST.items():
            settle(app, name, role)
        yield app


@pytest.fixture
def olga(app: Flask) -> Visitor:
    return signed_in(app, "olga")


def signed_in(app: Flask, name: str) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(name)
    return visitor


def reconciled(app: Flask) -> ReportFile:
    """Reconcile today, and return the report."""
    with app.app_context():
        reconciling.reconcile(clock.today(), at=clock.now())
        today = clock.today()
    return read(app, lambda session: escrow.report_of(session, day=today))


def cash(app: Flask) -> Money:
    bob = AccountRef(AccountKind.LENDER, person(app, "bob"), Currency.USD)
    return read(app, lambda session: escrow.balance(session, account=bob))


def statement(app: Flask, amount: str, text: str = "from somebody") -> bytes:
    with app.app_context():
        today = clock.today()
    head = "account,booked_on,amount,currency,bank_reference,text\n"
    return f"{head}DE1,{today},{amount},USD,B1,{text}\n".encode()


def send(visitor: Visitor, body: bytes, name: str = "bank.csv") -> TestResponse:
    return visitor.post("/reconciliation/files", file=(BytesIO(body), name))


def verdicts(report: ReportFile) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for flow in report.body["flows"]:
        found.setdefault(flow["flow"].partition(":")[0], []).append(flow["verdict"])
    return found


def test_a_deposit_by_card_clears_and_its_price_waits_for_fees(app: Flask, bank: Simulator) -> None:
    pay(app, bank, begun(app), "4242424242424242")
    hear(app, bank)

    report = reconciled(app)

    assert verdicts(report) == {"deposit": ["cleared"], "fee": ["explained"]}
    (standing,) = report.body["standings"]
    assert standing["told"] == standing["lines"]


def test_what_the_provider_told_is_read_in_pages_and_once(app: Flask, bank: Simulator) -> None:
    for _each in range(3):
        pay(app, bank, begun(app), "4242424242424242")
    hear(app, bank)

    first, second = reconciled(app), reconciled(app)

    assert first.line.flows == second.line.flows == 6
    assert (second.line.breaks, second.runs) == (0, 2)


def test_reading_that_was_interrupted_goes_on_where_it_was_left(
    app: Flask, bank: Simulator
) -> None:
    pay(app, bank, begun(app), "4242424242424242")
    hear(app, bank)
    with app.app_context():
        in_transaction(
            lambda session: escrow.begin_fetch(session, gateway="stripe", at=clock.now())
        )
    bank.command("clock", seconds=60)
    pay(app, bank, begun(app), "4242424242424242")
    hear(app, bank)

    assert verdicts(reconciled(app))["deposit"] == ["cleared", "cleared"]


def test_a_day_that_is_closed_is_reconciled_in_the_next_morning(
    app: Flask, bank: Simulator
) -> None:
    pay(app, bank, begun(app), "4242424242424242")
    hear(app, bank)
    with app.app_context():
        day = clock.today()
        closing.close_day(day, at=clock.now())
    work(app)
    assert read(app, escrow.reports) == ()

    bank.command("clock", seconds=int(timedelta(days=1).total_seconds()))
    work(app)

    (line,) = read(app, escrow.reports)
    assert (line.day, line.breaks) == (day, 0)


def test_a_provider_that_does_not_answer_is_asked_again_later(app: Flask, bank: Simulator) -> None:
    pay(app, bank, begun(app), "4242424242424242")
    hear(app, bank)
    bank.command("fault", kind="server_error", moment="before", times=9)

    with app.app_context(), pytest.raises(Unavailable):
        reconciling.reconcile(clock.today(), at=clock.now())
    assert read(app, escrow.reports) == ()

    bank.command("fault", clear=True)
    assert reconciled(app).line.breaks == 0


def test_money_that_nobody_knows_is_given_to_its_owner_by_two_people(
    app: Flask, olga: Visitor
) -> None:
    assert send(olga, statement(app, "50.00", "bob by transfer")).status_code == 303
    reconciled(app)
    page = olga.get("/reconciliation/").text
    number = re.findall(r"/reconciliation/breaks/(\d+)", page)[0]
    assert "The book does not have it" in page
    assert "bob by transfer" in olga.get(f"/reconciliation/breaks/{number}").text

    olga.post(f"/reconciliation/breaks/{number}/take", known="Bob wrote that he sent it")
    proposed = olga.post(
        f"/reconciliation/breaks/{number}/resolve",
        remedy="give",
        whose="bob@tessera.example",
        note="his transfer",
    )
    alone = olga.post(f"/reconciliation/breaks/{number}/agree")
    assert (proposed.status_code, alone.status_code) == (303, 422)
    assert "Another person has to agree" in alone.text
    assert cash(app) == usd("0")

    oscar = signed_in(app, "oscar")
    assert "Proposed by Olga" in oscar.get(f"/reconciliation/breaks/{number}").text
    assert oscar.post(f"/reconciliation/breaks/{number}/agree").status_code == 303

    assert cash(app) == usd("50")
    assert reconciled(app).line.breaks == 0
    assert "No breaks" in olga.get("/reconciliation/").text
    assert f"Break {number}" in olga.get("/reconciliation/?breaks=all").text


def test_a_remedy_that_cannot_be_says_why_and_keeps_what_was_written(
    app: Flask, olga: Visitor
) -> None:
    send(olga, statement(app, "50.00"))
    reconciled(app)
    number = re.findall(r"/reconciliation/breaks/(\d+)", olga.get("/reconciliation/").text)[0]
    path = f"/reconciliation/breaks/{number}/resolve"

    stranger = olga.post(path, remedy="give", whose="nobody@tessera.example", note="a guess")
    opposite = olga.post(path, remedy="cost", note="a guess")
    silent = olga.post(path, remedy="give")

    assert (stranger.status_code, opposite.status_code, silent.status_code) == (422, 422, 422)
    assert "no investor has this address" in stranger.text
    assert "nobody@tessera.example" in stranger.text
    assert "the difference lies the other way" in opposite.text
    assert "it stays on the record" in silent.text


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "column"),
        (b"\xff\xfe", "UTF-8"),
        (b"account,booked_on,amount,currency\nDE1,2026-13-01,1.00,USD\n", "2026-13-01"),
        (b"<Document/>", "imported"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_imports_nothing(
    app: Flask, olga: Visitor, body: bytes, says: str
) -> None:
    answer = send(olga, body)

    assert answer.status_code == 422
    assert says in answer.text
    assert read(app, escrow.statement_files) == ()


def test_no_file_at_all_is_asked_for(olga: Visitor) -> None:
    assert "Choose a file of the bank." in send(olga, b"", "").text
    assert "Choose a file of the bank." in olga.post("/reconciliation/files").text


def test_the_report_of_a_day_is_a_page_and_a_file(
    app: Flask, bank: Simulator, olga: Visitor
) -> None:
    pay(app, bank, begun(app), "4242424242424242")
    hear(app, bank)
    olga.post("/reconciliation/")
    work(app)
    with app.app_context():
        day = clock.today()

    page, file = (olga.get(f"/reconciliation/days/{day}{form}") for form in ("", ".csv"))

    assert "waits until fees can pay it" in page.text
    assert "1000.00" in file.text
    assert file.headers["Content-Disposition"].endswith(f'reconciliation-{day}.csv"')
    assert olga.get("/reconciliation/days/2020-01-01").status_code == 404
    assert olga.get("/reconciliation/days/tomorrow").status_code == 404


def test_a_file_that_comes_again_tells_nothing_new(app: Flask, olga: Visitor) -> None:
    for _again in range(2):
        assert send(olga, statement(app, "50.00")).status_code == 303
    longer = statement(app, "50.00") + statement(app, "7.00").splitlines()[1].replace(b"B1", b"B2")
    send(olga, longer)
    with app.app_context():
        jobs.run_due(clock.now())

    files = read(app, escrow.statement_files)

    assert sorted((each.lines, each.fresh) for each in files) == [(1, 1), (2, 1)]
