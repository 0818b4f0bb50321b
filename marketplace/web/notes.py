"""A lender's notes: the list by how their loans stand, one note, and everything as a file."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

import reporting
import servicing
from kernel import Currency, find
from marketplace import clock
from marketplace.db import reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas import notes as schemas
from marketplace.web.loans_page import change_lines
from marketplace.web.notes_page import NotePage, as_csv, notes_page
from marketplace.web.pages import render
from reporting import NoteFilters, NoteLine, Standing

blueprint = Blueprint("notes", __name__, url_prefix="/notes")

ROWS = 50
BATCH = 1_000


@blueprint.get("/")
@requires("lender")
def index() -> tuple[str, int]:
    """List the notes, narrowed by the query."""
    form = Form(schemas.BrowseNotes())
    form.load(request.args)
    asked = {} if form.messages else form.values
    with reader() as session:
        found = reporting.portfolio(
            session,
            lender_id=me().id,
            on=clock.today(),
            filters=_filters(form),
            after=asked.get("after"),
            limit=ROWS,
        )
        page = notes_page(
            form,
            found,
            _standings(session),
            download=url_for("notes.download", **_query()),
            shortfalls=servicing.shortfalls_of(session, lender_id=me().id),
        )
    return render("notes/index.html", form=form, page=page)


@blueprint.get("/notes.csv")
@requires("lender")
def download() -> BaseResponse:
    """Hand out everything that is filtered, as a file."""
    form = Form(schemas.BrowseNotes())
    if not form.load(request.args):
        return redirect(url_for("notes.index", **_query()), 303)
    with reader() as session:
        text = as_csv(_all(session, _filters(form)))
    name = f"tessera-notes-{clock.today()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="text/csv", headers=headers)


@blueprint.get("/<uuid:note_id>")
@requires("lender")
def show(note_id: UUID) -> tuple[str, int]:
    """Show one note with all it received, what is to come, and its loan."""
    lender, today = me().id, clock.today()
    with reader() as session:
        note = reporting.note_line(session, note_id=note_id, lender_id=lender, on=today)
        page = NotePage(
            note=note,
            receipts=reporting.note_receipts(session, note_id=note_id, lender_id=lender),
            flow=reporting.cash_flow(
                session,
                lender_id=lender,
                currency=note.principal.currency,
                on=today,
                note_id=note_id,
            ),
            timetable=servicing.timetable(session, loan_id=note.loan_id, on=today),
            changes=change_lines(session, find(session, servicing.Loan, note.loan_id)),
        )
    return render("notes/show.html", page=page)


def _query() -> dict[str, Any]:
    """Return what narrows the list, without the place in it."""
    return {name: values for name, values in request.args.lists() if name != "after"}


def _filters(form: Form) -> NoteFilters:
    asked = {} if form.messages else form.values
    currency, standing = asked.get("currency"), asked.get("standing")
    return NoteFilters(
        currency=Currency(currency) if currency else None,
        standings=(standing,) if standing else (),
        grades=asked.get("grade", ()),
    )


def _standings(session: Session) -> list[Standing]:
    lender, today = me().id, clock.today()
    held = reporting.lender_currencies(session, lender_id=lender)
    return [
        standing
        for currency in held
        for standing in reporting.lender_standings(
            session, lender_id=lender, currency=currency, on=today
        )
    ]


def _all(session: Session, filters: NoteFilters) -> Iterator[NoteLine]:
    """Walk through every note that is filtered, page by page."""
    after: str | None = None
    while True:
        page = reporting.portfolio(
            session,
            lender_id=me().id,
            on=clock.today(),
            filters=filters,
            after=after,
            limit=BATCH,
        )
        yield from page.items
        after = page.after
        if after is None:
            return
