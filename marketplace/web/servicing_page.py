"""What the pages of servicing show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

import servicing
from kernel import Money
from marketplace.schemas.servicing import CATEGORIES
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
class JudgementLine:
    """A category that somebody proposed, and who confirmed it if anybody did."""

    id: UUID
    category: Any
    why: str
    proposed_by: str
    decided_by: str
    on: date


@dataclass(frozen=True)
class MoveLine:
    """A loan went from one category to another, as it was recorded."""

    on: date
    was: Any
    now: Any


@dataclass(frozen=True)
class LoanPage:
    """One loan: how it stands, its installments and its payments."""

    loan: LoanDetail
    borrower: str
    schedule: tuple[ScheduleLine, ...]
    payments: tuple[Payment, ...]
    differences: tuple[servicing.Differences, ...]
    category: str
    provision: Money
    judgements: tuple[JudgementLine, ...]
    proposal: JudgementLine | None
    moves: tuple[MoveLine, ...]

    @property
    def is_active(self) -> bool:
        """Whether payments are expected."""
        return self.loan.card.status is LoanStatus.ACTIVE

    @property
    def is_lost(self) -> bool:
        """Whether the loss was taken and something may still be recovered."""
        card = self.loan.card
        return card.status is LoanStatus.CHARGED_OFF and card.ended_as is None

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
    preset = servicing.categories()
    category = servicing.category_of(session, loan_id=loan_id, preset=preset, on=on)
    kind = servicing.ProposalKind.CATEGORY
    waiting = servicing.open_proposal(session, loan_id=loan_id, kind=kind)
    borrower_id = loan.card.borrower_id
    return LoanPage(
        loan=loan,
        borrower=names(session, [borrower_id]).get(borrower_id, ""),
        schedule=servicing.timetable(session, loan_id=loan_id, on=on),
        payments=tuple(servicing.payments(session, loan_id=loan_id)),
        differences=tuple(servicing.differences(session, loan_id=loan_id)),
        category=str(CATEGORIES[category]),
        provision=preset.provision(loan.card.outstanding, category),
        judgements=_judged(session, servicing.judgements(session, loan_id=loan_id)),
        proposal=next(iter(_judged(session, [waiting] if waiting else [])), None),
        moves=tuple(
            MoveLine(line.recorded_on, CATEGORIES[line.was], CATEGORIES[line.category])
            for line in servicing.category_lines(session, loan_id=loan_id)
        ),
    )


def _judged(session: Session, rows: Sequence[servicing.Proposal]) -> tuple[JudgementLine, ...]:
    """Return judgements with the names of who made and confirmed them."""
    people = {by: UUID(by.partition(":")[2]) for row in rows for by in _hands(row)}
    known = names(session, people.values())
    called = {by: known.get(person, "") for by, person in people.items()}
    return tuple(
        JudgementLine(
            id=row.id,
            category=CATEGORIES[row.category or ""],
            why=row.why,
            proposed_by=called[row.proposed_by],
            decided_by=called.get(row.decided_by or "", ""),
            on=(row.decided_at or row.proposed_at).date(),
        )
        for row in rows
    )


def _hands(row: servicing.Proposal) -> list[str]:
    return [by for by in (row.proposed_by, row.decided_by) if by]
