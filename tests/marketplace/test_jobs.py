from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from kernel import find
from marketplace import jobs
from marketplace.db import atomic, db, in_transaction, reader
from marketplace.models import Job
from tests.support.web import NOON, Watch


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def seen() -> Iterator[list[jobs.Work]]:
    """Give the list of what a handler of the kind `note` was asked to do."""
    works: list[jobs.Work] = []
    jobs.handles("note")(works.append)
    yield works
    jobs._handlers.pop("note")


def enqueue(**changes: Any) -> UUID:
    order: dict[str, Any] = {"kind": "note", "payload": {"loan": 1}, "at": NOON} | changes
    return in_transaction(lambda session: jobs.enqueue(session, **order))


def state(ident: UUID) -> Job:
    with reader() as session:
        return find(session, Job, ident)


def test_a_job_is_done_once(seen: list[jobs.Work]) -> None:
    ident = enqueue()

    assert jobs.run_due(NOON) == 1
    assert jobs.run_due(NOON) == 0
    assert [(work.id, work.payload, work.attempt) for work in seen] == [(ident, {"loan": 1}, 1)]
    assert (state(ident).state, state(ident).progress_percent) == ("done", 100)


def test_a_job_waits_for_its_time(seen: list[jobs.Work]) -> None:
    enqueue(run_at=NOON + timedelta(hours=1))

    assert jobs.run_due(NOON) == 0
    assert jobs.run_due(NOON + timedelta(hours=1)) == 1
    assert len(seen) == 1


def test_what_is_asked_twice_is_written_once(seen: list[jobs.Work]) -> None:
    first, second = enqueue(dedupe_key="close:1"), enqueue(dedupe_key="close:1")

    jobs.run_due(NOON)

    assert first == second
    assert len(seen) == 1


def test_a_job_lives_and_dies_with_its_cause(seen: list[jobs.Work]) -> None:
    def cause(session: Session) -> None:
        jobs.enqueue(session, kind="note", payload={}, at=NOON)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(cause)

    assert jobs.run_due(NOON) == 0
    assert not seen


def test_those_who_wait_longest_come_first(seen: list[jobs.Work]) -> None:
    later = enqueue(run_at=NOON + timedelta(minutes=2))
    sooner = enqueue(run_at=NOON + timedelta(minutes=1))

    jobs.run_due(NOON + timedelta(minutes=3))

    assert [work.id for work in seen] == [sooner, later]


def test_a_job_that_fails_is_tried_again_later_and_later_and_then_left() -> None:
    ident, at, waits = enqueue(kind="nobody knows this"), NOON, []
    for _ in range(jobs.MOST_ATTEMPTS - 1):
        assert jobs.run_due(at) == 1
        assert jobs.run_due(at) == 0
        waits.append(state(ident).run_at - at)
        at = state(ident).run_at

    jobs.run_due(at)

    assert waits == sorted(waits)
    assert state(ident).state == "failed"
    assert "KeyError" in (state(ident).last_error or "")
    assert jobs.run_due(at + timedelta(days=1)) == 0


def test_waiting_doubles_up_to_an_hour() -> None:
    waits = [jobs.backoff(attempt) for attempt in range(1, 12)]

    assert timedelta(seconds=15) <= waits[0] <= timedelta(seconds=19)
    assert timedelta(seconds=30) <= waits[1] <= timedelta(seconds=38)
    assert max(waits) <= timedelta(hours=1, minutes=15)


def test_a_claimed_job_is_out_of_reach_until_its_lease_ends(seen: list[jobs.Work]) -> None:
    ident = enqueue()
    in_transaction(lambda session: jobs.claim(session, at=NOON))

    meanwhile = jobs.run_due(NOON + jobs.LEASE)
    afterwards = jobs.run_due(NOON + jobs.LEASE + timedelta(seconds=1))

    assert (meanwhile, afterwards) == (0, 1)
    assert [(work.id, work.attempt) for work in seen] == [(ident, 2)]


def test_a_job_that_ends_every_worker_is_not_tried_for_ever(seen: list[jobs.Work]) -> None:
    ident, at = enqueue(), NOON
    for _ in range(jobs.MOST_ATTEMPTS):
        assert claimed(at) is not None
        at += jobs.LEASE + timedelta(seconds=1)

    assert jobs.run_due(at) == 0
    assert not seen
    assert (state(ident).state, state(ident).attempts) == ("failed", jobs.MOST_ATTEMPTS)


@pytest.mark.parametrize("kind", ["note", "nobody knows this"])
@pytest.mark.usefixtures("seen")
def test_who_lost_a_job_says_nothing_of_its_end(kind: str) -> None:
    ident = enqueue(kind=kind)
    slow = claimed(NOON)
    claimed(NOON + jobs.LEASE + timedelta(seconds=1))
    assert slow is not None

    jobs.run(slow)

    assert (state(ident).state, state(ident).attempts) == ("running", 2)
    assert state(ident).leased_until is not None


def test_a_job_that_shows_its_progress_is_kept(watch: Watch) -> None:
    enqueue()
    work = claimed(NOON)
    assert work is not None
    watch.move(minutes=4)

    work.progress(50)

    assert claimed(NOON + jobs.LEASE + timedelta(seconds=1)) is None


def claimed(at: datetime) -> jobs.Work | None:
    return in_transaction(lambda session: jobs.claim(session, at=at))


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_two_workers_never_take_the_same_job() -> None:
    first, second = enqueue(), enqueue()

    with atomic() as one, Session(db.engine) as two:
        mine = jobs.claim(one, at=NOON)
        yours = jobs.claim(two, at=NOON)

    assert mine is not None
    assert yours is not None
    assert {mine.id, yours.id} == {first, second}


def test_how_far_a_job_is_can_be_seen() -> None:
    shown = []

    @jobs.handles("long")
    def work_long(work: jobs.Work) -> None:
        work.progress(40)
        shown.append(state(work.id).progress_percent)

    enqueue(kind="long")
    jobs.run_due(NOON)
    jobs._handlers.pop("long")

    assert shown == [40]


def test_the_command_does_what_is_due(app: Flask, seen: list[jobs.Work]) -> None:
    enqueue()

    answer = app.test_cli_runner().invoke(args=["work"])

    assert answer.output == "1 jobs done.\n"
    assert len(seen) == 1
