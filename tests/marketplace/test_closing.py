"""The day's close: from the command line, with a loan that is broken."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import find
from marketplace import clock, closing
from servicing import Close, Loan
from tests.support.borrowing import a_loan, offer_products, read, write
from tests.support.web import Watch


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


def interrupt(_closed: int) -> None:
    """Stand in for a machine that goes down after a loan."""
    raise KeyboardInterrupt


def _miscount(session: Session, loan_id: UUID) -> None:
    find(session, Loan, loan_id).paid_interest_minor += 1


def _break(app: Flask, loan_id: UUID) -> None:
    """Leave a loan in a state that nobody can read."""

    def spoil(session: Session) -> None:
        find(session, Loan, loan_id).state = {}

    write(app, spoil)


def _close(app: Flask, progress: Callable[[int], object] = id) -> closing.Closed:
    with app.app_context():
        return closing.close_day(clock.today(), at=clock.now(), progress=progress)
