"""Changes of a loan and the ends of a lost one: one operator proposes, another makes them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import servicing
from marketplace import clock, repaying
from marketplace.db import in_transaction, reader
from marketplace.forms import Form, FormSchema
from marketplace.people import me, requires
from marketplace.schemas import changes as schemas
from marketplace.schemas.servicing import Why
from marketplace.web import terms_page
from marketplace.web.changes_page import changes_page
from marketplace.web.pages import render, see_other
from marketplace.web.payments_page import Foreseen, foresee, payment_page

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


@blueprint.get("/<uuid:loan_id>/terms/new")
@requires("operator")
def new_terms(loan_id: UUID) -> tuple[str, int]:
    """Ask what is to change, and show what it would do before it is proposed."""
    blank = Form(schemas.Terms(), initial=request.args.to_dict() | {"on": clock.today()})
    if set(request.args) <= {"kind"}:
        return _terms(loan_id, blank, None)
    form = Form(schemas.ProposedTerms(partial=("why",)))
    if form.load(request.args):
        with form.catching():
            seen = terms_page.foresee(
                loan_id, terms_page.wish_of(form.values), on=clock.today(), at=clock.now()
            )
            return _terms(loan_id, form, seen)
    return _terms(loan_id, form, None)


@blueprint.post("/<uuid:loan_id>/terms")
@requires("operator")
def change(loan_id: UUID) -> Response | tuple[str, int]:
    """Propose other terms."""
    form = Form(schemas.ProposedTerms())
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: servicing.propose_change(
                    session,
                    loan_id=loan_id,
                    wish=terms_page.wish_of(form.values),
                    by=_by(),
                    at=clock.now(),
                    why=form.values["why"],
                )
            )
            said = _("It is proposed; somebody else confirms it.")
            return see_other(".show", loan_id=loan_id, said=said)
    return _terms(loan_id, form, None)


@blueprint.post("/<uuid:loan_id>/proposals/<uuid:proposal_id>/withdraw")
@requires("operator")
def withdraw(loan_id: UUID, proposal_id: UUID) -> Response | tuple[str, int]:
    """Propose that a change is withdrawn."""
    form = Form(Why())

    def work(session: Session) -> object:
        return servicing.propose_withdrawal(
            session,
            proposal_id=proposal_id,
            by=_by(),
            on=clock.today(),
            at=clock.now(),
            why=form.values["why"],
        )

    return _proposed(loan_id, form, work, decision=form)


@blueprint.get("/<uuid:loan_id>/payments/new")
@requires("operator")
def new_payment(loan_id: UUID) -> tuple[str, int]:
    """Ask for a payment that was made, and show what it would change before it is proposed."""
    if not request.args:
        return _payment(loan_id, Form(schemas.Payment()), None)
    form = Form(schemas.ProposedPayment(partial=("why",)))
    if form.load(request.args):
        with form.catching():
            seen = foresee(loan_id, _payment_of(form), on=clock.today(), at=clock.now())
            return _payment(loan_id, form, seen)
    return _payment(loan_id, form, None)


@blueprint.post("/<uuid:loan_id>/payments")
@requires("operator")
def pay(loan_id: UUID) -> Response | tuple[str, int]:
    """Propose to enter a payment by hand."""
    form = Form(schemas.ProposedPayment())
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: servicing.propose_payment(
                    session,
                    loan_id=loan_id,
                    by=_by(),
                    on=clock.today(),
                    at=clock.now(),
                    why=form.values["why"],
                    **_payment_of(form),
                )
            )
            said = _("It is proposed; somebody else confirms it.")
            return see_other(".show", loan_id=loan_id, said=said)
    return _payment(loan_id, form, None)


@blueprint.post("/<uuid:loan_id>/proposals/<uuid:proposal_id>/confirm")
@requires("operator")
def confirm(loan_id: UUID, proposal_id: UUID) -> Response | tuple[str, int]:
    """Do what somebody else proposed."""
    form = Form(FormSchema())
    with form.catching():
        in_transaction(
            lambda session: repaying.confirm_proposal(
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


def _terms(loan_id: UUID, form: Form, preview: terms_page.Preview | None) -> tuple[str, int]:
    kind = form.value("kind")
    chosen = servicing.ChangeKind(kind if kind in schemas.CHANGES else "due_date")
    with reader() as session:
        page = terms_page.terms_page(session, loan_id=loan_id, kind=chosen, preview=preview)
    return render("changes/terms.html", form=form, page=page)


def _payment_of(form: Form) -> dict[str, Any]:
    source = form.values["source"]
    return {
        "amount": form.values["amount"],
        "kind": servicing.RepaymentKind(form.values["kind"]),
        "paid_on": form.values["paid_on"],
        "source": None if source is None else servicing.Source(source),
    }


def _payment(loan_id: UUID, form: Form, seen: Foreseen | None) -> tuple[str, int]:
    with reader() as session:
        page = payment_page(session, loan_id=loan_id, on=clock.today(), seen=seen)
    return render("changes/payment.html", form=form, page=page)


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
