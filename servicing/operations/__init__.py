"""What may be done with a loan after it was funded."""

from servicing.operations.autopay import (
    activate_autopay,
    agree_autopay,
    cancel_autopay,
    claim_debit,
    prepare_debit,
    weigh_failure,
)
from servicing.operations.categorizing import record_categories
from servicing.operations.changing import (
    accept_change,
    ask_for_due_date,
    check_due_date,
    foresee_change,
    propose_change,
    propose_withdrawal,
)
from servicing.operations.claiming import claim_loans, release_claims
from servicing.operations.closing import begin_close, close_loan, fail_item, finish_close
from servicing.operations.losses import charge_off
from servicing.operations.opening import open_loan
from servicing.operations.proposals import (
    confirm_proposal,
    propose_category,
    propose_payment,
    propose_sale,
    propose_settlement,
    propose_write_off,
    refuse_proposal,
)
from servicing.operations.quoting import PayoffQuote, quote_payoff
from servicing.operations.repayments import receive_repayment, recover
from servicing.operations.returns import reverse_repayment

__all__ = [
    "PayoffQuote",
    "accept_change",
    "activate_autopay",
    "agree_autopay",
    "ask_for_due_date",
    "begin_close",
    "cancel_autopay",
    "charge_off",
    "check_due_date",
    "claim_debit",
    "claim_loans",
    "close_loan",
    "confirm_proposal",
    "fail_item",
    "finish_close",
    "foresee_change",
    "open_loan",
    "prepare_debit",
    "propose_category",
    "propose_change",
    "propose_payment",
    "propose_sale",
    "propose_settlement",
    "propose_withdrawal",
    "propose_write_off",
    "quote_payoff",
    "receive_repayment",
    "record_categories",
    "recover",
    "refuse_proposal",
    "release_claims",
    "reverse_repayment",
    "weigh_failure",
]
