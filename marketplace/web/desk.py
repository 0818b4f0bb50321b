"""Listings on the operators' desk: open, funded, partly funded; paid out or taken back."""

from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace import clock, flows
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas.servicing import Why
from marketplace.web.desk_page import TABS, desk_page
from marketplace.web.pages import render, see_other

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show the listings of one tab, the newest first."""
    return _index(Form(Why()))


@blueprint.post("/<uuid:listing_id>/disburse")
@requires("operator")
def disburse(listing_id: UUID) -> Response:
    """Make a loan of a funded listing and send the proceeds to its borrower."""
    loan = in_transaction(
        lambda session: flows.disburse(
            session,
            listing_id=listing_id,
            by=f"operator:{me().id}",
            at=clock.now(),
            on=clock.today(),
        )
    )
    said = _("Loan L-%(number)s is paid out.", number=loan.number)
    return see_other("servicing.show", loan_id=loan.id, said=said)


@blueprint.post("/<uuid:listing_id>/withdraw")
@requires("operator")
def withdraw(listing_id: UUID) -> Response | tuple[str, int]:
    """Take a listing back; every reservation is released at once."""
    form = Form(Why())
    if not form.load(request.form):
        return _index(form)
    listing = in_transaction(
        lambda session: flows.withdraw_listing(
            session,
            listing_id=listing_id,
            by=f"operator:{me().id}",
            at=clock.now(),
            why=form.values["why"],
        )
    )
    said = _("Listing L-%(number)s is withdrawn.", number=listing.number)
    return see_other("desk.index", said=said)


def _index(form: Form) -> tuple[str, int]:
    tab = request.args.get("tab", "open")
    with reader() as session:
        page = desk_page(
            session,
            tab=tab if tab in TABS else "open",
            after=request.args.get("after"),
            at=clock.now(),
        )
    return render("desk/index.html", form=form, page=page)
