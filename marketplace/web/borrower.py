"""The overview of a borrower."""

from flask import Blueprint

from marketplace import clock
from marketplace.db import reader
from marketplace.people import me, requires
from marketplace.web.borrower_page import borrower_page
from marketplace.web.pages import render

blueprint = Blueprint("borrower", __name__, url_prefix="/borrower")


@blueprint.get("/")
@requires("borrower")
def dashboard() -> tuple[str, int]:
    """Show what to do first, then the loans and the applications that wait."""
    with reader() as session:
        page = borrower_page(session, borrower_id=me().id, on=clock.today(), at=clock.now())
    return render("borrower/dashboard.html", page=page)
