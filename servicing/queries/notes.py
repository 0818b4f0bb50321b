"""The notes of a loan as columns, so that thousands of them cost no more than arithmetic."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from servicing.apportion import Column
from servicing.models import Note
from servicing.split import NoteBook


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
