"""A borrower's applications: one question page after the other, then what becomes of them."""

from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import origination
from kernel import NotFound
from marketplace import clock, flows
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas import applications as schemas
from marketplace.web.applications_page import (
    application_page,
    index_page,
    own,
)
from marketplace.web.draft_page import (
    CHECK,
    CREDIT,
    INCOME,
    LOAN,
    STEPS,
    Draft,
    changes,
    draft_of,
    next_step,
    schema,
    shown,
    step_page,
)
from marketplace.web.new_application_page import NewPage, new_page, products_page
from marketplace.web.pages import render, see_other
from origination import ApplicationStatus, Facts

blueprint = Blueprint("applications", __name__, url_prefix="/applications")

QUESTIONS = ", ".join(STEPS[:-1])


@blueprint.get("/")
@requires("borrower")
def index() -> tuple[str, int]:
    """List one's own applications."""
    with reader() as session:
        page = index_page(session, borrower_id=me().id, after=request.args.get("after"))
    return render("applications/index.html", page=page)


@blueprint.get("/new")
@requires("borrower")
def new() -> Response | tuple[str, int]:
    """Ask which product, where there is more than one."""
    with reader() as session:
        page = products_page(session)
    if len(page.products) == 1:
        return redirect(url_for(".begin", code=page.products[0].code), 303)
    return render("applications/new.html", page=page)


@blueprint.get("/new/<code>")
@requires("borrower")
def begin(code: str) -> tuple[str, int]:
    """Ask for amount, term and purpose."""
    page = _new_page(code)
    wished = {name: request.args.get(name, "") for name in ("amount", "term")}
    return _loan_page(page, Form(schemas.Loan(page.limits), initial=wished))


@blueprint.post("/new/<code>")
@requires("borrower")
def create(code: str) -> Response | tuple[str, int]:
    """Open a draft."""
    page = _new_page(code)
    form = Form(schemas.Loan(page.limits))
    if form.load(request.form):
        with form.catching():
            made = in_transaction(
                lambda session: origination.apply(
                    session,
                    borrower_id=me().id,
                    product_id=page.product_id,
                    amount=form.values["amount"],
                    installments=int(form.values["term"]),
                    purpose=form.values["purpose"],
                    facts=Facts(),
                    at=clock.now(),
                )
            )
            return see_other(".step", application_id=made.id, step=STEPS[1])
    return _loan_page(page, form)


@blueprint.get(f"/<uuid:application_id>/<any({QUESTIONS}):step>")
@requires("borrower")
def step(application_id: UUID, step: str) -> Response | tuple[str, int]:
    """Ask one question page of a draft."""
    draft = _draft(application_id)
    if draft is None:
        return see_other(".show", application_id=application_id)
    if step == CREDIT and draft.income is None:
        return see_other(".step", application_id=application_id, step=INCOME)
    return _step(draft, step, Form(schema(step, draft), initial=shown(step, draft)))


@blueprint.post(f"/<uuid:application_id>/<any({QUESTIONS}):step>")
@requires("borrower")
def answer(application_id: UUID, step: str) -> Response | tuple[str, int]:
    """Keep the answers of a page and go on."""
    draft = _draft(application_id)
    if draft is None:
        return see_other(".show", application_id=application_id)
    form = Form(schema(step, draft))
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: origination.update_application(
                    session,
                    application_id=application_id,
                    borrower_id=me().id,
                    **changes(step, draft, form.values),
                )
            )
            return _go_on(application_id, step)
    return _step(draft, step, form)


@blueprint.get("/<uuid:application_id>/check")
@requires("borrower")
def check(application_id: UUID) -> Response | tuple[str, int]:
    """Show every answer before the application is handed in."""
    return _check(application_id, Form(schemas.Submit()))


