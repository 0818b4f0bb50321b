"""The front page, and whether the house is up."""

from flask import Blueprint, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.db import check_database, reader
from marketplace.people import me, public
from marketplace.web.calculator_page import calculator_page
from marketplace.web.navigation import landing
from marketplace.web.pages import render

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def index() -> Response | tuple[str, int]:
    """Show what Tessera is; who is signed in goes on to their own overview."""
    if current_user.is_authenticated:
        return redirect(landing(me().role), 303)
    with reader() as session:
        calculator = calculator_page(session, request.args, on=clock.today())
    return render("home/index.html", calculator=calculator)


@blueprint.get("/health")
@public
def health() -> tuple[dict[str, str], int]:
    """Answer whether the database does; for load balancers."""
    check_database()
    return {"status": "ok"}, 200
