"""Applications under review: the queue, and the workbench for one of them."""

from functools import partial
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import origination
from marketplace import clock, flows
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas import reviews as schemas
from marketplace.web.pages import render, see_other
from marketplace.web.reviews_page import TABS, queue_page, workbench

blueprint = Blueprint("reviews", __name__, url_prefix="/reviews")


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show what waits, the oldest first."""
    tab = request.args.get("tab", "submitted")
    with reader() as session:
        page = queue_page(
            session, tab=tab if tab in TABS else "submitted", after=request.args.get("after")
        )
    return render("reviews/index.html", page=page)


@blueprint.get("/<uuid:application_id>")
@requires("operator")
def show(application_id: UUID) -> tuple[str, int]:
    """Show everything that one application is judged by."""
    return _show(application_id)


@blueprint.post("/<uuid:application_id>/review")
@requires("operator")
def review(application_id: UUID) -> Response | tuple[str, int]:
    """Record what the first person found."""
    form = Form(schemas.Review())
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: origination.review(
                    session,
                    application_id=application_id,
                    by=_by(),
                    recommend=form.values["recommend"],
                    note=form.values["note"],
                    at=clock.now(),
                )
            )
            said = _("Your review is recorded. Somebody else decides.")
            return see_other("reviews.show", application_id=application_id, said=said)
    return _show(application_id, review=form)


@blueprint.post("/<uuid:application_id>/decide")
@requires("operator")
def decide(application_id: UUID) -> Response | tuple[str, int]:
    """Record what the second person decides."""
    form = Form(schemas.Decide())
    if form.load(request.form):
        with form.catching(approval_needs_reason="note"):
            in_transaction(
                lambda session: origination.decide(
                    session,
                    application_id=application_id,
                    by=_by(),
                    approve=form.values["decision"] == "approve",
                    note=form.values["note"] or "",
                    at=clock.now(),
                )
            )
            said = _("The decision is recorded and told to the borrower.")
            return see_other("reviews.show", application_id=application_id, said=said)
    return _show(application_id, decide=form)


@blueprint.post("/<uuid:application_id>/publish")
@requires("operator")
def publish(application_id: UUID) -> Response:
    """Open the accepted offer to investors."""
    listing = in_transaction(
        lambda session: flows.publish(
            session, application_id=application_id, by=_by(), at=clock.now()
        )
    )
    said = _("Listing L-%(number)s is open to investors.", number=listing.number)
    return see_other("desk.index", said=said)


@blueprint.post("/<uuid:application_id>/related")
@requires("operator")
def relate(application_id: UUID) -> Response | tuple[str, int]:
    """Note that the borrower belongs together with that of another application."""
    form = Form(schemas.Relate())
    if form.load(request.form):
        with form.catching(not_found="number", no_relation="number"):
            in_transaction(partial(_relate, application_id=application_id, **form.values))
            said = _("They count as one risk from now on.")
            return see_other("reviews.show", application_id=application_id, said=said)
    return _show(application_id, relate=form)


@blueprint.post("/<uuid:application_id>/unrelated")
@requires("operator")
def unrelate(application_id: UUID) -> Response:
    """Take the borrower out of its group."""

    def work(session: Session) -> None:
        file = origination.application_file(session, application_id=application_id)
        borrower = file.card.borrower_id
        origination.unrelate(session, borrower_id=borrower, by=_by(), at=clock.now())

    in_transaction(work)
    said = _("The borrower counts alone from now on.")
    return see_other("reviews.show", application_id=application_id, said=said)


def _relate(session: Session, *, application_id: UUID, number: int, related_why: str) -> None:
    ident = origination.application_numbered(session, number=number)
    one, other = (
        origination.application_file(session, application_id=each).card.borrower_id
        for each in (application_id, ident)
    )
    origination.relate(
        session, borrower_id=one, other_id=other, why=related_why, by=_by(), at=clock.now()
    )


def _by() -> str:
    return f"operator:{me().id}"


def _show(application_id: UUID, **sent: Form) -> tuple[str, int]:
    """Show everything, with one form as it was sent and refused."""
    empty = {"review": schemas.Review, "decide": schemas.Decide, "relate": schemas.Relate}
    forms = {name: sent.get(name) or Form(schema()) for name, schema in empty.items()}
    with reader() as session:
        page = workbench(session, application_id=application_id, reader_mark=_by())
    refused = next((form for form in forms.values() if form.messages), None)
    return render("reviews/show.html", form=refused, page=page, forms=forms)
