"""Reconciling for operators: where the money is, what differs, and a report for every day."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

import escrow
from kernel import NotFound
from marketplace import clock, reconciling
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas.reconciliation import BankFile, Note, Resolution
from marketplace.web import reconciliation_page as pages
from marketplace.web import reconciliation_words as words
from marketplace.web.pages import render, see_other

blueprint = Blueprint("reconciliation", __name__, url_prefix="/reconciliation")


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show where the money is, the open breaks, the days, and the bank's files."""
    return _index(Form(BankFile()))


@blueprint.post("/")
@requires("operator")
def create() -> Response:
    """Ask the worker to reconcile today."""
    now, day = clock.now(), clock.today()
    key = f"reconcile:{day}:{now.isoformat(timespec='minutes')}"
    in_transaction(lambda session: reconciling.ask(session, day=day, at=now, key=key))
    said = _("Reconciling has begun; this page shows what it finds.")
    return see_other("reconciliation.index", said=said)


@blueprint.post("/files")
@requires("operator")
def take_file() -> Response | tuple[str, int]:
    """Import a file of the bank."""
    form = Form(BankFile())
    sent = request.files.get("file")
    name = "" if sent is None else sent.filename or ""
    if sent is None or not form.load(MultiDict({"file": name})):
        form.load(MultiDict())
        return _index(form)
    body = sent.read()
    with form.catching(file_not_readable="file"):
        in_transaction(
            lambda session: reconciling.take_bank_file(
                session, body=body, name=name, by=_by(), at=clock.now()
            )
        )
        said = _("The file is imported, and yesterday is being reconciled with it.")
        return see_other("reconciliation.index", said=said)
    return _index(form)


@blueprint.get("/days/<day>")
@requires("operator")
def day(day: str) -> tuple[str, int]:
    """Show the report of a day."""
    with reader() as session:
        page = pages.day_page(escrow.report_of(session, day=_day(day)))
    return render("reconciliation/day.html", page=page)


@blueprint.get("/days/<day>.csv")
@requires("operator")
def day_file(day: str) -> Response:
    """Let the report of a day be kept elsewhere."""
    with reader() as session:
        page = pages.day_page(escrow.report_of(session, day=_day(day)))
    headers = {"Content-Disposition": f'attachment; filename="reconciliation-{page.line.day}.csv"'}
    return Response(pages.spreadsheet(page), mimetype="text/csv", headers=headers)


@blueprint.get("/breaks/<int:number>")
@requires("operator")
def show(number: int) -> tuple[str, int]:
    """Show a break, and what can be done about it."""
    return _show(number, Form(Resolution()))


@blueprint.post("/breaks/<int:number>/take")
@requires("operator")
def take(number: int) -> Response | tuple[str, int]:
    """Look after a break."""
    form = Form(Note())
    if not form.load(request.form):
        return _show(number, Form(Resolution()))
    note = form.values["known"] or ""
    return _do(
        number,
        Form(Resolution()),
        lambda session: reconciling.assign_break(
            session, number=number, note=note, by=_by(), at=clock.now()
        ),
        _("You look after this break now."),
    )


@blueprint.post("/breaks/<int:number>/resolve")
@requires("operator")
def resolve(number: int) -> Response | tuple[str, int]:
    """Settle a break, or propose to."""
    form = Form(Resolution())
    if not form.load(request.form):
        return _show(number, form)
    said = form.values
    return _do(
        number,
        form,
        lambda session: reconciling.settle_break(
            session,
            number=number,
            remedy=escrow.Remedy(said["remedy"]),
            whose=said["whose"] or "",
            note=said["note"],
            by=_by(),
            at=clock.now(),
        ),
        _("It is on the record; where it touches somebody's money, another person must agree."),
    )


@blueprint.post("/breaks/<int:number>/agree")
@requires("operator")
def agree(number: int) -> Response | tuple[str, int]:
    """Agree to what another operator proposed."""
    return _do(
        number,
        Form(Resolution()),
        lambda session: reconciling.agree(session, number=number, by=_by(), at=clock.now()),
        _("The break is resolved."),
    )


def _do(
    number: int, form: Form, work: Callable[[Session], object], said: str
) -> Response | tuple[str, int]:
    with form.catching(remedy_not_fitting="remedy"):
        in_transaction(work)
        return see_other("reconciliation.show", number=number, said=said)
    return _show(number, form)


def _index(form: Form) -> tuple[str, int]:
    with reader() as session:
        everything = request.args.get("breaks") == "all"
        page = pages.index_page(session, on=clock.today(), everything=everything)
    return render("reconciliation/index.html", form=form, page=page, words=words)


def _show(number: int, form: Form) -> tuple[str, int]:
    with reader() as session:
        page = pages.break_page(session, number=number, me=_by(), on=clock.today())
    return render("reconciliation/break.html", form=form, note=Form(Note()), page=page, words=words)


def _by() -> str:
    return f"operator:{me().id}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(what="report", id=text) from None
