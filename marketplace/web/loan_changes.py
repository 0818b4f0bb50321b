"""Changes of a borrower's loan: another due date, and what is to be signed."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

import servicing
from marketplace import clock
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.i18n import language
from marketplace.people import me, requires
from marketplace.schemas import changes as schemas
from marketplace.schemas.offers import Accept
from marketplace.web.loan_changes_page import (
    ChangePage,
    DueDatePage,
    change_page,
    document,
    due_date_page,
    due_date_wish,
    preview_of,
)
from marketplace.web.loans_page import own
from marketplace.web.pages import render, see_other

blueprint = Blueprint("loan_changes", __name__, url_prefix="/loans")


@blueprint.get("/<uuid:loan_id>/changes/<uuid:change_id>")
@requires("borrower")
def show(loan_id: UUID, change_id: UUID) -> tuple[str, int]:
    """Show a change, to be signed or as it was signed."""
    return render(
        "loan_changes/show.html", form=Form(Accept(me().name)), page=_change(loan_id, change_id)
    )


@blueprint.post("/<uuid:loan_id>/changes/<uuid:change_id>")
@requires("borrower")
def sign(loan_id: UUID, change_id: UUID) -> Response | tuple[str, int]:
    """Sign a change that somebody proposed."""
    form, page = Form(Accept(me().name)), _change(loan_id, change_id)
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: servicing.accept_change(
                    session,
                    proposal_id=change_id,
                    borrower_id=me().id,
                    signer=form.values["name"],
                    document=document(page),
                    language=language(),
                    at=clock.now(),
                )
            )
            said = _("You have signed; we confirm the change next.")
            return see_other("loans.show", loan_id=loan_id, said=said)
    return render("loan_changes/show.html", form=form, page=page)


@blueprint.get("/<uuid:loan_id>/due-date")
@requires("borrower")
def due_date(loan_id: UUID) -> tuple[str, int]:
    """Ask for another due date, and show what it would cost."""
    if not request.args:
        return _ask(_due_date(loan_id), Form(schemas.DueDate()))
    form = Form(schemas.DueDate())
    if form.load(request.args):
        with form.catching():
            seen = _due_date(loan_id, form.values["first_due"])
            return _ask(seen, form, Form(Accept(me().name)))
    return _ask(_due_date(loan_id), form)


@blueprint.post("/<uuid:loan_id>/due-date")
@requires("borrower")
def ask(loan_id: UUID) -> Response | tuple[str, int]:
    """Ask, signed, for another due date."""
    day = Form(schemas.DueDate())
    if not day.load(MultiDict({"first_due": request.form.get("first_due", "")})):
        return _ask(_due_date(loan_id), day)
    first_due: date = day.values["first_due"]
    form = Form(Accept(me().name))
    sent = MultiDict((name, text) for name, text in request.form.items() if name != "first_due")
    with day.catching():
        page = _due_date(loan_id, first_due)
        if form.load(sent):
            in_transaction(
                lambda session: servicing.ask_for_due_date(
                    session,
                    loan_id=loan_id,
                    borrower_id=me().id,
                    first_due=first_due,
                    signer=form.values["name"],
                    document=document(page),
                    language=language(),
                    on=clock.today(),
                    at=clock.now(),
                )
            )
            said = _("You have asked for it; we confirm the new due date next.")
            return see_other("loans.show", loan_id=loan_id, said=said)
        return _ask(page, day, form)
    return _ask(_due_date(loan_id), day)


def _change(loan_id: UUID, change_id: UUID) -> ChangePage:
    with reader() as session:
        page, wish = change_page(
            session, loan_id, change_id, borrower_id=me().id, borrower=me().name
        )
    if not page.is_unsigned:
        return page
    seen = preview_of(loan_id, wish, on=clock.today(), at=clock.now())
    return replace(page, preview=seen)


def _due_date(loan_id: UUID, first_due: date | None = None) -> DueDatePage:
    """Return the page; with a day, what it would change.

    Raises:
        DomainError: that day may not be asked for.
    """
    today = clock.today()
    with reader() as session:
        page = due_date_page(session, loan_id, borrower_id=me().id, borrower=me().name, on=today)
        if first_due is not None:
            loan = own(session, loan_id, borrower_id=me().id)
            servicing.check_due_date(session, loan, first_due, on=today)
    if first_due is None:
        return page
    seen = preview_of(loan_id, due_date_wish(first_due, on=today), on=today, at=clock.now())
    return replace(page, preview=seen, words=seen.words)


def _ask(page: DueDatePage, form: Form, signing: Form | None = None) -> tuple[str, int]:
    refused = next((each for each in (signing, form) if each and each.messages), form)
    return render("loan_changes/due_date.html", form=refused, page=page, day=form, signing=signing)
