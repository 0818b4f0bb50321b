"""What the page of a loan that is paid by itself shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

import escrow
import servicing
from kernel import Money, NotFound, find
from marketplace.vocabulary import failure_word
from servicing import AutopayDetail, AutopayStatus, Loan, LoanStatus


@dataclass(frozen=True)
class CollectionLine:
    """A payment through the provider, how far it came, and why not further."""

    amount: Money
    on: date
    status: str
    by_itself: bool
    why: str
    again_on: date | None


@dataclass(frozen=True)
class AutopayPage:
    """How a loan is paid by itself.

    Attributes:
        detail: what was agreed to last; none where nothing ever was.
        text: the mandate that would be agreed to now.
        methods: ways to pay that are saved, by id.
        lines: the latest payments through the provider.
    """

    id: UUID
    number: int
    is_payable: bool
    detail: AutopayDetail | None
    text: str
    methods: tuple[tuple[str, str], ...]
    lines: tuple[CollectionLine, ...]

    @property
    def is_on(self) -> bool:
        """Whether the loan is paid by itself, or will be once a way to pay is saved."""
        return self.detail is not None and self.detail.status in {
            AutopayStatus.ACTIVE,
            AutopayStatus.AGREED,
        }


def autopay_page(
    session: Session, loan: Loan, *, methods: Sequence[escrow.SavedMethod], on: date
) -> AutopayPage:
    """Return how a loan is paid by itself."""
    return AutopayPage(
        id=loan.id,
        number=loan.number,
        is_payable=loan.status == LoanStatus.ACTIVE,
        detail=servicing.autopay_detail(session, loan_id=loan.id, on=on),
        text=mandate_text(loan.number),
        methods=tuple((str(each.id), each.label or _("Bank account")) for each in methods),
        lines=collection_lines(session, loan.id),
    )


def collection_lines(session: Session, loan_id: UUID) -> tuple[CollectionLine, ...]:
    """Return the latest payments of a loan through the provider that somebody has begun."""
    rows = escrow.collections_of(session, loan_id=loan_id, limit=8)
    return tuple(
        CollectionLine(
            amount=row.amount,
            on=row.counts_on,
            status=row.status,
            by_itself=row.method_id is not None,
            why=failure_word(row.code, row.failure),
            again_on=row.again_on,
        )
        for row in rows
    )


def own_collection(session: Session, loan: Loan, collection_id: UUID) -> escrow.Collection:
    """Return a payment of this loan.

    Raises:
        NotFound: it is another loan's.
    """
    row = find(session, escrow.Collection, collection_id)
    if row.loan_id != loan.id:
        raise NotFound(what="Payment", id=collection_id)
    return row


def mandate_text(number: int) -> str:
    """Return what a borrower agrees to, in the language of the page."""
    return str(
        _(
            "I allow Tessera to debit what is owed on loan L-%(number)s from the way to pay that I "
            "name, on every day on which a payment falls due, until the loan is repaid or I stop "
            "it. A debit that fails for want of money may be tried twice more within ten days. I "
            "can stop it here at any time, and at once.",
            number=number,
        )
    )
