"""Loans as operators service them: what is late, what was paid, returned and recovered."""

from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

import servicing
from marketplace import clock, repaying
from marketplace.db import in_transaction, reader
from marketplace.forms import Form, FormSchema
from marketplace.people import me, requires
from marketplace.schemas import servicing as schemas
from marketplace.web.pages import render, see_other
from marketplace.web.servicing_page import TABS, book_page, loan_page

blueprint = Blueprint("servicing", __name__, url_prefix="/servicing")


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show the loans of one tab, the newest first."""
    tab = request.args.get("tab", "late")
    with reader() as session:
        page = book_page(
            session,
            tab=tab if tab in TABS else "late",
            on=clock.today(),
            after=request.args.get("after"),
        )
    return render("servicing/index.html", page=page)


@blueprint.get("/<uuid:loan_id>")
@requires("operator")
def show(loan_id: UUID) -> tuple[str, int]:
    """Show one loan: how it stands, what was paid, what may be done."""
    return _show(loan_id)


@blueprint.post("/<uuid:loan_id>/repayments/<uuid:repayment_id>/return")
@requires("operator")
def take_back(loan_id: UUID, repayment_id: UUID) -> Response | tuple[str, int]:
    """Return a payment that the borrower's bank took back."""
    form = Form(schemas.Why())
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: servicing.reverse_repayment(
                    session,
                    repayment_id=repayment_id,
                    key=f"return:{repayment_id}",
                    on=clock.today(),
                    at=clock.now(),
                    why=form.values["why"],
                    by=f"operator:{me().id}",
                )
            )
            said = _("The payment is returned and taken back from the investors.")
            return see_other("servicing.show", loan_id=loan_id, said=said)
    return _show(loan_id, why=form)


@blueprint.post("/<uuid:loan_id>/recoveries")
@requires("operator")
def recover(loan_id: UUID) -> Response | tuple[str, int]:
    """Share out what was recovered after the loss."""
    form = Form(schemas.Recovery())
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: repaying.recover(
                    session,
                    loan_id=loan_id,
                    gross=form.values["amount"],
                    key=form.values["key"],
                    collection_fee=form.values["fee"],
                    source=_source(form.values["source"]),
                    by=f"operator:{me().id}",
                    on=clock.today(),
                    at=clock.now(),
                )
            )
            said = _("The recovery is shared among the investors.")
            return see_other("servicing.show", loan_id=loan_id, said=said)
    return _show(loan_id, recovery=form)


@blueprint.post("/<uuid:loan_id>/categories")
@requires("operator")
def judge(loan_id: UUID) -> Response | tuple[str, int]:
    """Propose the category that a loan is in by judgement."""
    form = Form(schemas.Judgement())
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: servicing.propose_category(
                    session,
                    loan_id=loan_id,
                    category=form.values["category"],
                    preset=servicing.categories(),
                    by=f"operator:{me().id}",
                    at=clock.now(),
                    why=form.values["why"],
                )
            )
            said = _("The category is proposed; somebody else confirms it.")
            return see_other("servicing.show", loan_id=loan_id, said=said)
    return _show(loan_id, judgement=form)


@blueprint.post("/<uuid:loan_id>/categories/<uuid:proposal_id>/confirm")
@requires("operator")
def confirm(loan_id: UUID, proposal_id: UUID) -> Response | tuple[str, int]:
    """Confirm the category that somebody else proposed."""
    form = Form(FormSchema())
    with form.catching():
        in_transaction(
            lambda session: servicing.confirm_proposal(
                session,
                proposal_id=proposal_id,
                by=f"operator:{me().id}",
                on=clock.today(),
                at=clock.now(),
            )
        )
        return see_other("servicing.show", loan_id=loan_id, said=_("The category is confirmed."))
    return _show(loan_id, judgement=form)


def _source(name: str | None) -> servicing.Source | None:
    return None if name is None else servicing.Source(name)


def _show(
    loan_id: UUID,
    *,
    why: Form | None = None,
    recovery: Form | None = None,
    judgement: Form | None = None,
) -> tuple[str, int]:
    forms = {
        "why": why or Form(schemas.Why()),
        "recovery": recovery or Form(schemas.Recovery()),
        "judgement": judgement or Form(schemas.Judgement()),
    }
    with reader() as session:
        page = loan_page(session, loan_id=loan_id, on=clock.today())
    refused = next((form for form in forms.values() if form.messages), None)
    return render("servicing/show.html", form=refused, page=page, forms=forms)
