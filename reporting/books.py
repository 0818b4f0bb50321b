"""The loan book and the listing book: everything there is, by status and grade."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel import Currency, Money
from origination import Listing, ListingStatus
from reporting.delinquency import may_be_late
from reporting.standings import Group, Late, by_standing
from servicing import Loan


@dataclass(frozen=True, slots=True)
class LoanBookLine:
    """Loans of one currency and grade that stand alike, added up."""

    currency: Currency
    grade: str
    standing: str
    loans: int
    principal: Money
    outstanding: Money
    paid_principal: Money
    paid_interest: Money
    paid_late_fees: Money
    recovered: Money
    charged_off: Money


@dataclass(frozen=True, slots=True)
class ListingBookLine:
    """Listings of one currency, grade and status, added up."""

    currency: Currency
    grade: str
    status: ListingStatus
    listings: int
    amount: Money
    reserved: Money


_AMOUNTS = (
    Loan.principal_minor,
    Loan.outstanding_minor,
    Loan.paid_principal_minor,
    Loan.paid_interest_minor,
    Loan.paid_late_fee_minor,
    Loan.recovered_minor,
    Loan.charged_off_minor,
)


def loan_book(session: Session, *, on: date) -> tuple[LoanBookLine, ...]:
    """Add up all loans by currency, grade and standing; lateness is seen from a day."""
    sums = (func.sum(column) for column in _AMOUNTS)
    groups = select(Loan.currency, Loan.grade, Loan.status, func.count(), *sums).group_by(
        Loan.currency, Loan.grade, Loan.status
    )
    late = select(Loan.currency, Loan.grade, Loan.state, *_AMOUNTS).where(may_be_late(on))
    found = by_standing(
        (
            Group((currency, grade), status, tuple(map(int, figures)))
            for currency, grade, status, *figures in session.execute(groups)
        ),
        (
            Late((currency, grade), state, (1, *amounts))
            for currency, grade, state, *amounts in session.execute(late)
        ),
        on=on,
    )
    lines = (_line(*group, name, *figures) for (group, name), figures in found.items())
    return tuple(sorted(lines, key=lambda line: (line.currency, line.grade)))


def listing_book(session: Session) -> tuple[ListingBookLine, ...]:
    """Add up all listings by currency, grade and status."""
    by = (Listing.currency, Listing.grade, Listing.status)
    sums = (func.sum(Listing.amount_minor), func.sum(Listing.reserved_minor))
    rows = session.execute(select(*by, func.count(), *sums).group_by(*by).order_by(*by))
    return tuple(
        ListingBookLine(
            currency=Currency(currency),
            grade=grade,
            status=ListingStatus(status),
            listings=int(count),
            amount=Money(int(amount), Currency(currency)),
            reserved=Money(int(reserved), Currency(currency)),
        )
        for currency, grade, status, count, amount, reserved in rows
    )


def _line(code: str, grade: str, standing: str, loans: int, *amounts: int) -> LoanBookLine:
    currency = Currency(code)
    return LoanBookLine(
        currency, grade, standing, loans, *(Money(amount, currency) for amount in amounts)
    )
