"""The close is ended at any statement, again and again, and nothing of it shows afterwards."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

import servicing
from kernel import find
from marketplace import clock, closing
from marketplace.db import db
from servicing import Loan, LoanStatus
from servicing.booking import start
from servicing.queries import plan
from tests.support.borrowing import a_loan, offer_products, read
from tests.support.web import Watch

ENDS = 120 if os.environ.get("TORTURE") else 12  # half of them and more come to pass
MONTHS = 6  # long enough for the loans to be lost


@contextmanager
def ended_at_statement(number: int) -> Iterator[None]:
    """End whatever runs when it sends so many statements to the database."""
    left = iter(range(number))

    def count(*_told: Any) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


# A process that is killed closes no cursor either.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_close_that_is_ended_anywhere_equals_one_that_is_not(app: Flask, watch: Watch) -> None:
    chance = random.Random(7)
    offer_products(app)
    ids = sorted(a_loan(app, amount="1000") for _ in range(2))
    started, ended = watch.moment.date(), 0

    for month in range(1, MONTHS + 1):
        watch.move(days=started.toordinal() + 31 * month - watch.moment.date().toordinal())
        for _ in range(ENDS // MONTHS):
            ended += _closed_with_an_end(app, chance.randint(1, 60))
        with app.app_context():
            closing.close_day(clock.today(), at=clock.now())

    assert ended >= ENDS // 2
    assert read(app, _findings) == ()
    assert read(app, lambda session: _lives(session, ids)) == [_alone(app, ident) for ident in ids]


def _closed_with_an_end(app: Flask, statement: int) -> bool:
    with app.app_context():
        try:
            with ended_at_statement(statement):
                closing.close_day(clock.today(), at=clock.now())
        except KeyboardInterrupt:
            return True
    return False


def _findings(session: Session) -> tuple[Any, ...]:
    return servicing.audit(session).findings


def _lives(session: Session, ids: list[UUID]) -> list[tuple[Any, ...]]:
    loans = [find(session, Loan, ident) for ident in ids]
    return [(loan.status, loan.state, loan.charged_off_on) for loan in loans]


def _alone(app: Flask, ident: UUID) -> tuple[Any, ...]:
    """Live through the same days at once."""

    def lived(session: Session) -> tuple[Any, ...]:
        loan = find(session, Loan, ident)
        agreed = plan(loan)
        lost = agreed.charge_off_day(agreed.due(1))
        assert lost is not None
        state = servicing.advance(start(agreed), lost, plan=agreed)
        return (LoanStatus.CHARGED_OFF, state.to_json(), lost)

    return read(app, lived)
