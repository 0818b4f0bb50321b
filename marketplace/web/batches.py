"""Batches of standing orders: what each saw and placed, how fairly, and the same again."""

from uuid import UUID

from flask import Blueprint, request

from marketplace import clock
from marketplace.db import reader
from marketplace.people import requires
from marketplace.web.batches_page import batch_page, index_page
from marketplace.web.pages import render

blueprint = Blueprint("batches", __name__, url_prefix="/batches")


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show the latest batches and how fair they were."""
    with reader() as session:
        page = index_page(session, at=clock.now())
    return render("batches/index.html", page=page)


@blueprint.get("/<uuid:batch_id>")
@requires("operator")
def show(batch_id: UUID) -> tuple[str, int]:
    """Show one batch; with `again`, what it makes of its stored input now."""
    with reader() as session:
        page = batch_page(session, batch_id, again="again" in request.args)
    return render("batches/show.html", page=page)
