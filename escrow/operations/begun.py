"""What was begun with a key is found again by it."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from escrow.collecting import Collection
from escrow.errors import KeyConflict
from escrow.transfers import Deposit, Destination, Payout

T = TypeVar("T", Deposit, Payout, Destination, Collection)


def begun(session: Session, model: type[T], key: str, wanted: Mapping[str, Any]) -> T | None:
    """Return the one that was begun with this key.

    Raises:
        KeyConflict: the key stands for another one.
    """
    found = session.scalar(select(model).where(model.key == key))
    if found is not None and any(getattr(found, name) != wanted[name] for name in wanted):
        raise KeyConflict(key=key)
    return found


def begun_meanwhile(
    session: Session, model: type[T], key: str, wanted: Mapping[str, Any], error: IntegrityError
) -> T:
    """Return the one that another transaction has just begun with this key."""
    known = begun(session, model, key, wanted)
    if known is None:
        raise error
    return known
