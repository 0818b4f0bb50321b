"""Pages for whoever looks around in the demo; elsewhere they do not exist."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, request
from sqlalchemy.orm import Session

from marketplace import mail
from marketplace.db import reader
from marketplace.i18n import is_demo
from marketplace.people import public
from marketplace.web.dev_page import gallery, sample_form
from marketplace.web.pages import render

blueprint = Blueprint("dev", __name__, url_prefix="/dev")

SHOWN = 50


@dataclass(frozen=True)
class Letter:
    """One mail that was or will be sent."""

    recipient: str
    subject: str
    body: str
    state: str
    created_at: datetime


@blueprint.get("/inbox")
@public
def inbox() -> tuple[str, int]:
    """Show the latest mails, as if their readers' inboxes lay open."""
    if not is_demo():
        abort(404)
    with reader() as session:
        letters = _letters(session)
    return render("dev/inbox.html", letters=letters)


@blueprint.route("/components", methods=["GET", "POST"])
@public
def components() -> tuple[str, int]:
    """Show every component once; a POST shows the form refused."""
    if not is_demo():
        abort(404)
    form = sample_form()
    if request.method == "POST":
        form.load(request.form)
    return render("dev/components.html", form=form, page=gallery())


def _letters(session: Session) -> list[Letter]:
    return [
        Letter(row.recipient, row.subject, row.body, row.state, row.created_at)
        for row in mail.latest(session, count=SHOWN)
    ]
