"""What the book says; nothing here writes."""

from escrow.queries.audit import Audit, Finding, verify
from escrow.queries.balances import account_id, account_ids, balance, balances
from escrow.queries.books import (
    EntryFile,
    EntryLine,
    KindTotal,
    PostingShown,
    entries,
    entry_file,
    totals_by_kind,
)
from escrow.queries.statement import Statement, StatementLine, statement
from escrow.queries.transfers import Transfer, transfers_of

__all__ = [
    "Audit",
    "EntryFile",
    "EntryLine",
    "Finding",
    "KindTotal",
    "PostingShown",
    "Statement",
    "StatementLine",
    "Transfer",
    "account_id",
    "account_ids",
    "balance",
    "balances",
    "entries",
    "entry_file",
    "statement",
    "totals_by_kind",
    "transfers_of",
    "verify",
]
