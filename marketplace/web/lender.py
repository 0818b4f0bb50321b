"""A lender's overview: what there is, how the loans stand, what comes next."""

from flask import Blueprint, request

import reporting
from kernel import Currency
from marketplace import clock
from marketplace.db import reader
from marketplace.people import me, requires
from marketplace.web.lender_page import lender_page
from marketplace.web.pages import render

blueprint = Blueprint("lender", __name__, url_prefix="/overview/investor")


@blueprint.get("/")
@requires("lender")
def dashboard() -> tuple[str, int]:
    """Show everything in one currency."""
    lender = me().id
    with reader() as session:
        held = reporting.lender_currencies(session, lender_id=lender) or (Currency.USD,)
        asked = request.args.get("currency", "")
        currency = next((each for each in held if each.value == asked), held[0])
        summary = reporting.lender_summary(
            session, lender_id=lender, currency=currency, on=clock.today()
        )
        receipts = reporting.newest_receipts(session, lender_id=lender, currency=currency)
    return render("lender/dashboard.html", page=lender_page(summary, held, receipts))
