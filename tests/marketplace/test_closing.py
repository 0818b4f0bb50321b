"""The day's close from the command line."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from marketplace import clock
from servicing import Close
from tests.support.borrowing import read


def test_a_day_that_has_not_come_is_not_closed(app: Flask) -> None:
    with app.app_context():
        today = clock.today()
    tomorrow = (today + timedelta(days=1)).isoformat()

    ahead = app.test_cli_runner().invoke(args=["close", "--on", tomorrow])
    now = app.test_cli_runner().invoke(args=["close", "--on", today.isoformat()])

    assert ahead.exit_code != 0
    assert now.exit_code == 0
    assert read(app, lambda session: session.scalars(select(Close.day)).all()) == [today]
