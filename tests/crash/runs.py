"""One step of the story in a process of its own, which may not come back."""

import multiprocessing
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from flask import Flask

from kernel import DomainError
from marketplace.db import db, reader
from tests.crash import books
from tests.crash.points import Crash, Points, Way, watched
from tests.crash.story import Step, settle_down
from tests.support.web import Watch, shell

# Longer than any lease and any wait before another try.
AN_AGE = {"hours": 3}


@dataclass(frozen=True)
class Outcome:
    """What a run has left: which points it passed, the books, and what is wrong with them."""

    points: tuple[str, ...]
    state: books.State
    faults: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """A database, and the moment on its clock."""

    url: str
    folder: Path
    moment: datetime

    @contextmanager
    def opened(self) -> Iterator[Flask]:
        """Start the application on it, as after a restart."""
        watch = Watch()
        watch.moment = self.moment
        with shell(self.url, self.folder, CLOCK=watch) as app, app.app_context():
            yield app


def told(world: World, step: Step, at: int | None = None, way: Way = Way.EXCEPTION) -> Outcome:
    """Run a step and what it causes; where it raised at a point, take it again."""
    with world.opened() as app:
        points = Points(at=at, way=way)
        with watched(db.engine, points), suppress(Crash):
            step(app)
            settle_down(app)
        if at is not None:
            taken_again(app, step)
        return _outcome(points)


def recovered(world: World, step: Step) -> Outcome:
    """Restart after a kill, and take the step again."""
    with world.opened() as app:
        taken_again(app, step)
        return _outcome(Points())


def taken_again(app: Flask, step: Step) -> None:
    """Do what a person and the worker do after a crash: the same once more, and all that waits."""
    watch = app.config["CLOCK"]
    with suppress(DomainError):  # it was done already, and says so
        step(app)
    watch.move(**AN_AGE)
    settle_down(app)


class Runner:
    """Runs steps in processes of their own, forked from one that has imported everything."""

    def __init__(self) -> None:
        """Prepare the process that the others are forked from."""
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload([__name__])

    def run(self, work: Callable[..., Outcome], *arguments: Any) -> Outcome | None:
        """Return what a run left; None if it was killed.

        Raises:
            RuntimeError: it failed in any other way.
        """
        here, there = self.context.Pipe(duplex=False)
        process = self.context.Process(target=_answer, args=(there, work, arguments))
        process.start()
        there.close()
        answer = None
        with suppress(EOFError):
            answer = here.recv()
        process.join()
        if process.exitcode == -signal.SIGKILL:
            return None
        if not isinstance(answer, Outcome):
            raise RuntimeError(answer)  # noqa: TRY004 - it is the traceback of the child
        return answer


def _answer(there: Connection, work: Callable[..., Outcome], arguments: tuple[Any, ...]) -> None:
    try:
        answer: object = work(*arguments)
    except BaseException:  # noqa: BLE001 - the parent tells what went wrong
        answer = traceback.format_exc()
    there.send(answer)


def _outcome(points: Points) -> Outcome:
    with reader() as session:
        return Outcome(tuple(points.names), books.state(session), tuple(books.faults(session)))
