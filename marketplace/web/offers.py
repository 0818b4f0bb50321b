"""Offers: what a loan would cost, signed or left by its borrower."""

from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import origination
from marketplace import agreements, clock, flows
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.i18n import language
from marketplace.people import me, requires
from marketplace.schemas import offers as schemas
from marketplace.web.applications_page import own
from marketplace.web.offers_page import OfferPage, offer_page, signed_page, smaller_page
from marketplace.web.pages import render, see_other

blueprint = Blueprint("offers", __name__, url_prefix="/offers")


@blueprint.get("/<uuid:application_id>")
@requires("borrower")
def show(application_id: UUID) -> tuple[str, int]:
    """Show an offer with all it costs; while it is open, with the form that accepts it."""
    return _offer(application_id, Form(schemas.Accept(me().name)))


@blueprint.post("/<uuid:application_id>/accept")
@requires("borrower")
def accept(application_id: UUID) -> Response | tuple[str, int]:
    """Take an offer."""
    form = Form(schemas.Accept(me().name))
    if form.load(request.form):
        with form.catching():
            in_transaction(lambda session: _accept(session, application_id, form))
            return _done(application_id, _("You have accepted the offer."))
    return _offer(application_id, form)


@blueprint.get("/<uuid:application_id>/smaller")
@requires("borrower")
def smaller(application_id: UUID) -> tuple[str, int]:
    """Show what the part that was funded costs."""
    return _smaller(application_id, Form(schemas.Accept(me().name)))


@blueprint.post("/<uuid:application_id>/smaller/accept")
@requires("borrower")
def accept_smaller(application_id: UUID) -> Response | tuple[str, int]:
    """Take the part that was funded."""
    form = Form(schemas.Accept(me().name))
    if form.load(request.form):
        with form.catching():
            in_transaction(lambda session: _accept_smaller(session, application_id, form))
            return _done(application_id, _("You have accepted the smaller amount."))
    return _smaller(application_id, form)


@blueprint.post("/<uuid:application_id>/smaller/decline")
@requires("borrower")
def decline_smaller(application_id: UUID) -> Response:
    """Leave the part that was funded; investors have their money back."""
    _page, listing_id = _part(application_id)
    in_transaction(
        lambda session: flows.decline_partial(
            session, listing_id=listing_id, borrower_id=me().id, at=clock.now()
        )
    )
    return _done(application_id, _("You have left the smaller amount; you owe nothing."))


@blueprint.get("/<uuid:application_id>/signed")
@requires("borrower", "operator")
def signed(application_id: UUID) -> tuple[str, int]:
    """Show the agreement that was signed, and how."""
    with reader() as session:
        page = signed_page(session, application_id, reader=me())
    return render("offers/signed.html", page=page)


@blueprint.get("/<uuid:application_id>/signed/document")
@requires("borrower", "operator")
def document(application_id: UUID) -> Response:
    """Hand out the signed document, byte for byte as it was hashed."""
    with reader() as session:
        page = signed_page(session, application_id, reader=me())
    file = Response(page.document, mimetype="text/html")
    file.headers["Content-Disposition"] = f'attachment; filename="agreement-A-{page.number}.html"'
    return file


def _accept(session: Session, application_id: UUID, form: Form) -> None:
    """Sign the offer as it stands, and take it."""
    own(session, application_id, borrower_id=me().id)
    page = offer_page(session, application_id, borrower=me().name, at=clock.now())
    _sign(session, page, form)
    origination.accept(session, application_id=application_id, borrower_id=me().id, at=clock.now())


def _accept_smaller(session: Session, application_id: UUID, form: Form) -> None:
    """Sign the smaller offer as it stands, and take it."""
    own(session, application_id, borrower_id=me().id)
    page, listing_id = smaller_page(session, application_id, borrower=me().name, at=clock.now())
    _sign(session, page, form)
    origination.accept_partial(session, listing_id=listing_id, borrower_id=me().id, at=clock.now())


def _sign(session: Session, page: OfferPage, form: Form) -> None:
    origination.sign(
        session,
        application_id=page.id,
        borrower_id=me().id,
        signer=form.values["name"],
        document=agreements.document(page),
        language=language(),
        at=clock.now(),
    )


def _offer(application_id: UUID, form: Form) -> tuple[str, int]:
    with reader() as session:
        own(session, application_id, borrower_id=me().id)
        page = offer_page(session, application_id, borrower=me().name, at=clock.now())
    return render("offers/show.html", form=form, page=page)


def _smaller(application_id: UUID, form: Form) -> tuple[str, int]:
    page, _listing_id = _part(application_id)
    return render("offers/smaller.html", form=form, page=page)


def _part(application_id: UUID) -> tuple[OfferPage, UUID]:
    with reader() as session:
        own(session, application_id, borrower_id=me().id)
        return smaller_page(session, application_id, borrower=me().name, at=clock.now())


def _done(application_id: UUID, said: str) -> Response:
    return see_other("applications.show", application_id=application_id, said=said)
