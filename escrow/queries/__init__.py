"""What the book says; nothing here writes."""

from escrow.queries.audit import Audit, verify, verify_new
from escrow.queries.balances import account_id, account_ids, arrived, balance, balances
from escrow.queries.books import (
    EntryFile,
    EntryLine,
    KindTotal,
    PostingShown,
    entries,
    entry_file,
    totals_by_kind,
)
from escrow.queries.bundles import unopened_bundles
from escrow.queries.collecting import collections_of, methods_of, waiting_collections
from escrow.queries.content import content
from escrow.queries.findings import Finding
from escrow.queries.frontier import Frontier, frontier, is_settled
from escrow.queries.leaves import account_bytes, entry_bytes
from escrow.queries.moved import Moved, moved
from escrow.queries.payees import (
    Owed,
    PayoutLine,
    destinations_of,
    owed,
    payable,
    payouts_in_review,
    proceeds_that_came_back,
    usable_destination,
)
from escrow.queries.pots import pots
from escrow.queries.proof import proof
from escrow.queries.reports import (
    BreakFile,
    BreakLine,
    ChoiceLine,
    PaymentFileShown,
    ReportFile,
    ReportLine,
    StatementFileLine,
    bank_text,
    break_file,
    break_numbered,
    breaks,
    choices,
    payment_file_body,
    payment_files,
    payouts_for_file,
    report_of,
    reports,
    statement_files,
)
from escrow.queries.seals import Standing, last_seal, sealed_to
from escrow.queries.standing import held_on
from escrow.queries.statement import Statement, StatementLine, statement
from escrow.queries.transfers import Transfer, holds_end, transfers_of
from escrow.queries.waiting import last_message_at, stuck_payouts, unheard

__all__ = [
    "Audit",
    "BreakFile",
    "BreakLine",
    "ChoiceLine",
    "EntryFile",
    "EntryLine",
    "Finding",
    "Frontier",
    "KindTotal",
    "Moved",
    "Owed",
    "PaymentFileShown",
    "PayoutLine",
    "PostingShown",
    "ReportFile",
    "ReportLine",
    "Standing",
    "Statement",
    "StatementFileLine",
    "StatementLine",
    "Transfer",
    "account_bytes",
    "account_id",
    "account_ids",
    "arrived",
    "balance",
    "balances",
    "bank_text",
    "break_file",
    "break_numbered",
    "breaks",
    "choices",
    "collections_of",
    "content",
    "destinations_of",
    "entries",
    "entry_bytes",
    "entry_file",
    "frontier",
    "held_on",
    "holds_end",
    "is_settled",
    "last_message_at",
    "last_seal",
    "methods_of",
    "moved",
    "owed",
    "payable",
    "payment_file_body",
    "payment_files",
    "payouts_for_file",
    "payouts_in_review",
    "pots",
    "proceeds_that_came_back",
    "proof",
    "report_of",
    "reports",
    "sealed_to",
    "statement",
    "statement_files",
    "stuck_payouts",
    "totals_by_kind",
    "transfers_of",
    "unheard",
    "unopened_bundles",
    "usable_destination",
    "verify",
    "verify_new",
    "waiting_collections",
]
