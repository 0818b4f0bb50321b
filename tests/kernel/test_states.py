from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import Machine, MoveNotAllowed, Stateful, StatusEvent, new_id

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    BROKEN = "broken"


LIGHTS = Machine(
    "light",
    {
        Light.RED: {Light.GREEN, Light.BROKEN},
        Light.GREEN: {Light.RED, Light.BROKEN},
        Light.BROKEN: set(),
    },
)


class Signal(Stateful):
    machine: ClassVar[Machine] = LIGHTS

    def __init__(self) -> None:
        self.id: UUID = new_id()
        self.status: str = Light.RED


def events_of(session: Session, signal: Signal) -> list[tuple[str | None, str, str, str]]:
    found = session.scalars(
        select(StatusEvent).where(StatusEvent.subject_id == signal.id).order_by(StatusEvent.id)
    )
    return [(event.from_state, event.to_state, event.by, event.why) for event in found]


def test_every_move_is_recorded_with_who_and_why(session: Session) -> None:
    signal = Signal()

    signal.begin(session, by="system", at=AT)
    signal.move(session, Light.GREEN, by="operator:olga", at=AT, why="the road is free")

    assert signal.status == Light.GREEN
    assert events_of(session, signal) == [
        (None, "red", "system", ""),
        ("red", "green", "operator:olga", "the road is free"),
    ]


def test_a_move_that_the_table_does_not_hold_changes_nothing(session: Session) -> None:
    signal = Signal()
    signal.move(session, Light.BROKEN, by="system", at=AT)

    with pytest.raises(MoveNotAllowed, match="A light that is broken cannot become red"):
        signal.move(session, Light.RED, by="system", at=AT)

    assert signal.status == Light.BROKEN
    assert len(events_of(session, signal)) == 1


@given(st.sampled_from(Light), st.sampled_from(Light))
def test_the_table_alone_says_what_may_follow(now: Light, to: Light) -> None:
    if to in LIGHTS.moves[now]:
        LIGHTS.check(now, to)
    else:
        with pytest.raises(MoveNotAllowed):
            LIGHTS.check(now, to)


def test_a_state_is_final_when_nothing_may_follow() -> None:
    assert LIGHTS.is_final(Light.BROKEN)
    assert not LIGHTS.is_final(Light.RED)
