"""Auto-invest: a lender's standing orders, begun, changed, paused and ended."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from marshmallow import EXCLUDE
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

import matching
import reporting
from kernel import Currency, Money, NotFound
from marketplace import clock, flows
from marketplace.db import in_transaction, reader
from marketplace.errors import wants_fragment
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas import mandates as schemas
from marketplace.web import mandates_page as pages
from marketplace.web.pages import render, see_other
from matching import Criteria, MandateLine, MandatePreview, MandateStatus

blueprint = Blueprint("mandates", __name__, url_prefix="/mandates")


@blueprint.get("/")
@requires("lender")
def index() -> tuple[str, int]:
    """List the standing orders with how many open loans fit each now."""
    with reader() as session:
        lines = matching.mandates_of(session, lender_id=me().id)
        counts = _counts(session, lines)
    found = [pages.standing(line, fitting=count) for line, count in zip(lines, counts, strict=True)]
    page = pages.MandatesPage(
        working=tuple(each for each in found if each.line.status is not MandateStatus.ENDED),
        ended=tuple(each for each in found if each.line.status is MandateStatus.ENDED),
    )
    return render("mandates/index.html", page=page)


@blueprint.get("/new")
@requires("lender")
def new() -> tuple[str, int]:
    """Ask what the marketplace may buy."""
    with reader() as session:
        held = reporting.lender_currencies(session, lender_id=me().id)
    currency = held[0] if held else Currency.USD
    start = pages.preset(request.args.get("preset", ""))
    return _edit(Form(schemas.Standing(), initial=start | {"currency": currency.value}))


@blueprint.post("/")
@requires("lender")
def create() -> Response | tuple[str, int]:
    """Begin a standing order and let it look at what is open."""
    form = Form(schemas.Standing())
    if form.load(request.form):
        with form.catching():

            def work(session: Session) -> None:
                matching.save_mandate(
                    session,
                    lender_id=me().id,
                    at=clock.now(),
                    **_wish(form.values),
                )
                flows.call_mandates(session, at=clock.now())

            in_transaction(work)
            return see_other("mandates.index", said=_("Auto-invest is on."))
    return _edit(form)


@blueprint.get("/<uuid:mandate_id>")
@requires("lender")
def edit(mandate_id: UUID) -> tuple[str, int]:
    """Show a standing order to be changed."""
    line = _mine(mandate_id)
    return _edit(Form(schemas.Standing(), initial=pages.typed(line)), line)


@blueprint.post("/<uuid:mandate_id>")
@requires("lender")
def update(mandate_id: UUID) -> Response | tuple[str, int]:
    """Change a standing order and let it look at what is open."""
    line = _mine(mandate_id)
    form = Form(schemas.Standing())
    if form.load(request.form):
        with form.catching(currency_mismatch="currency"):

            def work(session: Session) -> None:
                matching.update_mandate(
                    session,
                    mandate_id=mandate_id,
                    lender_id=me().id,
                    **_wish(form.values),
                )
                flows.call_mandates(session, at=clock.now())

            in_transaction(work)
            return see_other("mandates.index", said=_("Your standing order is changed."))
    return _edit(form, line)


@blueprint.post("/count")
@requires("lender")
def count() -> tuple[str, int]:
    """Count the open loans that a form would fit, without saving it."""
    ident = request.args.get("mandate", type=UUID)
    line = _mine(ident) if ident else None
    wanted = Form(schemas.Wanted(unknown=EXCLUDE))
    preview = _preview(wanted.values) if wanted.load(request.form) else None
    if wants_fragment():
        return render("mandates/_match.html", page=_page(line, preview))
    form = Form(schemas.Standing())
    form.load(request.form)
    form.messages = wanted.messages
    return _edit(form, line, preview)


@blueprint.post("/<uuid:mandate_id>/<any(earlier, later):way>")
@requires("lender")
def move(mandate_id: UUID, way: str) -> Response:
    """Let a standing order buy before or after another one of the same lender."""
    in_transaction(
        lambda session: matching.reorder_mandate(
            session, mandate_id=mandate_id, lender_id=me().id, earlier=way == "earlier"
        )
    )
    return see_other("mandates.index", said=_("The order is changed."))


@blueprint.post("/<uuid:mandate_id>/pause")
@requires("lender")
def pause(mandate_id: UUID) -> Response:
    """Let a standing order rest."""
    in_transaction(
        lambda session: matching.pause_mandate(
            session, mandate_id=mandate_id, lender_id=me().id, at=clock.now()
        )
    )
    return see_other("mandates.index", said=_("It rests. What it has placed stays placed."))


@blueprint.post("/<uuid:mandate_id>/resume")
@requires("lender")
def resume(mandate_id: UUID) -> Response:
    """Let a standing order work again."""

    def work(session: Session) -> None:
        matching.resume_mandate(session, mandate_id=mandate_id, lender_id=me().id, at=clock.now())
        flows.call_mandates(session, at=clock.now())

    in_transaction(work)
    return see_other("mandates.index", said=_("It works again."))


@blueprint.post("/<uuid:mandate_id>/end")
@requires("lender")
def end(mandate_id: UUID) -> Response:
    """End a standing order for good."""
    in_transaction(
        lambda session: matching.end_mandate(
            session, mandate_id=mandate_id, lender_id=me().id, at=clock.now()
        )
    )
    return see_other("mandates.index", said=_("It has ended. What it has placed stays placed."))


def _edit(
    form: Form, line: MandateLine | None = None, preview: MandatePreview | None = None
) -> tuple[str, int]:
    return render("mandates/edit.html", form=form, page=_page(line, preview))


def _page(line: MandateLine | None, preview: MandatePreview | None) -> pages.EditPage:
    return pages.EditPage(
        mandate=line,
        currency=line.cap.currency if line else Currency.USD,
        preview=preview,
        presets=() if line else tuple(pages.PRESETS.items()),
    )


def _mine(mandate_id: UUID) -> MandateLine:
    with reader() as session:
        lines = matching.mandates_of(session, lender_id=me().id)
    for line in lines:
        if line.id == mandate_id and line.status is not MandateStatus.ENDED:
            return line
    raise NotFound(what="Mandate", id=mandate_id)


def _preview(values: dict[str, Any]) -> MandatePreview:
    with reader() as session:
        return matching.preview_mandate(
            session,
            criteria=pages.criteria(values),
            currency=Currency(values["currency"]),
            at=clock.now(),
        )


def _counts(session: Session, lines: list[MandateLine]) -> list[int]:
    """Return for each standing order how many open loans fit it now."""
    found: dict[UUID, int] = {}
    for currency in {line.cap.currency for line in lines}:
        some = [line for line in lines if line.cap.currency is currency]
        numbers = _count(session, currency, [line.criteria for line in some])
        found |= zip((line.id for line in some), numbers, strict=True)
    return [found[line.id] for line in lines]


def _count(session: Session, currency: Currency, criteria: list[Criteria]) -> list[int]:
    return matching.matching_listings(session, criteria=criteria, currency=currency, at=clock.now())


def _wish(values: dict[str, Any]) -> dict[str, Any]:
    """Return what a filled form asks of matching."""
    currency = Currency(values["currency"])
    return {
        "name": values["name"],
        "cap": values["cap"],
        "keep": Money.zero(currency) if values["keep"] is None else values["keep"],
        "total": values["total"],
        "criteria": pages.criteria(values),
        "wishes": pages.wishes(values),
    }
