"""Why is my money idle? The place in the queue, what stood in the way, what would help."""

from flask import Blueprint

import matching
from marketplace import clock
from marketplace.db import reader
from marketplace.people import me, requires
from marketplace.web.idle_page import idle_page
from marketplace.web.pages import render

blueprint = Blueprint("idle", __name__, url_prefix="/idle")


@blueprint.get("/")
@requires("lender")
def index() -> tuple[str, int]:
    """Show for every standing order why its money is not at work."""
    with reader() as session:
        page = idle_page(matching.why_idle(session, lender_id=me().id, at=clock.now()))
    return render("idle/index.html", page=page)
