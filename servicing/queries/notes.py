"""The notes of a loan as columns, so that thousands of them cost no more than arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from servicing.apportion import Column
from servicing.models import Distribution, Note
from servicing.split import NoteBook, Shares

_PARTS = 5  # principal, interest, late fee, recovery and the platform's fee


@dataclass(frozen=True, slots=True, eq=False)
class Notes:
    """The notes of one loan in the order of their numbers.

    Attributes:
        ids: n note ids.
        accounts: int64[n], the cash account of each holder.
        book: what was lent and came back, in minor units.
    """

    ids: list[UUID]
    accounts: Column
    book: NoteBook


def notes(session: Session, *, loan_id: UUID) -> Notes:
    """Load the notes of a loan in one query."""
    rows = session.execute(
        select(
            Note.id,
            Note.account_id,
            Note.principal_minor,
            Note.received_principal_minor,
            Note.received_interest_minor,
            Note.received_late_fee_minor,
            Note.received_recovery_minor,
            Note.fee_paid_minor,
        )
        .where(Note.loan_id == loan_id)
        .order_by(Note.seq)
    ).all()
    ids, *columns = zip(*rows, strict=True)
    accounts, *book = (np.array(column, dtype=np.int64) for column in columns)
    return Notes(list(ids), accounts, NoteBook(*book))


def shares_of(session: Session, *, repayment_ids: Sequence[UUID], notes: Notes) -> list[Shares]:
    """Load what some payments brought each note, as they were stored, in the order of the ids."""
    place = {note: row for row, note in enumerate(notes.ids)}
    payment = {ident: row for row, ident in enumerate(repayment_ids)}
    columns = np.zeros((len(repayment_ids), _PARTS, len(notes.ids)), dtype=np.int64)
    d = Distribution
    rows = session.execute(
        select(
            d.repayment_id,
            d.note_id,
            d.principal_minor,
            d.interest_minor,
            d.late_fee_minor,
            d.recovery_minor,
            d.fee_minor,
        ).where(d.repayment_id.in_(repayment_ids))
    )
    for repayment_id, note_id, *parts in rows:
        columns[payment[repayment_id], :, place[note_id]] = parts
    return [Shares(*payment_columns) for payment_columns in columns]
