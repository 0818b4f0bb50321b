"""What operations and the shell ask of the tables of servicing."""

from servicing.queries.audit import audit
from servicing.queries.autopay import (
    AutopayDetail,
    NextDebit,
    autopay_detail,
    autopay_of,
    debited_loans,
)
from servicing.queries.books import (
    LoanCard,
    LoanDetail,
    NoteCard,
    Payment,
    Settlement,
    loan_detail,
    loans,
    notes_of,
    payments,
)
from servicing.queries.categories import (
    category_lines,
    judged_categories,
    recorded_categories,
    recorded_days,
)
from servicing.queries.changes import AgreedChange, changes_of, state_on
from servicing.queries.differences import (
    Change,
    Differences,
    OpenShortfall,
    differences,
    lender_differences,
    shortfalls_of,
)
from servicing.queries.loans import (
    claim,
    due_loans,
    entered,
    has_payments_after,
    live_repayments,
    live_version,
    opened_at,
    plan,
    proceeds,
    recovered_before,
    repayment_by_key,
    state,
)
from servicing.queries.notes import Notes, notes, shares_of
from servicing.queries.preview import Preview, preview_repayment
from servicing.queries.proposals import category_of, judgements, open_proposal, proposals
from servicing.queries.standing import Standing, Upcoming, standing
from servicing.queries.timetable import InstallmentState, ScheduleLine, timetable

__all__ = [
    "AgreedChange",
    "AutopayDetail",
    "Change",
    "Differences",
    "InstallmentState",
    "LoanCard",
    "LoanDetail",
    "NextDebit",
    "NoteCard",
    "Notes",
    "OpenShortfall",
    "Payment",
    "Preview",
    "ScheduleLine",
    "Settlement",
    "Standing",
    "Upcoming",
    "audit",
    "autopay_detail",
    "autopay_of",
    "category_lines",
    "category_of",
    "changes_of",
    "claim",
    "debited_loans",
    "differences",
    "due_loans",
    "entered",
    "has_payments_after",
    "judged_categories",
    "judgements",
    "lender_differences",
    "live_repayments",
    "live_version",
    "loan_detail",
    "loans",
    "notes",
    "notes_of",
    "open_proposal",
    "opened_at",
    "payments",
    "plan",
    "preview_repayment",
    "proceeds",
    "proposals",
    "recorded_categories",
    "recorded_days",
    "recovered_before",
    "repayment_by_key",
    "shares_of",
    "shortfalls_of",
    "standing",
    "state",
    "state_on",
    "timetable",
]
