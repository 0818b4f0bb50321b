"""Names for the people whom records know by id."""

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.models import User


def names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of people; those without an account are missing."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {ident: name for ident, name in rows}  # noqa: C416 - rows are no tuples to mypy


def spoken_names(session: Session, marks: Iterable[str]) -> dict[str, str]:
    """Return who is meant by marks such as `operator:<id>` or `system`."""
    wanted = set(marks)
    ids = {mark: found for mark in wanted if (found := _ident(mark)) is not None}
    known = names(session, ids.values())
    return {
        mark: known.get(ids[mark], _("Somebody without an account")) if mark in ids else _name(mark)
        for mark in wanted
    }


def _ident(mark: str) -> UUID | None:
    try:
        return UUID(mark.rpartition(":")[2])
    except ValueError:
        return None


def _name(mark: str) -> str:
    return _("The system") if mark == "system" else mark.rpartition(":")[2].capitalize()
