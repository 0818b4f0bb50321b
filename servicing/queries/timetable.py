"""A loan's installments from the first to the last: paid, owed and to come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from amortization import Installment, schedule
from kernel import Money, find
from servicing.models import Loan, LoanStatus
from servicing.plan import Plan
from servicing.position import advance, asked, forecast
from servicing.queries.loans import plan, state
from servicing.state import Bill, State


class InstallmentState(StrEnum):
    """How far one installment is paid."""

    PAID = "paid"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    DUE = "due"
    UPCOMING = "upcoming"


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One installment: as agreed where it is paid, else what is left to pay of it."""

    number: int
    due_on: date
    principal: Money
    interest: Money
    late_fee: Money
    fee: Money
    state: InstallmentState

    @property
    def amount(self) -> Money:
        """All of it."""
        return self.principal + self.interest + self.late_fee + self.fee


def timetable(session: Session, *, loan_id: UUID, on: date) -> tuple[ScheduleLine, ...]:
    """Return the installments of a loan, in order, as they stand on a day.

    An installment that an early payment has made needless is left out.

    Raises:
        NotFound: there is no such loan.
    """
    loan = find(session, Loan, loan_id)
    agreed, kept = plan(loan), state(loan)
    now = advance(kept, max(on, kept.as_of), plan=agreed)
    open_bills = _together(asked(now, plan=agreed))
    later = forecast(now, plan=agreed) if loan.status == LoanStatus.ACTIVE else ()
    coming = {bill.number: bill for bill in later}

    rows = _rows(agreed, now)
    lines = (
        _owed(row, open_bills[row.number], agreed, on=now.as_of)
        if row.number in open_bills
        else _settled_or_coming(row, coming, agreed, billed=now.number)
        for row in rows
    )
    return tuple(line for line in lines if line is not None)


def _rows(agreed: Plan, now: State) -> tuple[Installment, ...]:
    """Return what every installment asks for: as first agreed, and as agreed anew since."""
    first = {row.number: row for row in schedule(agreed.contract).rows}
    if not now.changed:
        return tuple(first.values())
    kept = {number: row for number, row in first.items() if number <= now.before}
    anew = agreed.in_force(now).rows
    return (*kept.values(), *(replace(row, number=number) for number, row in anew.items()))


def _together(bills: Iterable[Bill]) -> dict[int, Bill]:
    """Add up what is asked for under one number: an installment and charges of its period."""
    found: dict[int, Bill] = {}
    for bill in bills:
        known = found.get(bill.number)
        found[bill.number] = (
            bill
            if known is None
            else replace(
                bill,
                principal=bill.principal + known.principal,
                interest=bill.interest + known.interest,
                late_fee=bill.late_fee + known.late_fee,
                fee=bill.fee + known.fee,
            )
        )
    return found


def _owed(row: Installment, bill: Bill, agreed: Plan, *, on: date) -> ScheduleLine:
    """Show what is left of an installment that was asked for."""
    if bill.due_on < on:
        how = InstallmentState.OVERDUE
    elif bill.installment < row.amount.minor:
        how = InstallmentState.PART_PAID
    else:
        how = InstallmentState.DUE
    return _line(bill, agreed, how)


def _settled_or_coming(
    row: Installment, coming: Mapping[int, Bill], agreed: Plan, *, billed: int
) -> ScheduleLine | None:
    """Show an installment that nobody asks for now; None where nobody ever will."""
    if row.number in coming:
        return _line(coming[row.number], agreed, InstallmentState.UPCOMING)
    if row.number >= billed:
        return None
    return ScheduleLine(
        number=row.number,
        due_on=row.due_on,
        principal=row.principal,
        interest=row.interest,
        late_fee=agreed.money(0),
        fee=agreed.money(0),
        state=InstallmentState.PAID,
    )


def _line(bill: Bill, agreed: Plan, how: InstallmentState) -> ScheduleLine:
    return ScheduleLine(
        number=bill.number,
        due_on=bill.due_on,
        principal=agreed.money(bill.principal),
        interest=agreed.money(bill.interest),
        late_fee=agreed.money(bill.late_fee),
        fee=agreed.money(bill.fee),
        state=how,
    )
