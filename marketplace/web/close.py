"""The day's close: what was closed, and closing today."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace import clock, closing, flows
from marketplace.db import in_transaction, reader
from marketplace.people import requires
from marketplace.web.pages import render, see_other

blueprint = Blueprint("close", __name__, url_prefix="/close")


@dataclass(frozen=True)
class ClosePage:
    """The latest closes, and the days that wait for theirs."""

    closes: tuple[closing.CloseLine, ...]
    waiting: int


@dataclass(frozen=True)
class DayPage:
    """The report of one day."""

    report: closing.DayReport


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show the latest closes."""
    with reader() as session:
        closes = closing.recent_closes(session)
    page = ClosePage(closes, len(closing.open_days(clock.today())))
    return render("close/index.html", page=page)


@blueprint.get("/<day>/")
@requires("operator")
def show(day: str) -> tuple[str, int]:
    """Show the report of one day."""
    with reader() as session:
        report = closing.report(session, day=_day(day))
    return render("close/show.html", page=DayPage(report))


@blueprint.post("/")
@requires("operator")
def create() -> Response:
    """Ask the worker to close today and what was missed."""
    in_transaction(lambda session: flows.ask_for_close(session, day=clock.today(), at=clock.now()))
    return see_other("close.index", said=_("The close has begun; this page shows when it is done."))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)
