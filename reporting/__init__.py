"""What the book says: read-only questions, answered with frozen dataclasses."""

from reporting.books import ListingBookLine, LoanBookLine, listing_book, loan_book
from reporting.borrowers import BorrowerSummary, LoanLine, borrower_summary
from reporting.cash_flow import CashFlow, MonthFlow, cash_flow
from reporting.categories import (
    CategoryBand,
    CategoryMove,
    categories_of,
    category_bands,
    category_moves,
)
from reporting.delinquency import Bucket, bucket, buckets, days_past_due, standing
from reporting.desk import DeskListing, DeskLoan, desk_listings, desk_loan, desk_loans
from reporting.exposures import at_work
from reporting.lenders import (
    LenderSummary,
    Standing,
    lender_currencies,
    lender_standings,
    lender_summary,
)
from reporting.portfolio import NoteFilters, NoteLine, note_line, portfolio
from reporting.prospects import Prospect, ProspectLine, prospect
from reporting.receipts import Receipt, newest_receipts, note_receipts

__all__ = [
    "BorrowerSummary",
    "Bucket",
    "CashFlow",
    "CategoryBand",
    "CategoryMove",
    "DeskListing",
    "DeskLoan",
    "LenderSummary",
    "ListingBookLine",
    "LoanBookLine",
    "LoanLine",
    "MonthFlow",
    "NoteFilters",
    "NoteLine",
    "Prospect",
    "ProspectLine",
    "Receipt",
    "Standing",
    "at_work",
    "borrower_summary",
    "bucket",
    "buckets",
    "cash_flow",
    "categories_of",
    "category_bands",
    "category_moves",
    "days_past_due",
    "desk_listings",
    "desk_loan",
    "desk_loans",
    "lender_currencies",
    "lender_standings",
    "lender_summary",
    "listing_book",
    "loan_book",
    "newest_receipts",
    "note_line",
    "note_receipts",
    "portfolio",
    "prospect",
    "standing",
]
