"""The demo bank: a page outside the marketplace's own, where a deposit is paid or declined."""

from uuid import UUID

from flask import Blueprint, abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

import escrow
from kernel import find
from marketplace import clock, flows
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import public
from marketplace.schemas import wallet as schemas
from marketplace.web.pages import render, see_other

blueprint = Blueprint("sandbox", __name__, url_prefix="/sandbox/deposits")


@blueprint.get("/<uuid:deposit_id>")
@public
def show(deposit_id: UUID) -> tuple[str, int]:
    """Show the demo bank's page for one deposit."""
    token = request.args.get("token", "")
    deposit = _deposit(deposit_id, token)
    return render("sandbox/show.html", form=None, page=deposit, token=token)


@blueprint.post("/<uuid:deposit_id>/pay")
@public
def pay(deposit_id: UUID) -> Response:
    """Pay: the money arrives at once; pressed twice it arrives once."""
    deposit = _deposit(deposit_id, _token())
    event = flows.gateway().pay(deposit)
    in_transaction(lambda session: flows.pay_in(session, event=event, at=clock.now()))
    return see_other("wallet.index", said=_("Your money has arrived."))


@blueprint.post("/<uuid:deposit_id>/decline")
@public
def decline(deposit_id: UUID) -> Response:
    """Decline: nothing arrives, and the lender is told."""
    deposit = _deposit(deposit_id, _token())
    event = flows.gateway().decline(deposit)
    in_transaction(lambda session: escrow.receive(session, event=event, at=clock.now()))
    return see_other("wallet.index", said=_("The bank declined the payment. Nothing was taken."))


def _token() -> str:
    form = Form(schemas.Payment())
    return str(form.values["token"]) if form.load(request.form) else ""


def _deposit(deposit_id: UUID, token: str) -> escrow.Deposit:
    """Load a deposit for whoever holds its link."""
    with reader() as session:
        deposit = find(session, escrow.Deposit, deposit_id)
        session.expunge(deposit)
    if not flows.gateway().accepts(deposit, token):
        abort(404)
    return deposit
