"""Payouts that wait for the house: large withdrawals, proceeds that came back, money still owed."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

import escrow
from kernel import Currency, Money
from marketplace import clock, withdrawing
from marketplace.db import in_transaction, reader
from marketplace.forms import Form
from marketplace.people import me, requires
from marketplace.schemas.payouts import FileCurrency, Refusal
from marketplace.web.pages import render, see_other
from marketplace.who import spoken_names

blueprint = Blueprint("payouts", __name__, url_prefix="/payouts")


@dataclass(frozen=True)
class PayoutsPage:
    """The lists and the files for the bank; `needed` is how many agree to a large withdrawal."""

    review: tuple[escrow.PayoutLine, ...]
    returned: tuple[escrow.PayoutLine, ...]
    owed: tuple[escrow.Owed, ...]
    for_file: tuple[tuple[int, Money], ...]
    files: tuple[escrow.PaymentFileShown, ...]
    who: Mapping[str, str]
    needed: int


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show what waits."""
    return _index(Form(Refusal()))


@blueprint.post("/<uuid:payout_id>/approve")
@requires("operator")
def approve(payout_id: UUID) -> Response:
    """Agree to a large withdrawal."""
    by = f"operator:{me().id}"
    in_transaction(
        lambda session: withdrawing.approve_payout(
            session, payout_id=payout_id, by=by, at=clock.now()
        )
    )
    return see_other("payouts.index", said=_("You agreed to the withdrawal."))


@blueprint.post("/<uuid:payout_id>/refuse")
@requires("operator")
def refuse(payout_id: UUID) -> Response | tuple[str, int]:
    """Put the money of a large withdrawal back."""
    form = Form(Refusal())
    if not form.load(request.form):
        return _index(form)
    by, why = f"operator:{me().id}", form.values["why"]
    in_transaction(
        lambda session: escrow.refuse_payout(
            session, payout_id=payout_id, by=by, why=why, at=clock.now()
        )
    )
    return see_other("payouts.index", said=_("The money is back on its owner's account."))


@blueprint.post("/<uuid:payout_id>/again")
@requires("operator")
def again(payout_id: UUID) -> Response | tuple[str, int]:
    """Send a borrower's money once more."""
    form = Form(Refusal())
    with form.catching():
        in_transaction(
            lambda session: withdrawing.send_again(session, payout_id=payout_id, at=clock.now())
        )
        return see_other("payouts.index", said=_("The money is on its way again."))
    return _index(form)


@blueprint.post("/files")
@requires("operator")
def make_file() -> Response | tuple[str, int]:
    """Put every payout that leaves from the house's own account into a file for the bank."""
    form = Form(FileCurrency())
    if not form.load(request.form):
        return _index(form)
    currency, by = Currency(form.values["currency"]), f"operator:{me().id}"
    with form.catching():
        file = in_transaction(
            lambda session: escrow.make_payment_file(
                session, currency=currency, by=by, at=clock.now()
            )
        )
        said = _("File PF%(number)s is made: hand it to the bank.", number=file.number)
        return see_other("payouts.index", said=said)
    return _index(form)


@blueprint.get("/files/<uuid:file_id>")
@requires("operator")
def show_file(file_id: UUID) -> Response:
    """Hand out a file as it was made."""
    with reader() as session:
        body = escrow.payment_file_body(session, file_id=file_id)
    headers = {"Content-Disposition": f'attachment; filename="payouts-{file_id}.csv"'}
    return Response(body, mimetype="text/csv", headers=headers)


def _index(form: Form) -> tuple[str, int]:
    with reader() as session:
        files = escrow.payment_files(session)
        page = PayoutsPage(
            for_file=escrow.payouts_for_file(session),
            files=files,
            who=spoken_names(session, (each.by for each in files)),
            review=tuple(escrow.payouts_in_review(session)),
            returned=tuple(escrow.proceeds_that_came_back(session)),
            owed=tuple(escrow.owed(session)),
            needed=escrow.payment_policy().approvals,
        )
    return render("payouts/index.html", form=form, page=page)
