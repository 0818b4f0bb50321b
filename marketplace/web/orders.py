"""A lender's orders: looked at once more, placed, listed, taken back."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import escrow
import matching
import origination
from escrow import AccountKind, AccountRef, InsufficientFunds
from kernel import Money
from marketplace import clock, flows, formats
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas import orders as schemas
from marketplace.web.listings import show_with
from marketplace.web.orders_page import ConfirmPage, OrderPage, OrdersPage
from marketplace.web.pages import render, see_other
from matching import Order, OrderStatus

blueprint = Blueprint("orders", __name__, url_prefix="/orders")

ROWS = 50
# Which field of the form a refusal belongs to.
PLACES = {
    "listing_full": "amount",
    "order_too_small": "amount",
    "order_off_step": "amount",
    "currency_mismatch": "amount",
    "legal_limit_reached": "amount",
    "consent_needed": "consents",
}


@blueprint.get("/")
@requires("lender")
def index() -> tuple[str, int]:
    """List what is reserved, or every order there was."""
    shows_all = "all" in request.args
    before = request.args.get("before", type=UUID)
    with reader() as session:
        rows = matching.orders_of(
            session,
            lender_id=me().id,
            status=None if shows_all else OrderStatus.RESERVED,
            limit=ROWS,
            before=before,
        )
    more = str(rows[-1].id) if len(rows) >= ROWS else None
    page = OrdersPage(rows=tuple(rows), before=more, shows_all=shows_all, at=clock.now())
    return render("orders/index.html", page=page)


@blueprint.post("/<int:number>")
@requires("lender")
def create(number: int) -> Response | tuple[str, int]:
    """Show the exact order once more; confirmed, reserve its money."""
    form = Form(schemas.NewOrder())
    if form.load(request.form):
        with form.catching(**PLACES):
            try:
                return (
                    _placed(number, form) if "confirmed" in request.args else _asked(number, form)
                )
            except InsufficientFunds as error:
                form.add_error(_too_little(error), field="amount")
    return show_with(number, form)


@blueprint.get("/<uuid:order_id>")
@requires("lender")
def show(order_id: UUID) -> tuple[str, int]:
    """Show one order and what happens with it next."""
    with reader() as session:
        order = matching.order_of(session, order_id=order_id, lender_id=me().id)
        account = AccountRef(AccountKind.LENDER, me().id, order.amount.currency)
        cash = escrow.balance(session, account=account)
    page = OrderPage(order=order, cash=cash, is_new="placed" in request.args, at=clock.now())
    return render("orders/show.html", page=page)


@blueprint.post("/<uuid:order_id>/cancel")
@requires("lender")
def cancel(order_id: UUID) -> Response:
    """Take an order back; what it leaves free may be bought by others."""

    def work(session: Session) -> Money:
        order = flows.cancel_order(session, order_id=order_id, lender_id=me().id, at=clock.now())
        return order.amount

    freed = formats.money(in_transaction(work))
    return see_other("orders.index", said=_("Cancelled: %(sum)s is free again.", sum=freed))


def _asked(number: int, form: Form) -> tuple[str, int]:
    """Show what the order would do, with exact amounts."""
    values = form.values
    with reader() as session:
        ident = origination.listing_numbered(session, number=number)
        detail = origination.listing_detail(session, listing_id=ident)
        preview = matching.preview_order(
            session,
            listing_id=ident,
            lender_id=me().id,
            amount=values["amount"],
            allow_partial=values["take_less"],
            consents=values["consents"],
            at=clock.now(),
        )
    page = ConfirmPage(card=detail.card, terms=detail.terms, preview=preview)
    return render("orders/confirm.html", form=form, page=page)


def _placed(number: int, form: Form) -> Response:
    """Reserve the money; the same form sent again leads to the same order."""
    values = form.values

    def work(session: Session) -> Order:
        return matching.place_order(
            session,
            listing_id=origination.listing_numbered(session, number=number),
            lender_id=me().id,
            amount=values["amount"],
            key=values["key"],
            allow_partial=values["take_less"],
            consents=values["consents"],
            at=clock.now(),
        )

    order = in_transaction(work)
    return redirect(url_for("orders.show", order_id=order.id, placed=1), 303)


def _too_little(error: InsufficientFunds) -> str:
    available, missing = error.attributes["available"], error.attributes["missing"]
    return str(
        _(
            "You have %(cash)s free, which is %(missing)s too little. "
            "Enter less, or add funds first.",
            cash=formats.written(available),
            missing=formats.written(missing),
        )
    )
