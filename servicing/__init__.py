"""The life of a loan after funding: paid, shared among its lenders, settled or lost.

Operations take the session first and the rest by keyword; they never commit and never read the
clock. What a loan owes is computed from its terms and payments (`position`), never posted.
"""

from servicing.errors import (
    CollectionFeeTooLarge,
    LendersHaveSpent,
    ListingNotCovered,
    LoanNotPayable,
    NothingPaid,
    NotReturnable,
    PaymentKeyUsed,
    PaymentReturned,
)
from servicing.models import (
    LOANS,
    Close,
    Distribution,
    Loan,
    LoanStatus,
    Note,
    Repayment,
    RepaymentKind,
)
from servicing.operations import (
    PayoffQuote,
    begin_close,
    charge_off,
    close_loan,
    finish_close,
    open_loan,
    quote_payoff,
    receive_repayment,
    recover,
    reverse_repayment,
)
from servicing.owing import owed
from servicing.paying import PayoffTooSmall
from servicing.plan import Plan
from servicing.position import DayAlreadyCounted, advance, forecast
from servicing.queries import (
    LoanCard,
    LoanDetail,
    NoteCard,
    Payment,
    Standing,
    Upcoming,
    audit,
    due_loans,
    loan_detail,
    loans,
    notes_of,
    payments,
    standing,
)
from servicing.state import Bill, State

__all__ = [
    "LOANS",
    "Bill",
    "Close",
    "CollectionFeeTooLarge",
    "DayAlreadyCounted",
    "Distribution",
    "LendersHaveSpent",
    "ListingNotCovered",
    "Loan",
    "LoanCard",
    "LoanDetail",
    "LoanNotPayable",
    "LoanStatus",
    "NotReturnable",
    "Note",
    "NoteCard",
    "NothingPaid",
    "Payment",
    "PaymentKeyUsed",
    "PaymentReturned",
    "PayoffQuote",
    "PayoffTooSmall",
    "Plan",
    "Repayment",
    "RepaymentKind",
    "Standing",
    "State",
    "Upcoming",
    "advance",
    "audit",
    "begin_close",
    "charge_off",
    "close_loan",
    "due_loans",
    "finish_close",
    "forecast",
    "loan_detail",
    "loans",
    "notes_of",
    "open_loan",
    "owed",
    "payments",
    "quote_payoff",
    "receive_repayment",
    "recover",
    "reverse_repayment",
    "standing",
]
