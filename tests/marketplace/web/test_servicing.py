"""Loans in servicing: a payment is returned, a loss is taken, a recovery is shared."""

from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
import servicing
from escrow import AccountKind, AccountRef
from kernel import Currency, Money
from marketplace import clock, closing, repaying
from marketplace.models import Role
from servicing import RepaymentKind
from tests.support.borrowing import a_loan, offer_products, person, read, usd, write
from tests.support.web import Visitor, Watch, settle


@pytest.fixture
def olga(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("olga")
    return visitor


@pytest.fixture
def loan(app: Flask) -> UUID:
    offer_products(app)
    return a_loan(app)


def pay(app: Flask, loan: UUID, amount: str) -> UUID:
    """Let alice pay, and return the payment."""

    def work(session: Session) -> UUID:
        return repaying.repay(
            session,
            loan_id=loan,
            amount=usd(amount),
            kind=RepaymentKind.EXTRA,
            key=str(uuid4()),
            on=clock.today(),
            at=clock.now(),
        ).id

    return write(app, work)


def written_off(app: Flask, loan: UUID) -> None:
    """Let olga propose the loss and oscar confirm it."""

    def work(session: Session) -> None:
        proposal = servicing.propose_write_off(
            session, loan_id=loan, by="operator:olga", at=clock.now(), why="cannot be found"
        )
        servicing.confirm_proposal(
            session,
            proposal_id=proposal.id,
            by="operator:oscar",
            on=clock.today(),
            at=clock.now(),
        )

    write(app, work)


def cash(app: Flask) -> Money:
    account = AccountRef(AccountKind.LENDER, person(app, "bob"), Currency.USD)
    return read(app, lambda session: escrow.balance(session, account=account))


def is_whole(app: Flask) -> bool:
    """Prove the book."""
    findings = read(
        app,
        lambda session: [
            *escrow.verify(session).findings,
            *servicing.audit(session).findings,
        ],
    )
    return not findings


def test_a_returned_payment_is_owed_again_and_leaves_the_investors(
    app: Flask, loan: UUID, olga: Visitor
) -> None:
    payment = pay(app, loan, "500")
    paid = cash(app)
    path = f"/servicing/{loan}"
    assert f"{path}/repayments/{payment}/return" in olga.get(path).text

    answer = olga.post(f"{path}/repayments/{payment}/return", why="No cover on the account.")

    assert answer.location == path
    page = olga.get(path).text
    assert "taken back from the investors" in page
    assert f"{path}/repayments/{payment}/return" not in page
    assert paid.is_positive
    assert cash(app).is_zero
    assert is_whole(app)


def test_a_payment_is_returned_once(app: Flask, loan: UUID, olga: Visitor) -> None:
    payment = pay(app, loan, "500")
    path = f"/servicing/{loan}/repayments/{payment}/return"
    olga.post(path, why="No cover on the account.")

    again = olga.post(path, why="No cover on the account.")

    assert again.status_code in {303, 409, 422}
    assert cash(app).is_zero
    assert is_whole(app)


def test_a_return_needs_its_reason(app: Flask, loan: UUID, olga: Visitor) -> None:
    payment = pay(app, loan, "500")
    paid = cash(app)

    answer = olga.post(f"/servicing/{loan}/repayments/{payment}/return", why="no")

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert cash(app) == paid


def test_a_lost_loan_is_charged_off_and_what_is_recovered_is_shared(
    app: Flask, loan: UUID, olga: Visitor, watch: Watch
) -> None:
    watch.move(days=200)
    olga.sign_in("olga")
    path = f"/servicing/{loan}"
    written_off(app, loan)

    page = olga.get(path).text
    got = olga.post(
        f"{path}/recoveries", amount="900", source="guarantor", fee="90", key=str(uuid4())
    )

    after = olga.get(path).text
    assert "Record the recovery" in page
    assert got.location == path
    assert "The recovery is shared among the investors." in after
    assert "Guarantor" in after
    assert Money.parse("0", Currency.USD) < cash(app) <= usd("810")
    assert is_whole(app)


def test_a_recovery_is_recorded_as_the_operators_who_entered_it(
    app: Flask, loan: UUID, olga: Visitor, watch: Watch
) -> None:
    watch.move(days=200)
    olga.sign_in("olga")
    written_off(app, loan)

    olga.post(f"/servicing/{loan}/recoveries", amount="900", key=str(uuid4()))

    newest = select(escrow.Entry.actor).order_by(escrow.Entry.id.desc()).limit(1)
    actor = read(app, lambda session: session.scalars(newest).one())
    assert actor == f"operator:{person(app, 'olga')}"


def test_a_recovery_sent_twice_is_shared_once(
    app: Flask, loan: UUID, olga: Visitor, watch: Watch
) -> None:
    watch.move(days=200)
    olga.sign_in("olga")
    written_off(app, loan)
    key = str(uuid4())
    olga.post(f"/servicing/{loan}/recoveries", amount="900", key=key)
    once = cash(app)

    olga.post(f"/servicing/{loan}/recoveries", amount="900", key=key)

    assert cash(app) == once


def test_nothing_is_recovered_on_a_loan_that_is_not_lost(
    app: Flask, loan: UUID, olga: Visitor
) -> None:
    answer = olga.post(f"/servicing/{loan}/recoveries", amount="900", key=str(uuid4()))

    assert answer.status_code in {409, 422}
    assert cash(app).is_zero


def test_a_late_loan_stands_on_the_first_tab(
    app: Flask, loan: UUID, olga: Visitor, watch: Watch
) -> None:
    assert str(loan) not in olga.get("/servicing/").text
    assert str(loan) in olga.get("/servicing/?tab=active").text

    watch.move(days=40)
    with app.app_context():
        closing.close_day(clock.today(), at=clock.now())
    olga.sign_in("olga")

    page = olga.get("/servicing/").text
    assert str(loan) in page
    assert "days late" in page


def test_a_category_by_judgement_takes_two_operators(app: Flask, olga: Visitor, loan: UUID) -> None:
    settle(app, "oscar", Role.OPERATOR)
    oscar = Visitor(app)
    oscar.sign_in("oscar")
    page = f"/servicing/{loan}"
    olga.post(f"{page}/categories", category="doubtful", why="lost its main customer")
    confirm = f"{page}/categories/{_proposal(app, loan)}/confirm"

    own = olga.post(confirm)
    other = oscar.post(confirm)

    assert own.status_code == 422
    assert other.location == page
    assert "confirmed by" in olga.get(page).text
    assert "Doubtful" in olga.get(page).text


def test_a_judgement_needs_a_category(olga: Visitor, loan: UUID) -> None:
    answer = olga.post(f"/servicing/{loan}/categories", why="no reason")

    assert answer.status_code == 422
    assert "Choose a category." in answer.text


def _proposal(app: Flask, loan: UUID) -> UUID:
    kind = servicing.ProposalKind.CATEGORY

    def waiting(session: Session) -> UUID:
        found = servicing.open_proposal(session, loan_id=loan, kind=kind)
        assert found is not None
        return found.id

    return read(app, waiting)
