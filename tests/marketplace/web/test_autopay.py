"""Alice's loan is paid by itself through Stripe, and by hand on its page."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
import servicing
from escrow import Collection
from kernel import Money, find, new_id
from marketplace import autopaying, clock, flows
from marketplace.models import Role
from servicing import Loan
from simulator import Simulator
from tests.support.borrowing import (
    a_loan,
    offer_products,
    read,
    usd,
    write,
)
from tests.support.stripe import carried_by, fill_in, hear, work
from tests.support.web import Visitor, settle, shell

GOOD, BROKE, CLOSED = "000123456789", "000222222227", "000111111113"


@pytest.fixture
def bank() -> Iterator[Simulator]:
    with Simulator.start() as bank:
        yield bank


@pytest.fixture
def app(database: str, tmp_path: Path, bank: Simulator) -> Iterator[Flask]:
    with shell(database, tmp_path, **carried_by(bank)) as app:
        for name, role in (("alice", Role.BORROWER), ("bob", Role.LENDER), ("olga", Role.OPERATOR)):
            settle(app, name, role)
        offer_products(app)
        yield app


@pytest.fixture
def loan(app: Flask) -> UUID:
    return a_loan(app, bank=flows.gateway)


def alice(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("alice")
    return visitor


def session_of(bank: Simulator, page: str) -> str:
    found = re.search(rf'href="{bank.url}/pay/(cs_[^"]+)"', page)
    assert found is not None, page
    return found[1]


def enrolled(app: Flask, bank: Simulator, loan: UUID, number: str = "4242424242424242") -> None:
    visitor = alice(app)
    sent = visitor.post(f"/loans/{loan}/autopay/", agreed="on")
    assert sent.status_code == 303, sent.text
    fill_in(bank, session_of(bank, visitor.get(str(sent.location)).text), number)
    hear(app, bank)


def to_the_due_day(app: Flask, bank: Simulator, loan: UUID, *, more: int = 0) -> None:
    due = read(app, lambda session: find(session, Loan, loan).first_due_on)
    with app.app_context():
        days = (due - clock.today()).days
    bank.advance(days=days + more)
    hear(app, bank)
    hear(app, bank)


def tried(app: Flask, loan: UUID) -> list[Collection]:
    made = select(Collection).where(Collection.loan_id == loan).order_by(Collection.id)
    return read(app, lambda session: list(session.scalars(made)))


def paid(app: Flask, loan: UUID) -> list[int]:
    return [each.amount.minor for each in read(app, lambda s: servicing.payments(s, loan_id=loan))]


def balanced(app: Flask) -> bool:
    return read(app, lambda session: escrow.verify(session).ok)


def test_a_loan_is_debited_on_the_day_it_is_due(app: Flask, bank: Simulator, loan: UUID) -> None:
    enrolled(app, bank, loan)
    assert "Next debit" in alice(app).get(f"/loans/{loan}/autopay/").text
    assert tried(app, loan) == []

    to_the_due_day(app, bank, loan)
    work(app)

    (debit,) = tried(app, loan)
    assert (debit.status, debit.attempt) == ("received", 1)
    assert paid(app, loan) == [debit.amount.minor]
    page = alice(app).get(f"/loans/{loan}").text
    assert "by itself" in page
    assert len(bank.client().v1.payment_intents.list().data) == 1
    assert balanced(app)


def test_what_failed_for_want_of_money_is_tried_twice_more(
    app: Flask, bank: Simulator, loan: UUID
) -> None:
    enrolled(app, bank, loan, BROKE)
    to_the_due_day(app, bank, loan)
    assert [row.status for row in tried(app, loan)] == ["processing"]

    for _days in range(24):
        bank.advance(days=1)
        hear(app, bank)

    assert [row.status for row in tried(app, loan)] == ["failed"] * 3
    assert [row.attempt for row in tried(app, loan)] == [1, 2, 3]
    assert [row.again_on is None for row in tried(app, loan)] == [False, False, True]
    page = alice(app).get(f"/loans/{loan}/autopay/").text
    assert "There was too little on the account." in page
    assert paid(app, loan) == []


def test_a_closed_account_stops_it(app: Flask, bank: Simulator, loan: UUID) -> None:
    enrolled(app, bank, loan, CLOSED)
    to_the_due_day(app, bank, loan)

    bank.advance(days=5)
    hear(app, bank)

    page = alice(app).get(f"/loans/{loan}/autopay/").text
    assert "Stopped" in page
    assert "The account is closed." in page


def test_a_card_that_declines_is_not_tried_again_but_next_month(
    app: Flask, bank: Simulator, loan: UUID
) -> None:
    enrolled(app, bank, loan, "4000000000000341")
    to_the_due_day(app, bank, loan)

    assert [(row.status, row.again_on) for row in tried(app, loan)] == [("failed", None)]
    assert "Next debit" in alice(app).get(f"/loans/{loan}/autopay/").text


def test_stopping_it_stops_a_debit_that_is_prepared(
    app: Flask, bank: Simulator, loan: UUID
) -> None:
    enrolled(app, bank, loan)
    due = read(app, lambda session: find(session, Loan, loan).first_due_on)

    def prepare() -> Collection | None:
        return write(
            app,
            lambda session: servicing.prepare_debit(
                session, loan_id=loan, gateway=flows.provider(), on=due, at=clock.now()
            ),
        )

    assert prepare() is not None
    assert prepare() is None
    assert alice(app).post(f"/loans/{loan}/autopay/cancel").status_code == 303
    to_the_due_day(app, bank, loan)

    assert [row.status for row in tried(app, loan)] == ["cancelled"]
    assert bank.client().v1.payment_intents.list().data == []
    enrolled_again = alice(app).post(
        f"/loans/{loan}/autopay/", agreed="on", method=str(tried(app, loan)[0].method_id)
    )
    assert enrolled_again.status_code == 303
    work(app)
    assert [row.status for row in tried(app, loan)] == ["cancelled", "received"]


def test_a_loan_that_was_paid_by_hand_is_not_debited(
    app: Flask, bank: Simulator, loan: UUID
) -> None:
    enrolled(app, bank, loan)
    with app.app_context():
        today = clock.today()
    due = read(app, lambda session: find(session, Loan, loan).first_due_on)
    debit = write(
        app,
        lambda session: servicing.prepare_debit(
            session, loan_id=loan, gateway=flows.provider(), on=due, at=clock.now()
        ),
    )
    assert debit is not None
    quote = read(app, lambda s: servicing.quote_payoff(s, loan_id=loan, on=today)).total
    by_hand(app, bank, loan, "payoff", quote)

    to_the_due_day(app, bank, loan, more=40)

    assert sorted(row.status for row in tried(app, loan)) == ["cancelled", "received"]
    assert alice(app).post(f"/loans/{loan}/autopay/", agreed="on").status_code == 422
    assert balanced(app)


def by_hand(
    app: Flask,
    bank: Simulator,
    loan: UUID,
    kind: str,
    amount: Money,
    *,
    number: str = "4000000000000077",
) -> None:
    visitor = alice(app)
    sent = visitor.post(
        f"/loans/{loan}/payments", kind=kind, amount=str(amount.decimal), key=str(new_id())
    )
    page = visitor.get(str(sent.location)).text
    fill_in(bank, session_of(bank, page), number)
    hear(app, bank)


def test_what_is_paid_on_the_providers_page_counts_from_that_day(
    app: Flask, bank: Simulator, loan: UUID
) -> None:
    by_hand(app, bank, loan, "extra", usd("300.00"), number=GOOD)
    with app.app_context():
        begun = clock.today()
    assert paid(app, loan) == []
    assert "On its way" in alice(app).get(f"/loans/{loan}").text

    bank.advance(days=5)
    hear(app, bank)

    (payment,) = read(app, lambda session: servicing.payments(session, loan_id=loan))
    assert (payment.amount, payment.paid_on) == (usd("300.00"), begun)
    assert balanced(app)


def test_a_debit_that_comes_back_takes_the_payment_back(
    app: Flask, bank: Simulator, loan: UUID
) -> None:
    by_hand(app, bank, loan, "extra", usd("300.00"), number="000555555559")
    bank.advance(days=5)
    hear(app, bank)
    assert paid(app, loan) == [300_00]

    bank.advance(days=22)
    hear(app, bank)

    assert [row.status for row in tried(app, loan)] == ["returned"]
    assert sum(paid(app, loan)) == 0
    assert balanced(app)


def test_a_dispute_that_is_won_pays_again(app: Flask, bank: Simulator, loan: UUID) -> None:
    by_hand(app, bank, loan, "extra", usd("300.00"), number="4000000000000259")
    bank.advance(days=1)
    hear(app, bank)
    assert [row.status for row in tried(app, loan)] == ["returned"]

    bank.command("dispute", charge=bank.client().v1.charges.list().data[0].id, outcome="won")
    hear(app, bank)

    assert [row.status for row in tried(app, loan)] == ["received"]
    assert sum(paid(app, loan)) == 300_00
    assert balanced(app)


def test_what_is_paid_twice_goes_back_once(app: Flask, bank: Simulator, loan: UUID) -> None:
    with app.app_context():
        today = clock.today()
    quote = read(app, lambda s: servicing.quote_payoff(s, loan_id=loan, on=today)).total
    visitor = alice(app)
    pages = [
        str(
            visitor.post(
                f"/loans/{loan}/payments",
                kind="payoff",
                amount=str(quote.decimal),
                key=str(new_id()),
            ).location
        )
        for _twice in range(2)
    ]
    for page in pages:
        fill_in(bank, session_of(bank, visitor.get(page).text), "4000000000000077")

    hear(app, bank, times=3)
    hear(app, bank)

    refunds = bank.client().v1.refunds.list().data
    assert [refund.amount for refund in refunds] == [quote.minor]
    assert paid(app, loan) == [quote.minor]
    assert balanced(app)


def test_money_to_give_back_is_not_forgotten_where_its_payment_is_not_known(
    app: Flask, loan: UUID
) -> None:
    alice(app).post(f"/loans/{loan}/payments", kind="extra", amount="50", key=str(new_id()))
    (row,) = tried(app, loan)

    with app.app_context(), pytest.raises(escrow.GatewayMissing):
        autopaying.refund(row.id, 50_00, at=clock.now())


def test_a_card_that_declines_on_the_page_may_be_followed_by_another(
    app: Flask, bank: Simulator, loan: UUID
) -> None:
    visitor = alice(app)
    sent = visitor.post(f"/loans/{loan}/payments", kind="extra", amount="50", key=str(new_id()))
    page = session_of(bank, visitor.get(str(sent.location)).text)
    fill_in(bank, page, "4000000000000002")
    hear(app, bank)
    assert [row.status for row in tried(app, loan)] == ["failed"]
    assert "Your bank declined it" in alice(app).get(f"/loans/{loan}").text

    fill_in(bank, page, "4000000000000077")
    hear(app, bank)

    assert [row.status for row in tried(app, loan)] == ["received"]
    assert "answered before" in alice(app).get(str(sent.location)).text


def test_a_debit_that_is_over_is_not_called_for_again(
    app: Flask, bank: Simulator, loan: UUID
) -> None:
    enrolled(app, bank, loan)
    to_the_due_day(app, bank, loan)
    (debit,) = tried(app, loan)

    with app.app_context():
        autopaying.debit(debit.id, on=clock.today(), at=clock.now())

    assert len(bank.client().v1.payment_intents.list().data) == 1


def test_nothing_comes_after_the_last_installment(app: Flask, bank: Simulator, loan: UUID) -> None:
    enrolled(app, bank, loan)
    end = date(2040, 1, 1)

    def last(session: Session) -> None:
        debit = servicing.prepare_debit(
            session, loan_id=loan, gateway=flows.provider(), on=end, at=clock.now()
        )
        assert debit is not None
        told = escrow.Event("over", "collection.failed", str(debit.id), {"reason": "no"})
        escrow.receive(session, event=told, at=clock.now())

    write(app, last)
    detail = read(app, lambda s: servicing.autopay_detail(s, loan_id=loan, on=end))

    assert detail is not None
    assert detail.next is None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", ["timeout", "conflict", "rate_limit", "server_error", "reset"])
def test_whatever_goes_wrong_with_a_debit_it_is_made_once(
    app: Flask, bank: Simulator, loan: UUID, kind: str, moment: str
) -> None:
    enrolled(app, bank, loan)
    app.config["STRIPE_PATIENCE"] = 0.2
    bank.fault(kind, moment=moment, method="POST", path="/v1/payment_intents", seconds=0.3)

    to_the_due_day(app, bank, loan)
    for _again in range(3):
        bank.advance(seconds=90)
        hear(app, bank)

    intents = bank.client().v1.payment_intents.list().data
    assert [intent.status for intent in intents] == ["succeeded"]
    assert [row.status for row in tried(app, loan)] == ["received"]


def test_nobody_sees_or_changes_anothers(app: Flask, bank: Simulator, loan: UUID) -> None:
    enrolled(app, bank, loan)
    settle(app, "erin", Role.BORROWER)
    erin = Visitor(app)
    erin.sign_in("erin")
    method = read(app, lambda s: s.scalars(select(escrow.SavedMethod.id)).one())

    assert erin.get(f"/loans/{loan}/autopay/").status_code == 404
    assert erin.get(f"/loans/{loan}/autopay/methods/{method}").status_code == 404
    assert erin.post(f"/loans/{loan}/autopay/cancel").status_code == 404
    assert erin.post(f"/loans/{loan}/autopay/", agreed="on").status_code == 404
    assert alice(app).get(f"/loans/{loan}/autopay/payments/{new_id()}").status_code == 404
    assert alice(app).post(f"/loans/{loan}/autopay/").status_code == 422