@blueprint.post("/<uuid:application_id>/submit")
@requires("borrower")
def submit(application_id: UUID) -> Response | tuple[str, int]:
    """Hand a draft in; handed in before, it leads to the same confirmation."""
    form = Form(schemas.Submit())
    if _draft(application_id) is None:
        return see_other(".submitted", application_id=application_id)
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: origination.submit(
                    session, application_id=application_id, at=clock.now()
                )
            )
            return see_other(".submitted", application_id=application_id)
    return _check(application_id, form)


@blueprint.get("/<uuid:application_id>/submitted")
@requires("borrower")
def submitted(application_id: UUID) -> Response | tuple[str, int]:
    """Confirm that the application has arrived, and say what comes next."""
    with reader() as session:
        own(session, application_id, borrower_id=me().id)
        page = application_page(session, application_id=application_id)
    if page.card.status is ApplicationStatus.DRAFT:
        return see_other(".check", application_id=application_id)
    return render("applications/submitted.html", page=page)


@blueprint.get("/<uuid:application_id>")
@requires("borrower")
def show(application_id: UUID) -> tuple[str, int]:
    """Show where an application stands and what comes next."""
    with reader() as session:
        own(session, application_id, borrower_id=me().id)
        page = application_page(session, application_id=application_id)
    return render("applications/show.html", page=page)


@blueprint.get("/<uuid:application_id>/withdraw")
@requires("borrower")
def ask_withdrawal(application_id: UUID) -> Response | tuple[str, int]:
    """Ask once more before an application is taken back."""
    return _withdrawal(application_id, Form(schemas.Withdraw()))


@blueprint.post("/<uuid:application_id>/withdraw")
@requires("borrower")
def withdraw(application_id: UUID) -> Response | tuple[str, int]:
    """Take an application back, or the listing that it has become."""
    with reader() as session:
        own(session, application_id, borrower_id=me().id)
    form = Form(schemas.Withdraw())
    if form.load(request.form):
        with form.catching():
            in_transaction(
                lambda session: flows.withdraw(
                    session,
                    application_id=application_id,
                    by=f"borrower:{me().id}",
                    why=form.values["why"] or "",
                    at=clock.now(),
                )
            )
            return see_other(
                ".show", application_id=application_id, said=_("Your application is withdrawn.")
            )
    return _withdrawal(application_id, form)


def _new_page(code: str) -> NewPage:
    with reader() as session:
        page = new_page(session, code)
    if page is None:
        raise NotFound(what="Product", id=code)
    return page


def _loan_page(page: NewPage, form: Form) -> tuple[str, int]:
    return render("applications/loan.html", form=form, page=page)


def _draft(application_id: UUID) -> Draft | None:
    """Return one's own draft; None if it was handed in already."""
    with reader() as session:
        return _draft_in(session, application_id)


def _draft_in(session: Session, application_id: UUID) -> Draft | None:
    application = own(session, application_id, borrower_id=me().id)
    is_draft = application.status == ApplicationStatus.DRAFT
    return draft_of(session, application) if is_draft else None


def _go_on(application_id: UUID, step: str) -> Response:
    draft = _draft(application_id)
    following = next_step(step, draft) if draft else CHECK
    if following == CHECK:
        return see_other(".check", application_id=application_id)
    return see_other(".step", application_id=application_id, step=following)


def _step(draft: Draft, step: str, form: Form) -> tuple[str, int]:
    template = "step_loan" if step == LOAN else step
    return render(f"applications/{template}.html", form=form, page=step_page(draft, step))


def _check(application_id: UUID, form: Form) -> Response | tuple[str, int]:
    draft = _draft(application_id)
    if draft is None:
        return see_other(".show", application_id=application_id)
    if draft.missing is not None:
        return see_other(".step", application_id=application_id, step=draft.missing)
    return render("applications/check.html", form=form, page=step_page(draft, CHECK))


def _withdrawal(application_id: UUID, form: Form) -> Response | tuple[str, int]:
    with reader() as session:
        own(session, application_id, borrower_id=me().id)
        page = application_page(session, application_id=application_id)
    if not page.may_withdraw and not form.messages:
        return see_other(".show", application_id=application_id)
    return render("applications/withdraw.html", form=form, page=page)
