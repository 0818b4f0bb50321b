"""What a lender may expect month by month if every borrower pays on time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from kernel import Currency, Money, Rate
from origination import ServicingBase, Terms
from reporting.forecast import Column, Due, Lent, dues, first_day
from servicing import Loan, LoanStatus, Note, State

_ONE = Rate.percent(100).e8


@dataclass(frozen=True, slots=True)
class MonthFlow:
    """What a lender's notes bring in one month.

    Attributes:
        month: its first day.
        principal: comes back.
        interest: before the fee.
        fee: the platform's servicing fee.
    """

    month: date
    principal: Money
    interest: Money
    fee: Money

    @property
    def interest_kept(self) -> Money:
        """Interest after the fee, whatever the fee is counted from."""
        return self.interest - self.fee

    @property
    def net(self) -> Money:
        """What reaches the lender's cash."""
        return self.principal + self.interest - self.fee


@dataclass(frozen=True, slots=True)
class CashFlow:
    """The months from now to the last installment; months without any are left out."""

    lender_id: UUID
    currency: Currency
    on: date
    months: tuple[MonthFlow, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """A note: its share of a loan, and how the platform is paid for serving it."""

    principal: Column
    returned: Column
    of: Column
    fee_e8: Column
    fee_on_principal: Column


def cash_flow(
    session: Session,
    *,
    lender_id: UUID,
    currency: Currency,
    on: date,
    note_id: UUID | None = None,
) -> CashFlow:
    """Forecast a lender's receipts from active loans; what is overdue counts in the first month.

    With `note_id` only that note's are forecast.

    Each note has its share of what its loan will pay. Cents are rounded down cumulatively, so that
    the principal of every note comes back in full.
    """
    notes = _active(lender_id, currency)
    if note_id is not None:
        notes = notes.where(Note.id == note_id)
    rows = session.execute(notes).all()
    if not rows:
        return CashFlow(lender_id, currency, on, ())
    loans = _loans(rows)
    months = _by_month(dues(loans, on=on), _held(rows, loans), currency)
    return CashFlow(lender_id, currency, on, months)


def _active(lender_id: UUID, currency: Currency) -> Any:
    return (
        select(
            Note.principal_minor.label("share"),
            Note.received_principal_minor.label("returned"),
            Loan.principal_minor,
            Loan.rate,
            Loan.installments,
            Loan.started_on,
            Loan.first_due_on,
            cast(Loan.terms, Text).label("terms"),
            Loan.state,
        )
        .join(Loan, Loan.id == Note.loan_id)
        .where(
            Note.lender_id == lender_id,
            Note.currency == currency,
            Loan.status == LoanStatus.ACTIVE,
        )
    )


def _loans(rows: Sequence[Any]) -> list[Lent]:
    """Return the loans; those of one product version and grade share one reading of their terms."""
    texts = {row.terms for row in rows}
    terms = {text: Terms.from_json(json.loads(text)) for text in texts}
    return [
        Lent(
            principal=Money(row.principal_minor, terms[row.terms].currency),
            rate=row.rate,
            installments=row.installments,
            started_on=row.started_on,
            first_due_on=row.first_due_on,
            terms=terms[row.terms],
            state=State.from_json(row.state),
        )
        for row in rows
    ]


def _held(rows: Sequence[Any], loans: list[Lent]) -> _Held:
    fees = [loan.terms.fees for loan in loans]
    on_payments = [fee.servicing_base is ServicingBase.PAYMENTS for fee in fees]
    return _Held(
        principal=np.array([row.share for row in rows], dtype=np.int64),
        returned=np.array([row.returned for row in rows], dtype=np.int64),
        of=np.array([row.principal_minor for row in rows], dtype=np.int64),
        fee_e8=np.array([fee.servicing.e8 for fee in fees], dtype=np.int64),
        fee_on_principal=np.array(on_payments, dtype=np.int64),
    )


def _by_month(due: Due, held: _Held, currency: Currency) -> tuple[MonthFlow, ...]:
    order = np.lexsort((due.month, due.loan))
    loan = due.loan[order]
    principal = _principal(due.principal[order], loan, held)
    interest = _share(_running(due.interest[order], loan), loan, held, before=0)
    fee = (interest + principal * held.fee_on_principal[loan]) * held.fee_e8[loan] // _ONE
    months, places = np.unique(due.month[order], return_inverse=True)
    sums = [_sums(places, part, len(months)) for part in (principal, interest, fee)]
    return tuple(
        MonthFlow(first_day(int(month)), *(Money(int(total[at]), currency) for total in sums))
        for at, month in enumerate(months)
    )


def _principal(amounts: Column, loan: Column, held: _Held) -> Column:
    """Return each note's part of principal, counted from the loan's first day to its last."""
    to_come = _sums(loan, amounts, len(held.of))
    running = _running(amounts, loan) + (held.of - to_come)[loan]
    return _share(running, loan, held, before=held.returned)


def _running(amounts: Column, loan: Column) -> Column:
    """Return running totals, begun anew with every loan; the rows of a loan stand together."""
    run = np.cumsum(amounts)
    firsts = _firsts(loan)
    before = np.repeat(run[firsts] - amounts[firsts], np.diff(np.r_[firsts, len(loan)]))
    return np.asarray(run - before, dtype=np.int64)


def _share(running: Column, loan: Column, held: _Held, *, before: Column | int) -> Column:
    """Return each note's part of its loan's running totals, row by row."""
    entitled = running * held.principal[loan] // held.of[loan]
    firsts = _firsts(loan)
    previous = np.r_[0, entitled[:-1]]
    previous[firsts] = before if isinstance(before, int) else before[loan[firsts]]
    return np.asarray(entitled - previous, dtype=np.int64)


def _firsts(loan: Column) -> Column:
    return np.asarray(np.flatnonzero(np.r_[True, loan[1:] != loan[:-1]]), dtype=np.int64)


def _sums(places: Column, part: Column, count: int) -> Column:
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, places, part)
    return total
