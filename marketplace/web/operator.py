"""The operators' overview: what waits for somebody today."""

from flask import Blueprint

from marketplace import clock
from marketplace.db import reader
from marketplace.people import requires
from marketplace.web.operator_page import overview
from marketplace.web.pages import render

blueprint = Blueprint("operator", __name__, url_prefix="/operator")


@blueprint.get("/")
@requires("operator")
def dashboard() -> tuple[str, int]:
    """Show every queue with its length, and how the loan book stands."""
    with reader() as session:
        page = overview(session, on=clock.today())
    return render("operator/dashboard.html", page=page)
