"""A borrower's loans: where they stand, what is to be paid, and paying it."""

from datetime import date
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import escrow
import servicing
from kernel import Currency, Money
from marketplace import clock, flows, repaying
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas import loans as schemas
from marketplace.web.loans_page import (
    PayoffPage,
    PayPage,
    amount_of,
    confirm_page,
    loan_page,
    loans_page,
    own,
    pay_page,
    receipt_page,
)
from marketplace.web.pages import render, see_other
from servicing import Loan, LoanStatus, RepaymentKind

blueprint = Blueprint("loans", __name__, url_prefix="/loans")


@blueprint.get("/")
@requires("borrower")
def index() -> tuple[str, int]:
    """List one's own loans."""
    with reader() as session:
        page = loans_page(session, borrower_id=me().id, on=clock.today())
    return render("loans/index.html", page=page)


@blueprint.get("/<uuid:loan_id>")
@requires("borrower")
def show(loan_id: UUID) -> tuple[str, int]:
    """Show a loan: what is next, where it stands, what was paid."""
    with reader() as session:
        page = loan_page(session, _own(session, loan_id), on=clock.today())
    return render("loans/show.html", page=page)


@blueprint.get("/<uuid:loan_id>/schedule")
@requires("borrower")
def schedule(loan_id: UUID) -> tuple[str, int]:
    """Show every installment: paid, owed and to come."""
    with reader() as session:
        loan = _own(session, loan_id)
        rows = servicing.timetable(session, loan_id=loan_id, on=clock.today())
        number = loan.number
    return render("loans/schedule.html", rows=rows, number=number, loan_id=loan_id)


@blueprint.get("/<uuid:loan_id>/payoff")
@requires("borrower")
def payoff(loan_id: UUID) -> Response | tuple[str, int]:
    """Quote what settles a loan on a day."""
    with reader() as session:
        loan = _own(session, loan_id)
        if loan.status != LoanStatus.ACTIVE:
            return see_other(".show", loan_id=loan_id)
        return _payoff(session, loan)


@blueprint.get("/<uuid:loan_id>/pay")
@requires("borrower")
def pay(loan_id: UUID) -> Response | tuple[str, int]:
    """Ask what to pay."""
    page = _payable(loan_id)
    if page is None:
        return see_other(".show", loan_id=loan_id)
    wish = request.args.get("kind", RepaymentKind.INSTALLMENT.value)
    return _pay(page, Form(schemas.Plan(page.payoff), initial={"kind": wish}))


@blueprint.get("/<uuid:loan_id>/pay/confirm")
@requires("borrower")
def confirm(loan_id: UUID) -> Response | tuple[str, int]:
    """Show exactly what a payment will do, before it is made."""
    page = _payable(loan_id)
    if page is None:
        return see_other(".show", loan_id=loan_id)
    form = Form(schemas.Plan(page.payoff))
    if not form.load(request.args):
        return _pay(page, form)
    kind = RepaymentKind(form.values["kind"])
    amount = amount_of(page, kind, form.values["amount"])
    if amount is None:
        form.add_error(_("Enter how much you want to pay."), field="amount")
        return _pay(page, form)
    with form.catching(), reader() as session:
        last = confirm_page(
            session, _own(session, loan_id), kind=kind, amount=amount, on=clock.today()
        )
        return render("loans/confirm.html", form=form, page=last)
    return _pay(page, form)


@blueprint.post("/<uuid:loan_id>/payments")
@requires("borrower")
def create(loan_id: UUID) -> Response | tuple[str, int]:
    """Pay; sent twice, it is paid once and leads to the same receipt."""
    with reader() as session:
        currency = Currency(_own(session, loan_id).currency)
    form = Form(schemas.Pay(currency))
    if form.load(request.form):
        with form.catching():
            if flows.provider().name == escrow.StripeGateway.name:
                row = in_transaction(lambda session: _begin(session, loan_id, form))
                return see_other("autopay.pay", loan_id=loan_id, collection_id=row.id)
            paid = in_transaction(lambda session: _repay(session, loan_id, form))
            return see_other(".receipt", loan_id=loan_id, seq=paid.seq)
    return _refused(loan_id, form)


@blueprint.get("/<uuid:loan_id>/payments/<int:seq>")
@requires("borrower")
def receipt(loan_id: UUID, seq: int) -> tuple[str, int]:
    """Show how a payment was applied."""
    with reader() as session:
        page = receipt_page(session, _own(session, loan_id), seq=seq, on=clock.today())
    return render("loans/receipt.html", page=page)


def _own(session: Session, loan_id: UUID) -> Loan:
    return own(session, loan_id, borrower_id=me().id)


def _payable(loan_id: UUID) -> PayPage | None:
    with reader() as session:
        return pay_page(session, _own(session, loan_id), on=clock.today())


def _pay(page: PayPage, form: Form) -> tuple[str, int]:
    return render("loans/pay.html", form=form, page=page)


def _repay(session: Session, loan_id: UUID, form: Form) -> servicing.Repayment:
    amount: Money = form.values["amount"]
    return repaying.repay(
        session,
        loan_id=loan_id,
        amount=amount,
        kind=RepaymentKind(form.values["kind"]),
        key=form.values["key"],
        on=clock.today(),
        at=clock.now(),
    )


def _begin(session: Session, loan_id: UUID, form: Form) -> escrow.Collection:
    """Note a payment that is made on the provider's page."""
    return escrow.begin_collection(
        session,
        owner_id=me().id,
        loan_id=_own(session, loan_id).id,
        amount=form.values["amount"],
        kind=form.values["kind"],
        key=f"{me().id}:{form.values['key']}",
        gateway=flows.provider(),
        counts_on=clock.today(),
        at=clock.now(),
    )


def _refused(loan_id: UUID, form: Form) -> Response | tuple[str, int]:
    """Ask anew under a new key, with what was wrong on top."""
    page = _payable(loan_id)
    if page is None:
        return see_other(".show", loan_id=loan_id)
    again = Form(schemas.Plan(page.payoff), initial={"kind": form.value("kind")})
    for _name, text in form.errors:
        again.add_error(text)
    return _pay(page, again)


def _payoff(session: Session, loan: Loan) -> tuple[str, int]:
    today = clock.today()
    form = Form(schemas.PayoffDay(today), initial={"on": today.isoformat()})
    asked: date = today
    if "on" in request.args and form.load(request.args):
        asked = form.values["on"]
    page = PayoffPage(
        id=loan.id,
        number=loan.number,
        quote=servicing.quote_payoff(session, loan_id=loan.id, on=asked),
        today=today,
    )
    return render("loans/payoff.html", form=form, page=page)
