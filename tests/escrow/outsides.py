"""What provider and bank say in the stories of reconciling."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import escrow
from escrow import (
    BalanceLine,
    BalancePage,
    BankStatementFile,
    Break,
    Deposit,
    EventKind,
    ReconciliationReport,
    StripeGateway,
)
from kernel import Currency, Money
from tests.escrow.money_on_its_way import told
from tests.escrow.stories import AT, BOB, dollars

OLGA, OSCAR = "operator:olga", "operator:oscar"
DAY = AT.date()
_ids = count(1)


# Nothing is called in these stories: the book asks for its name.
BY_STRIPE = StripeGateway("sk_test", webhook_secret="whsec")


def provider(
    session: Session, *lines: BalanceLine, at: datetime = AT, page: int = 100
) -> list[BalanceLine]:
    """Let the provider say these lines, in pages."""
    rows = list(lines)
    for start in range(0, max(len(rows), 1), page):
        part = rows[start : start + page]
        more = part[-1].id if start + page < len(rows) else ""
        fetch = escrow.begin_fetch(session, gateway="stripe", at=at)
        escrow.take_page(session, fetch_id=fetch.id, page=BalancePage(tuple(part), more), at=at)
    return rows


def said(
    amount: str, kind: str = "charge", *, fee: str = "0", at: datetime = AT, **about: Any
) -> BalanceLine:
    """Return one line of the provider; `source` and `ident` may be given."""
    number = next(_ids)
    source = about.pop("source", f"ch_{number}")
    ident = about.pop("ident", f"txn_{number}")
    return BalanceLine(ident, kind, dollars(amount), dollars(fee), source, about, at)


def statement(session: Session, *rows: tuple[str, str], at: datetime = AT) -> BankStatementFile:
    """Import a file of the bank: amount and text of each line, on the day of `at`."""
    head = "account,booked_on,amount,currency,bank_reference,text\n"
    body = head + "".join(
        f"DE1,{at.date()},{amount},USD,B{next(_ids)},{text}\n" for amount, text in rows
    )
    return escrow.import_bank_file(session, body=body.encode(), name="b.csv", by=OLGA, at=at)


def paid_in(session: Session, amount: str = "100.00", **changes: Any) -> Deposit:
    """Return a deposit by Stripe that its lender may use."""
    wanted: dict[str, Any] = {"owner_id": BOB, "amount": dollars(amount), "at": AT}
    key = f"paid {next(_ids)}"
    row = escrow.begin_deposit(session, key=key, gateway=BY_STRIPE, **(wanted | changes))
    assert told(session, row, EventKind.DEPOSIT_SUCCEEDED, method="card")
    return row


def run(
    session: Session,
    *,
    on: date = DAY,
    at: datetime | None = None,
    held: dict[Currency, Money] | None = None,
) -> ReconciliationReport:
    moment = at or AT + timedelta(days=(on - DAY).days)
    return escrow.reconcile_day(session, on=on, at=moment, held=held)


def counts(report: ReconciliationReport) -> tuple[int, int, int]:
    """Return how many flows cleared, were explained, and are breaks."""
    return report.cleared, report.explained, report.breaks


def reasons(session: Session, report: ReconciliationReport) -> list[tuple[str, int]]:
    """Return the explanations of a report's day."""
    body = escrow.report_of(session, day=report.day).body
    return [(word, amount) for flow in body["flows"] for word, amount in flow["reasons"]]


def breaks(session: Session) -> list[Break]:
    session.flush()
    return list(session.scalars(select(Break).order_by(Break.number)))


def resolved(
    session: Session, row: Break, remedy: escrow.Remedy, subject: str | UUID = "", by: str = OLGA
) -> Break:
    return escrow.resolve_break(
        session, break_id=row.id, remedy=remedy, subject=str(subject), note="seen", by=by, at=AT
    )
