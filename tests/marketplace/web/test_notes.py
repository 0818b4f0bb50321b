"""An investor looks at what it holds, on the page and as a file."""

import csv
import re
from io import StringIO
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

import servicing
from kernel import new_id
from marketplace import clock
from marketplace.web.notes_page import COLUMNS
from marketplace.web.spreadsheets import safe
from servicing import RepaymentKind
from tests.support.borrowing import a_loan, offer_products, usd, write
from tests.support.lending import an_investor
from tests.support.web import Visitor, Watch


@pytest.fixture
def loan_id(app: Flask, watch: Watch) -> UUID:
    """A loan of alice's, lent by bob alone, with one installment paid."""
    offer_products(app)
    loan_id = a_loan(app)
    watch.move(days=30)

    def pay(session: Session) -> None:
        servicing.receive_repayment(
            session,
            loan_id=loan_id,
            amount=usd("400"),
            kind=RepaymentKind.INSTALLMENT,
            key="first",
            on=clock.today(),
            at=clock.now(),
        )

    write(app, pay)
    return loan_id


@pytest.fixture
def bob(app: Flask, loan_id: UUID) -> Visitor:
    assert loan_id
    visitor = Visitor(app)
    visitor.sign_in("bob")
    return visitor


def note_path(visitor: Visitor) -> str:
    found = re.search(r'href="(/notes/[0-9a-f-]{36})"', visitor.get("/notes/").text)
    assert found is not None
    return found[1]


def test_a_note_stands_in_the_list_with_what_is_still_out(bob: Visitor) -> None:
    page = bob.get("/notes/").text

    assert "$12,000.00" in page
    assert "Current" in page


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("?standing=current", True),
        ("?standing=settled", False),
        ("?standing=late_31_120", False),
        ("?currency=CNY", False),
        ("?grade=A,B,C,D,E,F,G", True),
    ],
)
def test_notes_are_narrowed_by_the_address(bob: Visitor, query: str, *, there: bool) -> None:
    page = bob.get(f"/notes/{query}").text
    rows = list(csv.reader(StringIO(bob.get(f"/notes/notes.csv{query}").text)))

    assert ("$12,000.00" in page) is there
    assert ("No note fits these filters" in page) is not there
    assert len(rows) == 1 + there


def test_a_loan_that_fell_late_is_found_among_the_late(
    app: Flask, bob: Visitor, watch: Watch, loan_id: UUID
) -> None:
    watch.move(days=80)
    write(
        app,
        lambda session: servicing.close_loan(
            session, loan_id=loan_id, on=clock.today(), at=clock.now()
        ),
    )
    bob.sign_in("bob")

    page = bob.get("/notes/?standing=late_31_120").text

    assert "Late 31–120 days" in page
    assert "$12,000.00" in page


@pytest.mark.parametrize("query", ["?standing=lucky", "?after=nowhere", "?colour=red"])
def test_what_the_list_does_not_know_is_refused(bob: Visitor, query: str) -> None:
    assert bob.get(f"/notes/{query}").status_code == 422


def test_a_file_of_what_is_not_known_leads_back_to_the_list(bob: Visitor) -> None:
    answer = bob.get("/notes/notes.csv?standing=lucky")

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/notes/?standing=lucky")


def test_the_file_opens_in_a_spreadsheet(bob: Visitor) -> None:
    answer = bob.get("/notes/notes.csv")
    head, row = csv.reader(StringIO(answer.get_data().decode("utf-8-sig")))

    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert tuple(head) == COLUMNS
    line = dict(zip(head, row, strict=True))
    assert (line["currency"], line["principal"], line["standing"]) == ("USD", "12000.00", "current")
    assert line["started_on"] == "2026-11-23"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"
    assert (safe("car"), safe(None), safe(12)) == ("car", "", "12")


def test_a_note_shows_its_loan_what_came_and_what_is_to_come(bob: Visitor) -> None:
    page = bob.get(note_path(bob)).text

    for words in (
        "Received",
        "Installment",
        "Still to come to you",
        "Installments of the whole loan",
    ):
        assert words in page
    assert "23 Dec 2026" in page


def test_nobody_sees_the_notes_of_somebody_else(app: Flask, bob: Visitor) -> None:
    path = note_path(bob)
    carol = an_investor(app, "carol")

    assert carol.get(path).status_code == 404
    assert "No notes yet" in carol.get("/notes/").text
    assert carol.get("/notes/notes.csv").text.count("\n") == 1
    assert bob.get(f"/notes/{new_id()}").status_code == 404
