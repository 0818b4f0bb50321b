"""Changes of a loan: one operator proposes, another confirms, and only then anything happens."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
import servicing
from marketplace import clock, closing
from marketplace.models import Role, User
from servicing import Loan, Proposal
from tests.support.borrowing import a_loan, offer_products, person, read
from tests.support.web import Visitor, Watch, settle

WHY = "lives on a small pension"


@pytest.fixture
def olga(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("olga")
    return visitor


@pytest.fixture
def oscar(app: Flask) -> Visitor:
    settle(app, "oscar", Role.OPERATOR)
    visitor = Visitor(app)
    visitor.sign_in("oscar")
    return visitor


@pytest.fixture
def alice(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("alice")
    return visitor


@pytest.fixture
def loan(app: Flask) -> UUID:
    offer_products(app)
    return a_loan(app)


def waiting(app: Flask, loan: UUID) -> UUID:
    """Return what was proposed last."""
    newest = select(Proposal.id).where(Proposal.loan_id == loan).order_by(Proposal.id.desc())
    return read(app, lambda session: session.scalars(newest.limit(1)).one())


def ended_as(app: Flask, loan: UUID) -> tuple[str, str | None]:
    def ask(session: Session) -> tuple[str, str | None]:
        row = session.get_one(Loan, loan)
        return row.status, row.ended_as

    return read(app, ask)


def is_whole(app: Flask) -> bool:
    return read(app, lambda session: escrow.verify(session).ok and servicing.audit(session).ok)


def test_a_loss_is_proposed_by_one_operator_and_taken_by_another(
    app: Flask, loan: UUID, olga: Visitor, oscar: Visitor
) -> None:
    page = f"/changes/{loan}"
    proposed = olga.post(f"{page}/write-offs", why=WHY)
    confirm = f"{page}/proposals/{waiting(app, loan)}/confirm"
    mine = olga.get(page).text

    own = olga.post(confirm)
    before = ended_as(app, loan)
    done = oscar.post(confirm)

    assert (proposed.location, done.location) == (page, page)
    assert "Somebody else decides." in mine
    assert own.status_code == 422
    assert before == ("active", None)
    assert ended_as(app, loan) == ("charged_off", None)
    assert is_whole(app)


def test_what_is_refused_changes_nothing(
    app: Flask, loan: UUID, olga: Visitor, oscar: Visitor
) -> None:
    page = f"/changes/{loan}"
    olga.post(f"{page}/write-offs", why=WHY)
    refuse = f"{page}/proposals/{waiting(app, loan)}/refuse"

    silent = oscar.post(refuse, why="")
    refused = oscar.post(refuse, why="pays again")

    assert silent.status_code == 422
    assert refused.location == page
    assert "Refused" in oscar.get(page).text
    assert ended_as(app, loan) == ("active", None)


def test_a_sold_loan_is_over_and_everybody_reads_it(
    app: Flask, loan: UUID, olga: Visitor, oscar: Visitor, alice: Visitor
) -> None:
    page = f"/changes/{loan}"
    olga.post(f"{page}/sales", buyer="Northern Claims", price="5000", why="the best offer")
    assert "Sold to Northern Claims for $5,000.00." in oscar.get(page).text

    oscar.post(f"{page}/proposals/{waiting(app, loan)}/confirm")

    assert ended_as(app, loan) == ("charged_off", "sold")
    assert "Your debt was sold" in alice.get(f"/loans/{loan}").text
    bob = Visitor(app)
    bob.sign_in("bob")
    assert "Sold" in bob.get("/notes/").text
    assert "Sold" in olga.get(page).text
    assert is_whole(app)


def test_a_settlement_is_told_to_the_borrower_and_ends_the_loan_when_it_is_paid(
    app: Flask, loan: UUID, olga: Visitor, oscar: Visitor, alice: Visitor
) -> None:
    page = f"/changes/{loan}"
    wrong = olga.post(f"{page}/settlements", amount="900000", until="2027-01-31", why=WHY)
    olga.post(f"{page}/settlements", amount="8000", until="2027-01-31", why=WHY)
    oscar.post(f"{page}/proposals/{waiting(app, loan)}/confirm")
    told = alice.get(f"/loans/{loan}").text

    alice.post(
        f"/loans/{loan}/payments",
        kind="extra",
        amount="8000",
        key="01234567-89ab-7def-8123-456789abcdef",
    )

    assert wrong.status_code == 422
    assert "Pay $8,000.00 in all by" in told
    assert ended_as(app, loan) == ("charged_off", "settled_short")
    assert "Nothing more is owed." in alice.get(f"/loans/{loan}").text
    assert person(app, "alice")
    assert is_whole(app)


def test_a_payment_by_hand_shows_what_it_changes_and_takes_two_people(
    app: Flask, loan: UUID, olga: Visitor, oscar: Visitor, watch: Watch
) -> None:
    paid_on = watch().date().isoformat()
    watch.move(days=50)
    with app.app_context():
        closing.close_day(clock.today(), at=clock.now())
    for visitor, name in ((olga, "olga"), (oscar, "oscar")):
        visitor.sign_in(name)
    page = f"/changes/{loan}"
    wish = f"amount=400&paid_on={paid_on}&kind=extra&source=guarantor"

    empty = olga.get(f"{page}/payments/new").text
    seen = olga.get(f"{page}/payments/new?{wish}").text
    lost = olga.get(f"{page}/payments/new?amount=400&paid_on={paid_on}&kind=recovery")
    wrong = olga.get(f"{page}/payments/new?amount=x")
    nothing_yet = payments(app, loan)
    filled = {"amount": "400", "paid_on": paid_on, "kind": "extra", "source": "guarantor"}
    silent = olga.post(f"{page}/payments", **filled)
    proposed = olga.post(f"{page}/payments", why="cash at the desk", **filled)
    oscar.post(f"{page}/proposals/{waiting(app, loan)}/confirm")

    assert "What it would change" not in empty
    assert "Owed in all today, after" in seen
    assert (lost.status_code, wrong.status_code, silent.status_code) == (422, 422, 422)
    assert nothing_yet == []
    assert proposed.location == page
    assert [(str(one.amount), one.source) for one in payments(app, loan)] == [
        ("400.00 USD", servicing.Source.GUARANTOR)
    ]
    assert is_whole(app)


def payments(app: Flask, loan: UUID) -> list[servicing.Payment]:
    return read(app, lambda session: servicing.payments(session, loan_id=loan))


def test_other_terms_are_shown_proposed_signed_confirmed_and_withdrawn(
    app: Flask, loan: UUID, olga: Visitor, oscar: Visitor, alice: Visitor
) -> None:
    page, own = f"/changes/{loan}", f"/loans/{loan}"
    today = "2026-11-23"
    fields = {"kind": "reschedule", "on": today, "extra": "12"}
    blank = olga.get(f"{page}/terms/new?kind=reschedule").text
    wrong = olga.get(f"{page}/terms/new?kind=due_date&on={today}&first_due=2026-11-01")
    seen = olga.get(f"{page}/terms/new?kind=reschedule&on={today}&extra=12").text
    silent = olga.post(f"{page}/terms", **fields)
    proposed = olga.post(f"{page}/terms", why=WHY, **fields)
    change = waiting(app, loan)
    too_soon = oscar.post(f"{page}/proposals/{change}/confirm")
    asked = alice.get(own).text
    reading = alice.get(f"{own}/changes/{change}").text
    unsigned = alice.post(f"{own}/changes/{change}", agree="1", name="Somebody Else")

    signed = alice.post(f"{own}/changes/{change}", agree="1", name=name_of(app, "alice"))
    done = oscar.post(f"{page}/proposals/{change}/confirm")

    assert "What it would change" not in blank
    assert (wrong.status_code, silent.status_code) == (422, 422)
    assert "It costs" in seen
    assert proposed.location == page
    assert (too_soon.status_code, unsigned.status_code) == (422, 422)
    assert "waits for your signature" in asked
    assert "Sign the change" in reading
    assert (signed.location, done.location) == (own, page)
    assert "12 more installments" in alice.get(own).text
    assert "You signed it on" in alice.get(f"{own}/changes/{change}").text
    bob = Visitor(app)
    bob.sign_in("bob")
    assert "Agreed anew with the borrower" in bob.get(note_of(app)).text
    assert len(read(app, lambda session: coming(session, loan))) == 48
    olga.post(f"{page}/proposals/{change}/withdraw", why="entered in error")
    oscar.post(f"{page}/proposals/{waiting(app, loan)}/confirm")
    assert len(read(app, lambda session: coming(session, loan))) == 36
    assert is_whole(app)


def test_a_borrower_asks_for_another_due_date_and_sees_what_it_costs(
    app: Flask, loan: UUID, oscar: Visitor, alice: Visitor
) -> None:
    page = f"/loans/{loan}/due-date"
    empty = alice.get(page).text
    far = alice.get(f"{page}?first_due=2027-06-01")
    wrong = alice.get(f"{page}?first_due=x")
    seen = alice.get(f"{page}?first_due=2026-12-30").text
    bad_day = alice.post(page, first_due="x", agree="1", name=name_of(app, "alice"))
    too_far = alice.post(page, first_due="2027-06-01", agree="1", name=name_of(app, "alice"))
    unread = alice.post(page, first_due="2026-12-30", name=name_of(app, "alice"))
    asked = alice.post(page, first_due="2026-12-30", agree="1", name=name_of(app, "alice"))

    done = oscar.post(f"/changes/{loan}/proposals/{waiting(app, loan)}/confirm")

    assert "What it would change" not in empty
    assert {each.status_code for each in (far, wrong, bad_day, too_far, unread)} == {422}
    assert "It costs" in seen
    assert asked.location == f"/loans/{loan}"
    assert done.status_code == 303
    assert read(app, lambda session: coming(session, loan))[0].due_on.isoformat() == "2026-12-30"
    assert alice.get(f"/loans/{loan}/changes/{loan}").status_code == 404
    assert is_whole(app)


def test_a_change_that_costs_nothing_is_shown_without_a_signature(
    app: Flask, loan: UUID, olga: Visitor, oscar: Visitor, alice: Visitor
) -> None:
    page = f"/changes/{loan}"
    olga.post(f"{page}/terms", kind="count_pause", on="2026-11-23", until="2026-12-31", why=WHY)
    change = waiting(app, loan)
    oscar.post(f"{page}/proposals/{change}/confirm")
    kinds = olga.get(f"{page}/terms/new?kind=nothing&on=2026-11-23")

    assert "Sign the change" not in alice.get(f"/loans/{loan}/changes/{change}").text
    assert kinds.status_code == 422


def coming(session: Session, loan: UUID) -> tuple[servicing.Upcoming, ...]:
    return servicing.standing(session.get_one(Loan, loan), on=clock.today()).upcoming


def name_of(app: Flask, who: str) -> str:
    return read(app, lambda session: session.get_one(User, person(app, who)).name)


def note_of(app: Flask) -> str:
    return f"/notes/{read(app, lambda session: session.scalars(select(servicing.Note.id)).one())}"
