"""The loan book by category: provisions, and how loans moved between categories."""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace import clock, closing
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import requires
from marketplace.schemas.categories import Between
from marketplace.web.categories_page import categories_page
from marketplace.web.pages import render, see_other

blueprint = Blueprint("categories", __name__, url_prefix="/categories")


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show the book by category, and the migration matrix between two days."""
    form = Form(Between())
    form.load(request.args)
    with reader() as session:
        page = categories_page(
            session,
            since=form.values.get("since"),
            until=form.values.get("until"),
            today=clock.today(),
        )
    return render("categories/index.html", form=form, page=page)


@blueprint.post("/records")
@requires("operator")
def create() -> Response:
    """Record today's categories; the close does so at the end of every month."""
    moved = in_transaction(
        lambda session: closing.record_categories(session, on=clock.today(), at=clock.now())
    )
    said = _("Recorded; %(count)s loans have moved.", count=moved)
    return see_other(".index", said=said)
