"""What operations and the shell ask of the tables of servicing."""

from servicing.queries.audit import audit
from servicing.queries.loans import (
    due_loans,
    live_repayments,
    next_seq,
    plan,
    recovered_before,
    repayment_by_key,
    replayed,
    state,
)
from servicing.queries.notes import Notes, notes

__all__ = [
    "Notes",
    "audit",
    "due_loans",
    "live_repayments",
    "next_seq",
    "notes",
    "plan",
    "recovered_before",
    "repayment_by_key",
    "replayed",
    "state",
]
