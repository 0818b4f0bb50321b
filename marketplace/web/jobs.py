"""The worker's queue: what waits, what runs, what failed and why."""

from dataclasses import dataclass

from flask import Blueprint, request

from marketplace import jobs
from marketplace.db import reader
from marketplace.models import JobState
from marketplace.people import requires
from marketplace.web.pages import render

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


@dataclass(frozen=True)
class JobsPage:
    """The newest jobs of one state or of all, and how many there are in each."""

    state: str
    counts: dict[str, int]
    rows: tuple[jobs.JobLine, ...]


@blueprint.get("/")
@requires("operator")
def index() -> tuple[str, int]:
    """Show the newest jobs."""
    asked = request.args.get("state", "")
    state = asked if asked in set(JobState) else ""
    with reader() as session:
        page = JobsPage(state, jobs.counts(session), jobs.recent(session, state=state))
    return render("jobs/index.html", page=page)
