"""Withdrawing, whatever has become of the wish."""

from datetime import datetime
from typing import overload
from uuid import UUID

from sqlalchemy.orm import Session

from origination.models import Application, Listing
from origination.operations.applications import withdraw_application
from origination.operations.listings import withdraw_listing


@overload
def withdraw(
    session: Session, *, application_id: UUID, by: str, at: datetime, why: str
) -> Application: ...


@overload
def withdraw(session: Session, *, listing_id: UUID, by: str, at: datetime, why: str) -> Listing: ...


def withdraw(
    session: Session,
    *,
    application_id: UUID | None = None,
    listing_id: UUID | None = None,
    by: str,
    at: datetime,
    why: str,
) -> Application | Listing:
    """Take back an application, or the listing that it has become.

    Money reserved for a listing is released by `matching`.

    Raises:
        NotYours: another borrower's.
        MoveNotAllowed: it is too late.
    """
    if listing_id is not None:
        return withdraw_listing(session, listing_id=listing_id, by=by, at=at, why=why)
    if application_id is None:
        raise TypeError("name an application or a listing")
    return withdraw_application(session, application_id=application_id, by=by, at=at, why=why)
