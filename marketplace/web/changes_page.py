"""What the page of a loan's changes shows: what was proposed, what waits, what may be done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

import servicing
from kernel import Currency, Money, find
from marketplace.formats import day, money
from marketplace.schemas.changes import CHANGES
from marketplace.web.terms_page import words_of
from marketplace.who import names, spoken_names
from servicing import Loan, LoanDetail, LoanStatus, Proposal, ProposalKind, ProposalStatus, Wish

KINDS: dict[str, Any] = {
    ProposalKind.WRITE_OFF: _l("Write-off"),
    ProposalKind.SETTLEMENT: _l("Settlement"),
    ProposalKind.SALE: _l("Sale"),
    ProposalKind.PAYMENT: _l("Payment by hand"),
    ProposalKind.CHANGE: _l("Other terms"),
    ProposalKind.WITHDRAWAL: _l("Withdrawal of a change"),
}


@dataclass(frozen=True)
class ProposalLine:
    """Something that was proposed, and what became of it."""

    id: UUID
    kind: Any
    what: str
    why: str
    status: ProposalStatus
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    is_mine: bool
    is_unsigned: bool
    may_be_withdrawn: bool

    @property
    def waits(self) -> bool:
        """Whether somebody has to decide it."""
        return self.status is ProposalStatus.PROPOSED


@dataclass(frozen=True)
class ChangesPage:
    """One loan, what is proposed for it and what may be."""

    loan: LoanDetail
    borrower: str
    claim: Money
    proposals: tuple[ProposalLine, ...]

    @property
    def kinds(self) -> tuple[tuple[str, Any], ...]:
        """What may change while it lives."""
        return tuple(CHANGES.items())

    @property
    def is_active(self) -> bool:
        """Whether payments are expected."""
        return self.loan.card.status is LoanStatus.ACTIVE

    @property
    def is_claimed(self) -> bool:
        """Whether anything may still be asked of the borrower."""
        card = self.loan.card
        return card.ended_as is None and card.status is not LoanStatus.SETTLED


def changes_page(session: Session, *, loan_id: UUID, by: str, on: date) -> ChangesPage:
    """Return what was and may be proposed for a loan.

    Raises:
        NotFound: there is no such loan.
    """
    loan = find(session, Loan, loan_id)
    return ChangesPage(
        loan=servicing.loan_detail(session, loan_id=loan_id, on=on),
        borrower=names(session, [loan.borrower_id]).get(loan.borrower_id, ""),
        claim=servicing.claim(session, loan=loan, on=on),
        proposals=_lines(session, loan, by=by),
    )


def _lines(session: Session, loan: Loan, *, by: str) -> tuple[ProposalLine, ...]:
    """Return what was proposed for a loan with the names of who made and decided it."""
    rows = servicing.proposals(session, loan_id=loan.id)
    known_changes = {each.id: each for each in servicing.changes_of(session, loan=loan)}
    marks = {mark for row in rows for mark in (row.proposed_by, row.decided_by) if mark}
    known = spoken_names(session, marks)
    return tuple(
        ProposalLine(
            id=row.id,
            kind=KINDS[row.kind],
            what=_what(row),
            why=row.why,
            status=ProposalStatus(row.status),
            proposed_by=known[row.proposed_by],
            proposed_at=row.proposed_at,
            decided_by=known.get(row.decided_by or "", ""),
            is_mine=row.proposed_by == by,
            is_unsigned=row.id in known_changes and not known_changes[row.id].is_accepted,
            may_be_withdrawn=row.id in known_changes and known_changes[row.id].is_in_force,
        )
        for row in rows
    )


def _what(row: Proposal) -> str:
    """Say in a sentence what is proposed."""
    details = row.details or {}
    if row.kind == ProposalKind.SETTLEMENT:
        return str(
            _(
                "%(sum)s is enough if it comes by %(day)s; the rest is written off.",
                sum=money(Money(details["amount_minor"], Currency.USD)),
                day=day(date.fromisoformat(details["until"])),
            )
        )
    if row.kind == ProposalKind.SALE:
        price = money(Money(details["price_minor"], Currency.USD))
        return str(_("Sold to %(buyer)s for %(sum)s.", buyer=details["buyer"], sum=price))
    if row.kind == ProposalKind.CHANGE:
        return words_of(Wish.from_json(details["wish"]))
    if row.kind == ProposalKind.WITHDRAWAL:
        return str(_("As if it had never been; a pause of the days late ends."))
    if row.kind == ProposalKind.PAYMENT:
        paid = money(Money(details["amount_minor"], Currency.USD))
        paid_on = day(date.fromisoformat(details["paid_on"]))
        return str(_("%(sum)s, paid on %(day)s.", sum=paid, day=paid_on))
    return str(_("The loss is taken; what comes afterwards is a recovery."))
