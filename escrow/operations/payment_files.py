"""Payouts handed to the bank as a file: the list that its page takes, with our names in it."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from escrow.errors import NothingToPost
from escrow.operations.recognising import note_file, waiting_for_file
from escrow.outside import PaymentFile
from escrow.transfers import Destination, Payout
from kernel import Currency, next_number

HEAD = ("file", "end_to_end_id", "account", "amount", "currency", "text")


def make_payment_file(
    session: Session, *, currency: Currency, by: str, at: datetime
) -> PaymentFile:
    """Put every payout by bank that waits into one file for the bank.

    A payout stands in one file and no other. Its `end_to_end_id` comes back on the statement; where
    the bank books the file as a whole, the file's name does.

    Raises:
        NothingToPost: none waits.
    """
    payouts = waiting_for_file(session, currency=currency.value)
    if not payouts:
        raise NothingToPost(field="payouts", why="none waits")
    number = next_number(session)
    body = _list(session, payouts, number)
    return note_file(session, payouts=payouts, number=number, body=body, by=by, at=at)


def _list(session: Session, payouts: Sequence[Payout], number: int) -> str:
    ids = {each.destination_id for each in payouts}
    asked = select(Destination.id, Destination.reference).where(Destination.id.in_(ids))
    accounts: dict[UUID, str] = {row.id: row.reference or "" for row in session.execute(asked)}
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEAD)
    for payout in payouts:
        account = accounts.get(payout.destination_id, "") if payout.destination_id else ""
        number_of = account.rpartition(":")[2]
        amount = payout.amount.decimal
        rows.writerow(
            [f"PF{number}", payout.id.hex, number_of, f"{amount:f}", payout.currency, "Payout"]
        )
    return text.getvalue()
