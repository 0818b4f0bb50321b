"""What may be done with a loan after it was funded."""

from servicing.operations.categorizing import record_categories
from servicing.operations.closing import begin_close, close_loan, finish_close
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
    "begin_close",
    "charge_off",
    "close_loan",
    "confirm_proposal",
    "finish_close",
    "open_loan",
    "propose_category",
    "propose_payment",
    "propose_sale",
    "propose_settlement",
    "propose_write_off",
    "quote_payoff",
    "receive_repayment",
    "record_categories",
    "recover",
    "refuse_proposal",
    "reverse_repayment",
]
