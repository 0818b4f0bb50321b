"""What the pages of a borrower's loans show."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

import reporting
import servicing
from kernel import Money, NotFound, find
from marketplace.web.autopay_page import CollectionLine, collection_lines
from marketplace.web.terms_page import words_of
from servicing import (
    InstallmentState,
    Loan,
    LoanDetail,
    LoanStatus,
    Payment,
    PayoffQuote,
    Preview,
    RepaymentKind,
    ScheduleLine,
)

KINDS = {
    RepaymentKind.INSTALLMENT: _l("Payment"),
    RepaymentKind.EXTRA: _l("Extra payment"),
    RepaymentKind.PAYOFF: _l("Payoff"),
    RepaymentKind.RECOVERY: _l("Recovered by a collector"),
    RepaymentKind.REVERSAL: _l("Payment returned by the bank"),
    RepaymentKind.DOWN_PAYMENT: _l("Down payment"),
    RepaymentKind.GOODWILL: _l("Goodwill credit"),
    RepaymentKind.CHANGE: _l("Terms agreed anew"),
}


@dataclass(frozen=True)
class LoansPage:
    """A borrower's loans, the newest first."""

    active: tuple[reporting.LoanLine, ...]
    ended: tuple[reporting.LoanLine, ...]


@dataclass(frozen=True)
class PaymentLine:
    """One line of the history."""

    payment: Payment
    kind: str


@dataclass(frozen=True)
class ChangeLine:
    """What was agreed anew, or waits for the borrower's signature."""

    id: UUID
    words: str
    is_unsigned: bool
    is_in_force: bool


@dataclass(frozen=True)
class LoanPage:
    """One loan.

    Attributes:
        asked: what to pay now: all that is owed, else the next installment.
        paid_count: installments that are paid.
        rows: what is owed or comes next, a few lines of the schedule.
    """

    detail: LoanDetail
    standing: str
    asked: Money | None
    paid_count: int
    total_count: int
    rows: tuple[ScheduleLine, ...]
    payments: tuple[PaymentLine, ...]
    differences: tuple[servicing.Differences, ...]
    autopay: servicing.AutopayDetail | None
    lines: tuple[CollectionLine, ...]
    changes: tuple[ChangeLine, ...]

    @property
    def is_active(self) -> bool:
        """Whether it can be paid."""
        return self.detail.card.status is LoanStatus.ACTIVE


@dataclass(frozen=True)
class PayPage:
    """What may be paid today."""

    id: UUID
    number: int
    asked: Money
    is_owed: bool
    due_on: date
    payoff: Money
    on: date


@dataclass(frozen=True)
class ConfirmPage:
    """A payment as it will be applied."""

    id: UUID
    number: int
    kind: RepaymentKind
    name: str
    preview: Preview


@dataclass(frozen=True)
class PayoffPage:
    """What settles a loan on a day."""

    id: UUID
    number: int
    quote: PayoffQuote
    today: date


@dataclass(frozen=True)
class ReceiptPage:
    """What became of one payment."""

    id: UUID
    number: int
    line: PaymentLine
    outstanding: Money
    next: servicing.Upcoming | None
    is_settled: bool


SHOWN = 4  # lines of the schedule on the loan's own page
_OPEN = (InstallmentState.OVERDUE, InstallmentState.DUE, InstallmentState.PART_PAID)


def own(session: Session, loan_id: UUID, *, borrower_id: UUID) -> Loan:
    """Return a loan of this borrower; another's does not exist for them.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    loan = find(session, Loan, loan_id)
    if loan.borrower_id != borrower_id:
        raise NotFound(what="Loan", id=loan_id)
    return loan


def loans_page(session: Session, *, borrower_id: UUID, on: date) -> LoansPage:
    """Return a borrower's loans."""
    found = reporting.borrower_summary(session, borrower_id=borrower_id, on=on).loans
    return LoansPage(
        active=tuple(loan for loan in found if loan.status is LoanStatus.ACTIVE),
        ended=tuple(loan for loan in found if loan.status is not LoanStatus.ACTIVE),
    )


