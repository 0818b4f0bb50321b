"""Changes of a loan and the ends of a lost one: one operator proposes, another makes them."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import servicing
from marketplace import clock, flows
from marketplace.db import in_transaction, reader
from marketplace.forms import Form, FormSchema
from marketplace.people import me, requires
from marketplace.schemas import changes as schemas
from marketplace.schemas.servicing import Why
from marketplace.web.changes_page import changes_page
from marketplace.web.pages import render, see_other

blueprint = Blueprint("changes", __name__, url_prefix="/changes")


@blueprint.get("/<uuid:loan_id>")
@requires("operator")
def show(loan_id: UUID) -> tuple[str, int]:
    """Show what was proposed for a loan, and what may be."""
    return _show(loan_id)


@blueprint.post("/<uuid:loan_id>/write-offs")
@requires("operator")
def write_off(loan_id: UUID) -> Response | tuple[str, int]:
    """Propose to take the loss."""
    form = Form(Why())

    def work(session: Session) -> object:
        return servicing.propose_write_off(
            session, loan_id=loan_id, by=_by(), at=clock.now(), why=form.values["why"]
        )

    return _proposed(loan_id, form, work, write_off=form)


@blueprint.post("/<uuid:loan_id>/settlements")
@requires("operator")
def settle(loan_id: UUID) -> Response | tuple[str, int]:
    """Propose that less is enough."""
    form = Form(schemas.Settlement())

    def work(session: Session) -> object:
        return servicing.propose_settlement(
            session, loan_id=loan_id, by=_by(), on=clock.today(), at=clock.now(), **form.values
        )

    return _proposed(loan_id, form, work, settlement=form)


@blueprint.post("/<uuid:loan_id>/sales")
@requires("operator")
def sell(loan_id: UUID) -> Response | tuple[str, int]:
    """Propose to sell what is owed."""
    form = Form(schemas.Sale())

    def work(session: Session) -> object:
        return servicing.propose_sale(
            session, loan_id=loan_id, by=_by(), on=clock.today(), at=clock.now(), **form.values
        )

    return _proposed(loan_id, form, work, sale=form)


@blueprint.post("/<uuid:loan_id>/proposals/<uuid:proposal_id>/confirm")
@requires("operator")
def confirm(loan_id: UUID, proposal_id: UUID) -> Response | tuple[str, int]:
    """Do what somebody else proposed."""
    form = Form(FormSchema())
    with form.catching():
        in_transaction(
            lambda session: flows.confirm_proposal(
                session, proposal_id=proposal_id, by=_by(), on=clock.today(), at=clock.now()
            )
        )
        return see_other(".show", loan_id=loan_id, said=_("It is confirmed and done."))
    return _show(loan_id, decision=form)


@blueprint.post("/<uuid:loan_id>/proposals/<uuid:proposal_id>/refuse")
@requires("operator")
def refuse(loan_id: UUID, proposal_id: UUID) -> Response | tuple[str, int]:
    """Leave what somebody else proposed."""
    form = Form(Why())
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: servicing.refuse_proposal(
                    session,
                    proposal_id=proposal_id,
                    by=_by(),
                    at=clock.now(),
                    why=form.values["why"],
                )
            )
            return see_other(".show", loan_id=loan_id, said=_("It is refused; nothing changes."))
    return _show(loan_id, decision=form)


def _proposed(
    loan_id: UUID, form: Form, work: Callable[[Session], object], **forms: Form
) -> Response | tuple[str, int]:
    """Write a proposal down, or show its form again."""
    if form.load(request.form):
        with form.catching():
            in_transaction(work)
            said = _("It is proposed; somebody else confirms it.")
            return see_other(".show", loan_id=loan_id, said=said)
    return _show(loan_id, **forms)


def _by() -> str:
    return f"operator:{me().id}"


def _show(loan_id: UUID, **sent: Form) -> tuple[str, int]:
    fresh = {
        "write_off": Form(Why()),
        "settlement": Form(schemas.Settlement()),
        "sale": Form(schemas.Sale()),
        "decision": Form(Why()),
    }
    with reader() as session:
        page = changes_page(session, loan_id=loan_id, by=_by(), on=clock.today())
    refused = next(iter(sent.values()), None)
    return render("changes/show.html", form=refused, page=page, forms=fresh | sent)
