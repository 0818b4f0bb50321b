"""Whatever ends a run at whatever point: taken again, all is as if nothing had happened.

Here some points of each step are tried, the same in every run; `make torture` tries every point in
both ways on both databases.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from tests.crash import books
from tests.crash.points import Way
from tests.crash.runs import Outcome, Runner, World, recovered, told
from tests.crash.story import STORY, prologue
from tests.support.database import Run
from tests.support.web import NOON

FEWEST_POINTS = 25
TRIED = 0 if os.environ.get("TORTURE") else 1  # of every step in every way; 0 for all


@dataclass(frozen=True)
class Scene:
    """A step, the world as it was before it, and what it leads to if nothing goes wrong."""

    name: str
    before: World
    expected: Outcome


@pytest.fixture(scope="module")
def runner() -> Runner:
    return Runner()


@pytest.fixture
def scenes(run: Run, database: str, runner: Runner, tmp_path: Path) -> Iterator[list[Scene]]:
    """Tell the story once, and keep the world as it was before every step."""
    moment = NOON - timedelta(hours=6)  # no step that is taken again runs into the next day
    assert runner.run(told, World(database, tmp_path, moment), prologue)
    found = []
    with ExitStack() as stack:
        for name, (later, step) in STORY.items():
            moment += later
            kept = stack.enter_context(run.copy(database))
            expected = runner.run(told, World(database, tmp_path, moment), step)
            assert expected is not None
            assert not expected.faults
            found.append(Scene(name, World(kept, tmp_path, moment), expected))
        yield found


def test_a_crash_at_any_point_leaves_what_the_next_run_completes(
    run: Run, scenes: list[Scene], runner: Runner
) -> None:
    faults = [
        f"{scene.name}, {way} {scene.expected.points[at]} ({at}): {fault}"
        for scene in scenes
        for way in Way
        for at in chosen(len(scene.expected.points), f"{scene.name} {way}")
        if (fault := fault_after(run, scene, runner, at=at, way=way))
    ]

    assert sum(len(scene.expected.points) for scene in scenes) >= FEWEST_POINTS
    assert not faults, "\n".join(faults)


def chosen(count: int, seed: str) -> list[int]:
    """Choose the points to try by a seed: a run that fails fails again."""
    every = range(count)
    return list(every) if not TRIED else sorted(Random(seed).sample(every, min(TRIED, count)))


def fault_after(run: Run, scene: Scene, runner: Runner, *, at: int, way: Way) -> str | None:
    """Crash a step at a point, go on, and say what differs from a life without a crash."""
    _later, step = STORY[scene.name]
    with run.copy(scene.before.url) as url:
        world = World(url, scene.before.folder, scene.before.moment)
        outcome = runner.run(told, world, step, at, way)
        # A run may pass a point fewer than the one that counted them, and end by itself.
        if outcome is None:
            outcome = runner.run(recovered, world, step)
        assert outcome is not None
        different = books.difference(scene.expected.state, outcome.state)
        return str(different or outcome.faults or "") or None
