"""States: one table of allowed moves per noun, and a line in the record for every move made."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.database import Base, Sequence64
from kernel.errors import Refused


class MoveNotAllowed(Refused):
    """A {noun} that is {now} cannot become {to}."""


class Machine:
    """The moves that one noun may make.

    Args:
        noun: the word for it in messages and in the record.
        moves: for every state, the states that may follow; a final state has none.
    """

    def __init__(
        self, noun: str, moves: Mapping[StrEnum, frozenset[StrEnum] | set[StrEnum]]
    ) -> None:
        """Keep the table."""
        self.noun = noun
        self.moves = {state: frozenset(nexts) for state, nexts in moves.items()}

    def check(self, now: StrEnum, to: StrEnum) -> None:
        """Refuse a move that the table does not hold.

        Raises:
            MoveNotAllowed: always with both states, so that the reader sees what is the case.
        """
        if to not in self.moves.get(now, frozenset()):
            raise MoveNotAllowed(noun=self.noun, now=now.value, to=to.value)

    def is_final(self, state: StrEnum) -> bool:
        """Say whether nothing may follow `state`."""
        return not self.moves.get(state)


class StatusEvent(Base):
    """One move: what, from where, to where, by whom, when and why. Never changed, never deleted."""

    __tablename__ = "status_event"
    __table_args__ = (Index("ix_status_event_subject", "noun", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(Sequence64, primary_key=True, autoincrement=True)
    noun: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[UUID]
    from_state: Mapped[str | None] = mapped_column(String(32))
    to_state: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    why: Mapped[str] = mapped_column(String(500), default="")


class Stateful:
    """A row with an `id`, a `status` and a `machine` that says where it may go."""

    id: Any
    status: Any
    machine: ClassVar[Machine]

    def begin(self, session: Session, *, by: str, at: datetime, why: str = "") -> None:
        """Record the state in which the row came to be."""
        session.add(_event(self, None, self.status, by=by, at=at, why=why))

    def move(self, session: Session, to: StrEnum, *, by: str, at: datetime, why: str = "") -> None:
        """Move to another state and record who did it, when and why.

        Raises:
            MoveNotAllowed: the noun's table does not hold the move; nothing was changed.
        """
        now = type(to)(self.status)
        self.machine.check(now, to)
        self.status = to
        session.add(_event(self, now, to, by=by, at=at, why=why))


def _event(
    row: Stateful, now: StrEnum | None, to: StrEnum, *, by: str, at: datetime, why: str
) -> StatusEvent:
    return StatusEvent(
        noun=row.machine.noun,
        subject_id=row.id,
        from_state=None if now is None else now.value,
        to_state=str(to),
        by=by,
        at=at,
        why=why,
    )
