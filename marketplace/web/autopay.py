"""A loan that is paid by itself: agreed to, seen, and stopped at once."""

from uuid import UUID

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import escrow
import servicing
from kernel import NotFound, find
from marketplace import autopaying, clock, collecting, flows, hearing
from marketplace.db import in_transaction, reader
from marketplace.forms import Form, FormSchema
from marketplace.i18n import language
from marketplace.people import me, requires
from marketplace.schemas.autopay import Agreement
from marketplace.web.autopay_page import autopay_page, mandate_text, own_collection
from marketplace.web.loans_page import own
from marketplace.web.pages import render, see_other

blueprint = Blueprint("autopay", __name__, url_prefix="/loans/<uuid:loan_id>/autopay")


@blueprint.get("/")
@requires("borrower")
def show(loan_id: UUID) -> tuple[str, int]:
    """Show whether the loan is paid by itself, what comes next, and how the last debit went."""
    return _show(loan_id, Form(Agreement(())))


@blueprint.post("/")
@requires("borrower")
def agree(loan_id: UUID) -> Response | tuple[str, int]:
    """Agree to be debited by a way to pay that is saved, or go on to save one."""
    with reader() as session:
        number = own(session, loan_id, borrower_id=me().id).number
        saved = [str(each.id) for each in _methods(session)]
    form = Form(Agreement(saved))
    if form.load(request.form):
        with form.catching():
            chosen = form.values["method"]
            method = in_transaction(lambda session: _agree(session, loan_id, number, chosen))
            if method.saved_at is None:
                return see_other(".save", loan_id=loan_id, method_id=method.id)
            return see_other(".show", loan_id=loan_id, said=_("The loan is paid by itself now."))
    return _show(loan_id, form)


@blueprint.get("/methods/<uuid:method_id>")
@requires("borrower")
def save(loan_id: UUID, method_id: UUID) -> tuple[str, int]:
    """Lead to Stripe's page, on which a way to pay is saved."""
    with reader() as session:
        if find(session, escrow.SavedMethod, method_id).owner_id != me().id:
            raise NotFound(what="Way to pay", id=method_id)
    back = url_for(".show", loan_id=loan_id, _external=True)
    url = autopaying.save_method(method_id, back=back, at=clock.now())
    return render("autopay/provider.html", page=loan_id, url=url, amount=None)


@blueprint.post("/cancel")
@requires("borrower")
def cancel(loan_id: UUID) -> Response | tuple[str, int]:
    """Stop it at once."""
    form = Form(FormSchema())
    with form.catching():
        in_transaction(lambda session: _cancel(session, loan_id))
        return see_other(
            ".show", loan_id=loan_id, said=_("The loan is not paid by itself any more.")
        )
    return _show(loan_id, form)


@blueprint.get("/payments/<uuid:collection_id>")
@requires("borrower")
def pay(loan_id: UUID, collection_id: UUID) -> tuple[str, int]:
    """Lead to Stripe's page, on which a payment by hand is made."""
    with reader() as session:
        loan = own(session, loan_id, borrower_id=me().id)
        row = own_collection(session, loan, collection_id)
        words = f"L-{loan.number}"
        session.expunge_all()
    back = url_for("loans.show", loan_id=loan_id, _external=True)
    url = autopaying.checkout(row, words=words, back=back, at=clock.now())
    return render("autopay/provider.html", page=loan_id, url=url, amount=row.amount)


def _agree(session: Session, loan_id: UUID, number: int, chosen: str) -> escrow.SavedMethod:
    at, bank = clock.now(), flows.provider()
    if chosen:
        method = find(session, escrow.SavedMethod, UUID(chosen))
    else:
        method = escrow.begin_method(session, owner_id=me().id, gateway=bank, at=at)
    servicing.agree_autopay(
        session,
        loan_id=loan_id,
        method_id=method.id,
        text=mandate_text(number),
        language=language(),
        at=at,
    )
    if bank.name == flows.gateway().name and method.saved_at is None:
        saved = flows.gateway().save(method)
        collecting.follow(session, event=saved, on=clock.today(), at=at)
    hearing.tend(session, at=at, now=True)
    session.flush()
    return method


def _cancel(session: Session, loan_id: UUID) -> None:
    person = me()
    own(session, loan_id, borrower_id=person.id)
    servicing.cancel_autopay(session, loan_id=loan_id, by=f"borrower:{person.id}", at=clock.now())


def _methods(session: Session) -> tuple[escrow.SavedMethod, ...]:
    bank = flows.provider().name
    return tuple(escrow.methods_of(session, owner_id=me().id, gateway=bank))


def _show(loan_id: UUID, form: Form) -> tuple[str, int]:
    with reader() as session:
        loan = own(session, loan_id, borrower_id=me().id)
        page = autopay_page(session, loan, methods=_methods(session), on=clock.today())
    return render("autopay/show.html", form=form, page=page)