def loan_page(session: Session, loan: Loan, *, on: date) -> LoanPage:
    """Return one loan with its position today and what was paid."""
    detail = servicing.loan_detail(session, loan_id=loan.id, on=on)
    rows = servicing.timetable(session, loan_id=loan.id, on=on)
    unpaid = [row for row in rows if row.state is not InstallmentState.PAID]
    overdue = sum(row.state in _OPEN for row in unpaid)
    return LoanPage(
        detail=detail,
        standing=_standing(detail),
        asked=detail.standing.asked,
        paid_count=len(rows) - len(unpaid),
        total_count=len(rows),
        rows=tuple(unpaid[: max(SHOWN, overdue + 1)]),
        payments=payment_lines(session, loan.id),
        differences=tuple(servicing.differences(session, loan_id=loan.id)),
        autopay=servicing.autopay_detail(session, loan_id=loan.id, on=on),
        lines=collection_lines(session, loan.id),
        changes=change_lines(session, loan),
    )


def change_lines(session: Session, loan: Loan) -> tuple[ChangeLine, ...]:
    """Return what was agreed anew for a loan, or waits for a signature, the latest first."""
    return tuple(
        ChangeLine(each.id, words_of(each.wish), not each.is_accepted, each.is_in_force)
        for each in servicing.changes_of(session, loan=loan)
    )


def _standing(detail: LoanDetail) -> str:
    """Return the word for a loan as its borrower is told today, before or after the day's close."""
    if detail.card.status is not LoanStatus.ACTIVE:
        return detail.card.status.value
    return reporting.bucket(detail.standing.days_past_due)


def pay_page(session: Session, loan: Loan, *, on: date) -> PayPage | None:
    """Return what may be paid today; None where nothing can be."""
    now = servicing.loan_detail(session, loan_id=loan.id, on=on).standing
    if now.asked is None or now.payoff is None:
        return None
    return PayPage(
        id=loan.id,
        number=loan.number,
        asked=min(now.asked, now.payoff),
        is_owed=now.to_pay.is_positive,
        due_on=now.next.due_on if now.next else on,
        payoff=now.payoff,
        on=now.on,
    )


def amount_of(page: PayPage, kind: RepaymentKind, typed: Money | None) -> Money | None:
    """Return how much a kind of payment pays; None where the borrower has not said."""
    fixed = {RepaymentKind.INSTALLMENT: page.asked, RepaymentKind.PAYOFF: page.payoff}
    return fixed.get(kind, typed)


def confirm_page(
    session: Session, loan: Loan, *, kind: RepaymentKind, amount: Money, on: date
) -> ConfirmPage:
    """Return what a payment will do.

    Raises:
        LoanNotPayable, NothingPaid, PayoffTooSmall: it cannot be applied.
    """
    preview = servicing.preview_repayment(session, loan_id=loan.id, amount=amount, kind=kind, on=on)
    return ConfirmPage(loan.id, loan.number, kind, str(KINDS[kind]), preview)


def receipt_page(session: Session, loan: Loan, *, seq: int, on: date) -> ReceiptPage:
    """Return what became of a payment.

    Raises:
        NotFound: there is no such payment.
    """
    found = [line for line in payment_lines(session, loan.id) if line.payment.seq == seq]
    if not found:
        raise NotFound(what="Payment", id=seq)
    detail = servicing.loan_detail(session, loan_id=loan.id, on=on)
    return ReceiptPage(
        id=loan.id,
        number=loan.number,
        line=found[0],
        outstanding=detail.card.outstanding,
        next=detail.standing.next,
        is_settled=detail.card.status is LoanStatus.SETTLED,
    )


def payment_lines(session: Session, loan_id: UUID) -> tuple[PaymentLine, ...]:
    """Return the payments of a loan, the latest first, in words."""
    return tuple(
        PaymentLine(payment, str(KINDS[payment.kind]))
        for payment in servicing.payments(session, loan_id=loan_id)
    )
