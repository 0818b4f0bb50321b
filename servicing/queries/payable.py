"""Whether a payment may be applied to a loan, asked alike by who records it and who previews it."""

from sqlalchemy.orm import Session

from servicing.deciding import Entered
from servicing.errors import LoanNotPayable, NothingPaid
from servicing.kinds import RepaymentKind
from servicing.models import Loan, LoanStatus
from servicing.queries.loans import has_payments_after, state


def check(loan: Loan, entered: Entered) -> None:
    """Refuse a payment that cannot be applied as things stand.

    Raises:
        LoanNotPayable: the loan is settled, charged off, or not charged off yet.
        NothingPaid: the amount is not above zero.
    """
    is_recovery = entered.kind is RepaymentKind.RECOVERY
    payable = LoanStatus.CHARGED_OFF if is_recovery else LoanStatus.ACTIVE
    _check(entered, loan, payable=loan.status == payable and loan.ended_as is None)


def check_earlier(loan: Loan, entered: Entered) -> None:
    """Refuse a payment of an earlier day that could not have been applied then.

    A borrower's payment comes after the loan began and before its loss, a recovery after the loss;
    a loss that was taken stays taken.

    Raises:
        LoanNotPayable: on that day the loan took no payment of this kind.
        NothingPaid: the amount is not above zero.
    """
    lost_on = loan.charged_off_on
    if entered.kind is RepaymentKind.RECOVERY:
        payable = lost_on is not None and lost_on <= entered.on
    else:
        payable = loan.started_on <= entered.on and (lost_on is None or entered.on < lost_on)
    _check(entered, loan, payable=payable)


def is_earlier(session: Session, loan: Loan, entered: Entered) -> bool:
    """Say whether the loan has been counted beyond the day of a payment."""
    if entered.kind is RepaymentKind.RECOVERY and loan.charged_off_on is not None:
        counted = entered.on < loan.charged_off_on
    else:
        counted = entered.on < state(loan).as_of
    ended = loan.status != LoanStatus.ACTIVE
    return counted or (ended and has_payments_after(session, loan=loan, day=entered.on))


def _check(entered: Entered, loan: Loan, *, payable: bool) -> None:
    if not entered.amount.is_positive:
        raise NothingPaid
    if not payable or not entered.kind.is_payment:
        raise LoanNotPayable(number=loan.number, status=loan.status)
