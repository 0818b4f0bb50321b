import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from marketplace.db import NestedTransaction, WriteWhileReading, atomic, in_transaction, reader
from marketplace.models import User
from tests.support.web import NOON


def newcomer() -> User:
    return User(
        email="carol@tessera.example",
        name="Carol",
        password_hash="-",
        role="lender",
        created_at=NOON,
    )


def add_and_fail(session: Session) -> None:
    session.add(newcomer())
    session.flush()
    raise ZeroDivisionError


def count() -> int:
    with reader() as session:
        return session.scalar(select(func.count()).select_from(User)) or 0


def test_a_block_that_ends_well_is_committed(app: Flask) -> None:
    with app.app_context():
        before = count()

        with atomic() as session:
            session.add(newcomer())

        assert count() == before + 1


def test_a_block_that_fails_leaves_nothing_behind(app: Flask) -> None:
    with app.app_context():
        before = count()

        with pytest.raises(ZeroDivisionError):
            in_transaction(add_and_fail)

        assert count() == before


def test_a_transaction_inside_another_is_refused(app: Flask) -> None:
    with app.app_context(), atomic(), pytest.raises(NestedTransaction), atomic():
        pass


def test_after_a_failure_the_next_transaction_opens(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            in_transaction(add_and_fail)

        with atomic() as session:
            session.add(newcomer())


def test_a_reader_does_not_write(app: Flask) -> None:
    with app.app_context(), reader() as session:
        session.add(newcomer())

        with pytest.raises(WriteWhileReading):
            session.flush()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_database_itself_refuses_a_statement_of_a_reader(app: Flask) -> None:
    with app.app_context(), reader() as session, pytest.raises(Exception, match="read-only"):
        session.execute(update(User).values(name="Mallory"))


class Deadlock(Exception):
    sqlstate = "40P01"


def test_a_broken_deadlock_is_tried_once_more(app: Flask) -> None:
    tries = []

    def work(session: Session) -> str:
        tries.append(session)
        if len(tries) == 1:
            raise OperationalError("", {}, Deadlock())
        return "done"

    with app.app_context():
        assert in_transaction(work) == "done"
    assert len(tries) == 2


def test_a_second_deadlock_and_any_other_failure_is_told(app: Flask) -> None:
    tries = []

    def fail(session: Session) -> None:
        tries.append(session)
        raise OperationalError("", {}, Deadlock() if len(tries) < 3 else ValueError())

    with app.app_context():
        with pytest.raises(OperationalError):
            in_transaction(fail)
        with pytest.raises(OperationalError):
            in_transaction(fail)
    assert len(tries) == 3
