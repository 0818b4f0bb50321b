"""Where client money rests: operators propose, agree, and see every choice there was."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

import escrow
from escrow import ChoiceLine, CustodyKind
from marketplace import clock, custody
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas.custody import KINDS, Proposal
from marketplace.web.pages import render, see_other
from marketplace.who import spoken_names

blueprint = Blueprint("custody", __name__, url_prefix="/custody")


@dataclass(frozen=True)
class CustodyPage:
    """Where the money rests now, what is proposed, and the history."""

    now: str
    choices: tuple[ChoiceLine, ...]
    who: Mapping[str, str]
    me: str

    @property
    def proposed(self) -> ChoiceLine | None:
        """The proposal that waits for a decision."""
        return next((each for each in self.choices if each.status == "proposed"), None)

    def kind(self, line: ChoiceLine) -> str:
        """Return a place in words."""
        return str(KINDS[line.kind])


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show where client money rests."""
    return _index(Form(Proposal()))


@blueprint.post("/")
@requires("operator")
def create() -> Response | tuple[str, int]:
    """Propose another place."""
    form = Form(Proposal())
    if not form.load(request.form):
        return _index(form)
    said = form.values
    with form.catching(custody_not_ready="kind", custody_unchanged="kind"):
        in_transaction(
            lambda session: custody.propose(
                session, kind=CustodyKind(said["kind"]), why=said["why"], by=_by(), at=clock.now()
            )
        )
        return see_other(".index", said=_("Another operator has to agree now."))
    return _index(form)


@blueprint.post("/<uuid:choice_id>/<any(agree, refuse):answer>")
@requires("operator")
def decide(choice_id: UUID, answer: str) -> Response | tuple[str, int]:
    """Agree to what another operator proposed, or refuse it."""
    form, agreed = Form(Proposal()), answer == "agree"
    with form.catching():
        in_transaction(
            lambda session: escrow.decide_custody(
                session, choice_id=choice_id, agreed=agreed, by=_by(), at=clock.now()
            )
        )
        told = _("Client money rests there from now on.") if agreed else _("It is refused.")
        return see_other(".index", said=told)
    return _index(form)


def _by() -> str:
    return f"operator:{me().id}"


def _index(form: Form) -> tuple[str, int]:
    with reader() as session:
        choices = escrow.choices(session)
        people = {name for each in choices for name in (each.proposed_by, each.decided_by) if name}
        page = CustodyPage(
            now=str(KINDS[custody.in_force(session).value]),
            choices=choices,
            who=spoken_names(session, people),
            me=_by(),
        )
    return render("custody/index.html", form=form, page=page)
