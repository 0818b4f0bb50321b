"""What operations and the shell ask of the tables of servicing."""

from servicing.queries.audit import audit
from servicing.queries.books import (
    LoanCard,
    LoanDetail,
    NoteCard,
    Payment,
    loan_detail,
    loans,
    notes_of,
    payments,
)
from servicing.queries.loans import (
    due_loans,
    last_paid_on,
    live_repayments,
    plan,
    proceeds,
    recovered_before,
    repayment_by_key,
    replayed,
    state,
)
from servicing.queries.notes import Notes, notes
from servicing.queries.preview import Preview, preview_repayment
from servicing.queries.standing import Standing, Upcoming, standing
from servicing.queries.timetable import InstallmentState, ScheduleLine, timetable

__all__ = [
    "InstallmentState",
    "LoanCard",
    "LoanDetail",
    "NoteCard",
    "Notes",
    "Payment",
    "Preview",
    "ScheduleLine",
    "Standing",
    "Upcoming",
    "audit",
    "due_loans",
    "last_paid_on",
    "live_repayments",
    "loan_detail",
    "loans",
    "notes",
    "notes_of",
    "payments",
    "plan",
    "preview_repayment",
    "proceeds",
    "recovered_before",
    "repayment_by_key",
    "replayed",
    "standing",
    "state",
    "timetable",
]
