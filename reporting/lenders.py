"""What a lender has: cash, what is lent, what came back and what it cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from escrow import AccountKind, AccountRef, account_id, account_ids, balance
from kernel import Currency, Money
from matching import Order, OrderStatus
from reporting.cash_flow import MonthFlow, cash_flow
from reporting.delinquency import may_be_late
from reporting.standings import Group, Late, by_standing
from servicing import Loan, LoanStatus, Note


@dataclass(frozen=True, slots=True)
class Standing:
    """A lender's notes whose loans stand alike.

    Attributes:
        name: a bucket of lateness, `settled` or `charged_off`.
        notes: how many.
        outstanding: principal that has not come back.
    """

    name: str
    notes: int
    outstanding: Money


@dataclass(frozen=True, slots=True)
class LenderSummary:
    """A lender's money in one currency on one day.

    Attributes:
        cash: free to be lent or withdrawn.
        reserved: in orders of listings that are not paid out yet.
        lent: principal of every note ever bought.
        outstanding: principal of active loans that has not come back.
        lost: principal of loans charged off that has not come back.
        received_principal: before fees, like all that was received.
        received_interest: before fees.
        received_late_fees: before fees.
        received_recoveries: after the collectors' fee.
        fees_paid: the platform's servicing fee.
        expected: what is still to come, month by month, if every borrower pays on time.
        standings: the notes by how their loans stand, the current ones first.
    """

    lender_id: UUID
    currency: Currency
    on: date
    cash: Money
    reserved: Money
    lent: Money
    outstanding: Money
    lost: Money
    received_principal: Money
    received_interest: Money
    received_late_fees: Money
    received_recoveries: Money
    fees_paid: Money
    expected: tuple[MonthFlow, ...]
    standings: tuple[Standing, ...]

    @property
    def total(self) -> Money:
        """Everything the lender has, with loans at their outstanding principal."""
        return self.cash + self.reserved + self.outstanding

    @property
    def interest_kept(self) -> Money:
        """Interest received, less all fees paid."""
        return self.received_interest - self.fees_paid

    @property
    def income(self) -> Money:
        """What was earned so far: interest, late fees and recoveries, less fees and losses."""
        earned = self.received_interest + self.received_late_fees + self.received_recoveries
        return earned - self.fees_paid - self.lost

    @property
    def expected_interest(self) -> Money:
        """Interest still to come, before fees."""
        return sum((month.interest for month in self.expected), Money.zero(self.currency))

    @property
    def expected_fees(self) -> Money:
        """The servicing fee on what is still to come."""
        return sum((month.fee for month in self.expected), Money.zero(self.currency))

    @property
    def expected_income(self) -> Money:
        """Interest still to come, less the fee on what is still to come."""
        return self.expected_interest - self.expected_fees

    @property
    def active_notes(self) -> int:
        """How many notes are of loans that still run."""
        ended = (LoanStatus.SETTLED, LoanStatus.CHARGED_OFF)
        return sum(standing.notes for standing in self.standings if standing.name not in ended)

    @property
    def notes(self) -> int:
        """How many notes the lender has or had."""
        return sum(standing.notes for standing in self.standings)


def lender_currencies(session: Session, *, lender_id: UUID) -> tuple[Currency, ...]:
    """Return the currencies in which a lender has an account."""
    refs = {each: (AccountRef(AccountKind.LENDER, lender_id, each), 0) for each in Currency}
    opened = account_ids(session, refs=list(refs.values()))
    return tuple(currency for currency, ref in refs.items() if ref in opened)


def lender_summary(
    session: Session, *, lender_id: UUID, currency: Currency, on: date
) -> LenderSummary:
    """Add up what a lender has in one currency.

    Cash and receipts are as of now; lateness and what is to come are seen from `on`.
    """
    totals = _totals(session, lender_id, currency)
    return LenderSummary(
        lender_id=lender_id,
        currency=currency,
        on=on,
        cash=_cash(session, lender_id, currency),
        reserved=_reserved(session, lender_id, currency),
        expected=cash_flow(session, lender_id=lender_id, currency=currency, on=on).months,
        standings=lender_standings(session, lender_id=lender_id, currency=currency, on=on),
        **totals,
    )


def lender_standings(
    session: Session, *, lender_id: UUID, currency: Currency, on: date
) -> tuple[Standing, ...]:
    """Return a lender's notes by how their loans stand, the current ones first."""
    notes = _notes(lender_id, currency)
    grouped = notes.with_only_columns(Loan.status, func.count(), func.sum(_LEFT))
    late = notes.with_only_columns(Loan.state, _LEFT).where(may_be_late(on))
    found = by_standing(
        _groups(session.execute(grouped.group_by(Loan.status))),
        (Late((), state, (1, left)) for state, left in session.execute(late)),
        on=on,
    )
    return tuple(
        Standing(name, notes=count, outstanding=Money(left, currency))
        for (_, name), (count, left) in found.items()
    )


def _cash(session: Session, lender_id: UUID, currency: Currency) -> Money:
    account = account_id(session, kind=AccountKind.LENDER, owner_id=lender_id, currency=currency)
    return Money.zero(currency) if account is None else balance(session, account=account)


def _reserved(session: Session, lender_id: UUID, currency: Currency) -> Money:
    total = select(func.sum(Order.amount_minor)).where(
        Order.lender_id == lender_id,
        Order.currency == currency,
        Order.status == OrderStatus.RESERVED,
    )
    return Money(int(session.scalar(total) or 0), currency)


_LEFT = Note.principal_minor - Note.received_principal_minor

_SUMS = {
    "lent": (None, Note.principal_minor),
    "outstanding": (LoanStatus.ACTIVE, _LEFT),
    "lost": (LoanStatus.CHARGED_OFF, _LEFT),
    "received_principal": (None, Note.received_principal_minor),
    "received_interest": (None, Note.received_interest_minor),
    "received_late_fees": (None, Note.received_late_fee_minor),
    "received_recoveries": (None, Note.received_recovery_minor),
    "fees_paid": (None, Note.fee_paid_minor),
}


def _totals(session: Session, lender_id: UUID, currency: Currency) -> dict[str, Money]:
    """Add up the lender's notes; sums of one status leave out the loans of others."""
    sums = (
        func.sum(column) if status is None else func.sum(column).filter(Loan.status == status)
        for status, column in _SUMS.values()
    )
    found = session.execute(_notes(lender_id, currency).with_only_columns(*sums)).one()
    return {
        name: Money(int(total or 0), currency) for name, total in zip(_SUMS, found, strict=True)
    }


def _groups(rows: Iterable[Any]) -> Iterable[Group[tuple[()]]]:
    return (Group((), status, (int(count), int(left))) for status, count, left in rows)


def _notes(lender_id: UUID, currency: Currency) -> Any:
    return (
        select(Note.id)
        .join(Loan, Loan.id == Note.loan_id)
        .where(Note.lender_id == lender_id, Note.currency == currency)
    )
