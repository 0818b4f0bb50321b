"""The day's close: from the command line, with a loan that is broken."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

import servicing
from escrow import Movement
from kernel import find, new_id
from marketplace import accounts, clock, closing, flows, jobs, repaying
from marketplace.models import OutboxMessage, Role
from servicing import Close, Loan, RepaymentKind
from tests.support.borrowing import a_loan, offer_products, read, usd, write
from tests.support.web import Watch, settle


@pytest.fixture
def loans(app: Flask, watch: Watch) -> list[UUID]:
    """Give two loans whose first installment is due today, in the order of their close."""
    offer_products(app)
    both = sorted(a_loan(app, amount="1000") for _ in range(2))
    watch.move(days=30)
    return both


def test_a_day_that_has_not_come_is_not_closed(app: Flask) -> None:
    with app.app_context():
        today = clock.today()
    tomorrow = (today + timedelta(days=1)).isoformat()

    ahead = app.test_cli_runner().invoke(args=["close", "--on", tomorrow])
    now = app.test_cli_runner().invoke(args=["close", "--on", today.isoformat()])

    assert ahead.exit_code != 0
    assert now.exit_code == 0
    assert read(app, lambda session: session.scalars(select(Close.day)).all()) == [today]


def test_a_broken_loan_is_listed_and_the_others_are_closed(app: Flask, loans: list[UUID]) -> None:
    broken, sound = loans
    _break(app, broken)

    closed = _close(app)

    assert closed.loans == 1
    assert [failure.partition(":")[0] for failure in closed.failures] == [str(broken)]
    assert read(app, lambda session: find(session, Loan, sound).state["bills"])
    assert read(app, lambda session: session.scalars(select(Close.finished_at)).one())


def test_what_was_closed_before_an_interruption_is_proved_after_it(
    app: Flask, loans: list[UUID]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        _close(app, interrupt)
    write(app, lambda session: _miscount(session, loans[0]))

    resumed = _close(app)

    assert resumed.loans == 2
    assert any(str(loans[0]) in finding for finding in resumed.findings)


def test_a_loan_nobody_can_read_does_not_stop_the_proof_of_a_resumed_close(
    app: Flask, loans: list[UUID]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        _close(app, interrupt)
    _break(app, loans[0])

    resumed = _close(app)

    assert any("KeyError" in finding for finding in resumed.findings)


def test_a_first_close_that_was_interrupted_is_taken_up_the_day_after(
    app: Flask, loans: list[UUID], watch: Watch
) -> None:
    with pytest.raises(KeyboardInterrupt):
        _close(app, interrupt)
    interrupted = watch.moment.date()
    watch.move(days=1)

    with app.app_context():
        days = closing.open_days(clock.today())

    assert loans
    assert days == [interrupted, interrupted + timedelta(days=1)]


def test_a_run_that_was_killed_is_taken_up_when_its_claims_have_expired(
    app: Flask, loans: list[UUID], watch: Watch
) -> None:
    with app.app_context():
        write(app, _claimed_by_a_run_that_was_killed)

    at_once = _close(app)
    watch.move(minutes=1)
    later = _close(app)

    assert (at_once.left, at_once.loans) == (2, 0)
    assert (later.left, later.loans) == (0, len(loans))


def test_the_worker_comes_back_for_a_day_that_another_run_holds(
    app: Flask, loans: list[UUID], watch: Watch
) -> None:
    write(app, _claimed_by_a_run_that_was_killed)
    write(app, lambda session: flows.ask_for_close(session, day=clock.today(), at=clock.now()))

    for _ in range(3):
        with app.app_context():
            jobs.run_due(clock.now())
        watch.move(minutes=1)

    assert read(app, lambda session: session.scalars(select(Close.loans)).one()) == len(loans)


def test_operators_are_paged_in_their_language_when_a_loan_fails_or_the_audit(
    app: Flask, loans: list[UUID]
) -> None:
    broken, sound = loans
    settle(app, "oscar", Role.OPERATOR)
    _break(app, broken)
    write(app, lambda session: _miscount(session, sound))
    write(app, lambda session: _speaks(session, "oscar", "zh"))

    _close(app)

    mails = {mail.recipient: mail for mail in read(app, _mails)}
    olga, oscar = (mails[f"{name}@tessera.example"] for name in ("olga", "oscar"))
    day = read(app, lambda session: session.scalars(select(Close.day)).one()).isoformat()
    assert olga.subject == f"The audit of {day} failed"
    assert "1 loan could not be closed" in olga.body
    assert "审计" in oscar.subject
    assert oscar.locale == "zh"


def test_nobody_is_paged_twice_for_the_same(app: Flask, loans: list[UUID]) -> None:
    _break(app, loans[0])

    _close(app)
    _close(app)

    assert [mail.subject.partition(" in ")[0] for mail in read(app, _mails)] == ["Loans failed"]


def test_the_report_says_what_moved_since_the_close_before(
    app: Flask, loans: list[UUID], watch: Watch
) -> None:
    _close(app)
    watch.move(days=1)
    write(app, lambda session: _pays(session, loans[0]))

    _close(app)

    first = read(app, lambda session: _reported(session, watch, days_ago=1))
    second = read(app, lambda session: _reported(session, watch))
    assert {line.movement for line in first.moved} >= {Movement.DEPOSIT, Movement.ORIGINATE}
    assert [line.amount for line in second.moved if line.movement is Movement.COLLECT] == [
        usd("10.00")
    ]
    assert first.totals[0].loans == len(loans)
    assert second.totals == ()


def interrupt(_closed: int) -> None:
    """Stand in for a machine that goes down after a loan."""
    raise KeyboardInterrupt


def _miscount(session: Session, loan_id: UUID) -> None:
    find(session, Loan, loan_id).paid_interest_minor += 1


def _claimed_by_a_run_that_was_killed(session: Session) -> None:
    day, at = clock.today(), clock.now()
    servicing.begin_close(session, day=day, at=at)
    servicing.claim_loans(session, day=day, holder=new_id(), since=at, at=at)


def _speaks(session: Session, name: str, locale: str) -> None:
    user = accounts.by_email(session, email=f"{name}@tessera.example")
    assert user is not None
    user.locale = locale


def _reported(session: Session, watch: Watch, *, days_ago: int = 0) -> closing.DayReport:
    return closing.report(session, day=watch.moment.date() - timedelta(days=days_ago))


def _mails(session: Session) -> list[OutboxMessage]:
    mails = list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.recipient)))
    session.expunge_all()
    return mails


def _pays(session: Session, loan_id: UUID) -> None:
    repaying.repay(
        session,
        loan_id=loan_id,
        amount=usd("10"),
        key="ten",
        kind=RepaymentKind.INSTALLMENT,
        on=clock.today(),
        at=clock.now(),
    )


def _break(app: Flask, loan_id: UUID) -> None:
    """Leave a loan in a state that nobody can read."""

    def spoil(session: Session) -> None:
        find(session, Loan, loan_id).state = {}

    write(app, spoil)


def _close(app: Flask, progress: Callable[[int], object] = id) -> closing.Closed:
    with app.app_context():
        return closing.close_day(clock.today(), at=clock.now(), progress=progress)
