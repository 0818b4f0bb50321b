"""What the pages of servicing show."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

import servicing
from marketplace.who import names
from reporting import DeskLoan, desk_loans
from servicing import LoanDetail, LoanStatus, Payment, RepaymentKind, ScheduleLine

TABS: dict[str, Any] = {
    "late": _l("Late"),
    "active": _l("Active"),
    "settled": _l("Paid in full"),
    "charged_off": _l("Charged off"),
}


@dataclass(frozen=True)
class Row:
    """One loan, with whose it is."""

    loan: DeskLoan
    borrower: str


@dataclass(frozen=True)
class BookPage:
    """One tab of the loan book."""

    tab: str
    tabs: tuple[tuple[str, Any], ...]
    rows: tuple[Row, ...]
    after: str | None


@dataclass(frozen=True)
class LoanPage:
    """One loan: how it stands, its installments and its payments."""

    loan: LoanDetail
    borrower: str
    schedule: tuple[ScheduleLine, ...]
    payments: tuple[Payment, ...]
    differences: tuple[servicing.Differences, ...]

    @property
    def is_active(self) -> bool:
        """Whether payments are expected."""
        return self.loan.card.status is LoanStatus.ACTIVE

    @property
    def is_lost(self) -> bool:
        """Whether the loss was taken."""
        return self.loan.card.status is LoanStatus.CHARGED_OFF

    def may_be_returned(self, payment: Payment) -> bool:
        """Say whether a payment can still be taken back by the borrower's bank."""
        return not payment.returned and payment.kind is not RepaymentKind.REVERSAL


def book_page(session: Session, *, tab: str, on: date, after: str | None) -> BookPage:
    """Return one tab of the loan book."""
    found = desk_loans(session, which=tab, on=on, after=after)
    known = names(session, (each.borrower_id for each in found.items))
    return BookPage(
        tab=tab,
        tabs=tuple(TABS.items()),
        rows=tuple(Row(each, known.get(each.borrower_id, "")) for each in found.items),
        after=found.after,
    )


def loan_page(session: Session, *, loan_id: UUID, on: date) -> LoanPage:
    """Return everything about one loan."""
    loan = servicing.loan_detail(session, loan_id=loan_id, on=on)
    borrower_id = loan.card.borrower_id
    return LoanPage(
        loan=loan,
        borrower=names(session, [borrower_id]).get(borrower_id, ""),
        schedule=servicing.timetable(session, loan_id=loan_id, on=on),
        payments=tuple(servicing.payments(session, loan_id=loan_id)),
        differences=tuple(servicing.differences(session, loan_id=loan_id)),
    )
