"""What a borrower is shown of a change of terms: what it costs, what is signed, what holds."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

import servicing
from kernel import NotFound, find
from marketplace.web.loans_page import own
from marketplace.web.terms_page import Preview, foresee, words_of
from origination import Signature
from servicing import AgreedChange, ChangeKind, Proposal, Wish


@dataclass(frozen=True)
class ChangePage:
    """One change: waiting for a signature, or as it was signed.

    Attributes:
        preview: what it changes, while it waits.
        document: what was signed, word for word.
    """

    id: UUID
    loan_id: UUID
    number: int
    words: str
    why: str
    borrower: str
    preview: Preview | None
    signed_at: datetime | None
    document: Any
    is_unsigned: bool


@dataclass(frozen=True)
class DueDatePage:
    """Another due date: what it would change, once a day is named."""

    loan_id: UUID
    number: int
    words: str
    why: str
    borrower: str
    due_on: date | None
    preview: Preview | None


def change_page(
    session: Session, loan_id: UUID, change_id: UUID, *, borrower_id: UUID, borrower: str
) -> tuple[ChangePage, Wish]:
    """Return one change of a borrower's loan, and what it wishes.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    loan = own(session, loan_id, borrower_id=borrower_id)
    told = _of(servicing.changes_of(session, loan=loan), change_id)
    details = find(session, Proposal, change_id).details or {}
    signed = details.get("signature")
    signature = None if signed is None else find(session, Signature, signed)
    page = ChangePage(
        id=change_id,
        loan_id=loan_id,
        number=loan.number,
        words=words_of(told.wish),
        why=told.why,
        borrower=borrower,
        preview=None,
        signed_at=None if signature is None else signature.at,
        # It is the rendering of a template of ours, with what people typed escaped.
        document=None if signature is None else Markup(signature.document),  # noqa: S704
        is_unsigned=not told.is_accepted,
    )
    return page, told.wish


def due_date_page(
    session: Session, loan_id: UUID, *, borrower_id: UUID, borrower: str, on: date
) -> DueDatePage:
    """Return the page on which a borrower names another due date.

    Raises:
        NotFound: there is no such loan, or it is somebody else's.
    """
    loan = own(session, loan_id, borrower_id=borrower_id)
    coming = [row for row in servicing.standing(loan, on=on).upcoming if not row.is_billed]
    return DueDatePage(
        loan_id=loan_id,
        number=loan.number,
        words="",
        why="",
        borrower=borrower,
        due_on=coming[0].due_on if coming else None,
        preview=None,
    )


def due_date_wish(first_due: date, *, on: date) -> Wish:
    """Return what a borrower wishes who names another due date."""
    return Wish(ChangeKind.DUE_DATE, on, first_due=first_due)


def preview_of(loan_id: UUID, wish: Wish, *, on: date, at: datetime) -> Preview:
    """Return what a change would do to the loan today."""
    return foresee(loan_id, wish, on=on, at=at)


def document(page: Any) -> str:
    """Return the change as a document, in the language of whoever reads it."""
    return current_app.jinja_env.get_template("loan_changes/_document.html").render(page=page)


def _of(changes: list[AgreedChange], change_id: UUID) -> AgreedChange:
    for change in changes:
        if change.id == change_id:
            return change
    raise NotFound(what="Change", id=change_id)
