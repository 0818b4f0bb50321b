"""A lender's money: what there is, what moved, money in and money out."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import escrow
from escrow import AccountKind
from kernel import Currency, find
from marketplace import carrying, clock, custody, flows, notices, people, withdrawing
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas import wallet as schemas
from marketplace.web.pages import render, see_other
from marketplace.web.proving import proved
from marketplace.web.wallet_page import (
    Purse,
    TransferPage,
    WalletPage,
    WithdrawPage,
    statement_lines,
)
from reporting import lender_currencies

blueprint = Blueprint("wallet", __name__, url_prefix="/wallet")

LINES = 25


@blueprint.get("/")
@requires("lender")
def index() -> tuple[str, int]:
    """Show what there is in each currency, and what moved in one of them."""
    before = request.args.get("before", type=int)
    with reader() as session:
        currencies = lender_currencies(session, lender_id=me().id) or [Currency.USD]
        chosen = _chosen(currencies)
        account = _account(session, chosen)
        lines = (
            ()
            if account is None
            else statement_lines(
                escrow.statement(session, account_id=account, limit=LINES, before=before)
            )
        )
        page = WalletPage(
            purses=tuple(_purse(session, currency) for currency in currencies),
            currency=chosen,
            lines=lines,
            older=lines[-1].entry_id if len(lines) >= LINES else None,
            owed=tuple(escrow.owed(session, owner_id=me().id)),
            transfers=tuple(escrow.transfers_of(session, owner_id=me().id, limit=10)),
            sealed_to=escrow.sealed_to(session),
        )
    return render("wallet/index.html", page=page)


@blueprint.get("/deposits/new")
@requires("lender")
def new_deposit() -> tuple[str, int]:
    """Ask how much to add; to an account of the house one transfers."""
    if _is_by_transfer():
        return _transfer_page()
    form = Form(schemas.AddFunds(), initial={"currency": request.args.get("currency", "USD")})
    return render("wallet/add.html", form=form)


@blueprint.post("/deposits/")
@requires("lender")
def create_deposit() -> Response | tuple[str, int]:
    """Note the deposit and go to the bank's page to pay it."""
    if _is_by_transfer():
        return see_other(".new_deposit")
    form = Form(schemas.AddFunds())
    if form.load(request.form):
        with form.catching(deposit_too_small="amount"):
            return redirect(in_transaction(lambda session: _begin(session, form)), 303)
    return render("wallet/add.html", form=form)


def _begin(session: Session, form: Form) -> str:
    """Note a deposit, and return where it is paid."""
    bank = flows.carrier(session)
    deposit = escrow.begin_deposit(
        session,
        owner_id=me().id,
        amount=form.values["amount"],
        key=f"{me().id}:{form.values['key']}",
        gateway=bank,
        at=clock.now(),
    )
    return bank.checkout_url(deposit)


def _is_by_transfer() -> bool:
    with reader() as session:
        return isinstance(flows.carrier(session), escrow.BankGateway)


def _transfer_page() -> tuple[str, int]:
    """Show where to transfer money to, and by which words it is known whose it is."""
    reference = in_transaction(
        lambda session: escrow.payment_reference(session, owner_id=me().id, at=clock.now())
    )
    page = TransferPage(custody.account(), escrow.shown_reference(reference))
    return render("wallet/transfer.html", page=page)


@blueprint.get("/deposits/<uuid:deposit_id>/pay")
@requires("lender")
def pay_deposit(deposit_id: UUID) -> tuple[str, int]:
    """Lead to Stripe's page by a link: a form's own redirect may not leave this site."""
    with reader() as session:
        deposit = find(session, escrow.Deposit, deposit_id)
        session.expunge(deposit)
    if deposit.owner_id != me().id or deposit.gateway != escrow.StripeGateway.name:
        abort(404)
    back = url_for("wallet.index", currency=deposit.amount.currency, _external=True)
    url = carrying.checkout(deposit, back=back, at=clock.now())
    return render("wallet/pay.html", page=deposit, url=url)


@blueprint.get("/withdrawals/new")
@requires("lender")
def new_withdrawal() -> tuple[str, int]:
    """Ask how much to withdraw, and where to."""
    form = Form(schemas.Withdraw(), initial={"currency": request.args.get("currency", "USD")})
    return _withdraw_page(form)


@blueprint.post("/withdrawals/")
@requires("lender")
def create_withdrawal() -> Response | tuple[str, int]:
    """Show the exact withdrawal once more; confirmed with the password, hold the money."""
    form = Form(schemas.Withdraw())
    if not form.load(request.form):
        return _withdraw_page(form)
    if "confirmed" not in request.args or not proved(form):
        return _confirm_page(form)
    values = form.values
    with form.catching(
        insufficient_funds="amount", over_daily_limit="amount", destination_not_usable="destination"
    ):
        payout = in_transaction(lambda session: _withdraw(session, values))
        waits = payout.status == escrow.PayoutStatus.REVIEW
        later = _("So large a withdrawal is looked at by two people first.")
        said = later if waits else _("Your money is on its way to your bank.")
        return see_other("wallet.index", said=said, currency=values["currency"])
    return _withdraw_page(form)


def _withdraw(session: Session, values: dict[str, Any]) -> escrow.Payout:
    """Hold the money and write to its owner, who may not be who sits there."""
    at = clock.now()
    payout = withdrawing.withdraw_cash(
        session,
        owner_id=me().id,
        destination_id=_uuid(values["destination"]),
        amount=values["amount"],
        key=f"{me().id}:{values['key']}",
        at=at,
    )
    notices.withdrawal(session, payout, recipient=me().email, at=at)
    return payout


def _withdraw_page(form: Form) -> tuple[str, int]:
    with reader() as session:
        currencies = lender_currencies(session, lender_id=me().id) or [Currency.USD]
        page = WithdrawPage(
            purses=tuple(_purse(session, currency) for currency in currencies),
            destinations=_destinations(session),
        )
    return render("wallet/withdraw.html", form=form, page=page)


def _confirm_page(form: Form) -> tuple[str, int]:
    """Show the withdrawal; the first time nothing is wrong with it yet."""
    if "confirmed" not in request.args:
        form.messages.clear()
    with reader() as session:
        named = dict(_destinations(session))
    page = form.values | {"label": named.get(form.values["destination"], "–")}
    ask = not people.is_proved(escrow.payment_policy().step_up)
    return render("wallet/confirm.html", form=form, page=page, ask=ask)


def _destinations(session: Session) -> tuple[tuple[str, str], ...]:
    bank = flows.carrier(session).name
    rows = escrow.destinations_of(session, owner_id=me().id)
    return tuple(
        (str(row.id), row.label or _("Bank account")) for row in rows if row.gateway == bank
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise escrow.DestinationNotUsable(why="it is not among yours") from None


def _chosen(currencies: list[Currency] | tuple[Currency, ...]) -> Currency:
    asked = request.args.get("currency", "")
    return next((each for each in currencies if each.value == asked), currencies[0])


def _purse(session: Session, currency: Currency) -> Purse:
    lender_id: UUID = me().id
    account = escrow.AccountRef(AccountKind.LENDER, lender_id, currency)
    return Purse(currency, escrow.balance(session, account=account))


def _account(session: Session, currency: Currency) -> int | None:
    return escrow.account_id(session, kind=AccountKind.LENDER, owner_id=me().id, currency=currency)
