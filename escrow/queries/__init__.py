"""What the book says; nothing here writes."""

from escrow.queries.audit import Audit, Finding, verify
from escrow.queries.balances import account_id, account_ids, balance, balances
from escrow.queries.statement import Statement, StatementLine, statement
from escrow.queries.transfers import Transfer, transfers_of

__all__ = [
    "Audit",
    "Finding",
    "Statement",
    "StatementLine",
    "Transfer",
    "account_id",
    "account_ids",
    "balance",
    "balances",
    "statement",
    "transfers_of",
    "verify",
]
