"""The front page, and whether the house is up."""

from flask import Blueprint, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.db import check_database
from marketplace.people import me, public
from marketplace.web.navigation import landing
from marketplace.web.pages import render

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def index() -> Response | tuple[str, int]:
    """Show what Tessera is; who is signed in goes on to their own overview."""
    if current_user.is_authenticated:
        return redirect(landing(me().role), 303)
    return render("home/index.html")


@blueprint.get("/health")
@public
def health() -> tuple[dict[str, str], int]:
    """Answer whether the database does; for load balancers."""
    check_database()
    return {"status": "ok"}, 200
