"""The worker's queue as operators see it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from marketplace import clock, jobs
from marketplace.words import JOBS
from tests.support.borrowing import write
from tests.support.web import Visitor


@pytest.fixture
def olga(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("olga")
    return visitor


@pytest.fixture
def trouble() -> Iterator[None]:
    """Let jobs of the kind `trouble` break."""

    def break_down(work: jobs.Work) -> None:
        raise RuntimeError(f"attempt {work.attempt} broke")

    jobs.handles("trouble")(break_down)
    yield
    jobs._handlers.pop("trouble")


def enqueue(app: Flask) -> None:
    write(
        app,
        lambda session: jobs.enqueue(session, kind="trouble", payload={}, at=clock.now()),
    )


@pytest.mark.usefixtures("app")
def test_every_kind_of_work_has_a_name() -> None:
    assert set(JOBS) == set(jobs._handlers)


def test_without_jobs_the_page_says_so(olga: Visitor) -> None:
    assert "No jobs" in olga.get("/jobs/").text


@pytest.mark.usefixtures("trouble")
def test_a_job_that_broke_says_why_and_waits(app: Flask, olga: Visitor) -> None:
    enqueue(app)
    with app.app_context():
        jobs.run_due(clock.now())

    page = olga.get("/jobs/?state=queued").text

    assert "RuntimeError: attempt 1 broke" in page
    assert "trouble" not in olga.get("/jobs/?state=done").text


@pytest.mark.usefixtures("trouble")
def test_a_job_that_failed_for_good_is_called_out_on_the_overview(
    app: Flask, olga: Visitor
) -> None:
    enqueue(app)
    with app.app_context():
        for _attempt in range(jobs.MOST_ATTEMPTS):
            jobs.run_due(clock.now())
            app.config["CLOCK"].move(hours=2)

    olga.sign_in("olga")

    assert "RuntimeError" in olga.get("/jobs/?state=failed").text
    assert "1 job has failed for good" in olga.get("/operator/").text


def test_an_unknown_state_shows_all(olga: Visitor) -> None:
    assert olga.get("/jobs/?state=nonsense").status_code == 200
