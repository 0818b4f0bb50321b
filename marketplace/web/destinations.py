"""Where somebody is paid to: lenders who withdraw, borrowers who receive a loan."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import escrow
from kernel import NotFound, find
from marketplace import carrying, clock, flows, notices, withdrawing
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.models import Role
from marketplace.people import me, requires
from marketplace.schemas import destinations as schemas
from marketplace.web.pages import render, see_other
from marketplace.web.proving import is_fresh, proved
from marketplace.web.wallet_page import masked

blueprint = Blueprint("destinations", __name__, url_prefix="/destinations")


@dataclass(frozen=True)
class DestinationsPage:
    """One's bank accounts.

    Attributes:
        rows: the accounts that are not removed, the oldest first.
        hours: how long a changed account waits.
        asks: whether the password is asked for before anything changes.
        is_hosted: whether the provider asks for the account, on its own pages.
        at: the moment of the page.
    """

    rows: tuple[escrow.Destination, ...]
    hours: int
    asks: bool
    is_hosted: bool
    at: datetime


@blueprint.get("/")
@requires("borrower", "lender")
def index() -> tuple[str, int]:
    """Show one's bank accounts, and how far each has come."""
    return _index(Form(schemas.Removal()))


@blueprint.get("/new")
@requires("borrower", "lender")
def new() -> tuple[str, int]:
    """Ask which bank account is to be paid to."""
    return _new(Form(schemas.destination(_carrier())))


@blueprint.post("/")
@requires("borrower", "lender")
def create() -> Response | tuple[str, int]:
    """Add a bank account, once the password was given again."""
    form = Form(schemas.destination(_carrier()))
    if not form.load(request.form) or not proved(form):
        return _new(form)
    with form.catching():
        row = in_transaction(lambda session: _add(session, form))
        if row.gateway == escrow.StripeGateway.name:
            return see_other(".onboard", destination_id=row.id)
        there = "wallet.new_withdrawal" if me().role == Role.LENDER else ".index"
        return see_other(there, said=_("Your bank account is added."))
    return _new(form)


@blueprint.get("/<uuid:destination_id>/provider")
@requires("borrower", "lender")
def onboard(destination_id: UUID) -> tuple[str, int]:
    """Lead to Stripe's page, on which who is paid says who they are."""
    with reader() as session:
        row = _own(session, destination_id)
        session.expunge(row)
    if row.gateway != escrow.StripeGateway.name:
        raise NotFound(what="Bank account", id=destination_id)
    back = url_for(".index", _external=True)
    url = carrying.onboard(row, back=back, at=clock.now())
    return render("destinations/onboard.html", page=row, url=url)


@blueprint.post("/<uuid:destination_id>/remove")
@requires("borrower", "lender")
def remove(destination_id: UUID) -> Response | tuple[str, int]:
    """Forget a bank account, once the password was given again."""
    form = Form(schemas.Removal())
    if not form.load(request.form) or not proved(form):
        return _index(form)
    with form.catching():
        in_transaction(lambda session: _remove(session, destination_id))
        return see_other(".index", said=_("The bank account is removed."))
    return _index(form)


def _add(session: Session, form: Form) -> escrow.Destination:
    at, account = clock.now(), form.values.get("account", "")
    row = withdrawing.add_destination(
        session,
        owner_id=me().id,
        label=masked(account) if account else "",
        account=account,
        key=f"{me().id}:{form.values['key']}",
        at=at,
    )
    notices.bank_account_added(session, row, recipient=me().email, at=at)
    return row


def _remove(session: Session, destination_id: UUID) -> None:
    at, person = clock.now(), me()
    row = escrow.remove_destination(
        session, destination_id=destination_id, owner_id=person.id, at=at
    )
    notices.bank_account_removed(session, row, recipient=person.email, at=at)


def _own(session: Session, destination_id: UUID) -> escrow.Destination:
    row = find(session, escrow.Destination, destination_id)
    if row.owner_id != me().id:
        raise NotFound(what="Bank account", id=destination_id)
    return row


def _carrier() -> str:
    with reader() as session:
        return flows.carrier(session).name


def _index(form: Form) -> tuple[str, int]:
    with reader() as session:
        rows = tuple(escrow.destinations_of(session, owner_id=me().id))
        session.expunge_all()
    return render("destinations/index.html", form=form, page=_page(rows))


def _new(form: Form) -> tuple[str, int]:
    return render("destinations/new.html", form=form, page=_page(()))


def _page(rows: tuple[escrow.Destination, ...]) -> DestinationsPage:
    is_hosted = _carrier() == escrow.StripeGateway.name
    hours = int(escrow.payment_policy().cool_off.total_seconds() // 3600)
    return DestinationsPage(rows, hours, not is_fresh(), is_hosted, clock.now())
