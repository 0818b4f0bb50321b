"""What the book says: read-only questions, answered with frozen dataclasses."""

from reporting.books import ListingBookLine, LoanBookLine, listing_book, loan_book
from reporting.borrowers import BorrowerSummary, LoanLine, borrower_summary
from reporting.cash_flow import CashFlow, MonthFlow, cash_flow
from reporting.delinquency import Bucket, bucket, buckets, days_past_due, standing
from reporting.lenders import LenderSummary, Standing, lender_currencies, lender_summary
from reporting.portfolio import NoteFilters, NoteLine, portfolio

__all__ = [
    "BorrowerSummary",
    "Bucket",
    "CashFlow",
    "LenderSummary",
    "ListingBookLine",
    "LoanBookLine",
    "LoanLine",
    "MonthFlow",
    "NoteFilters",
    "NoteLine",
    "Standing",
    "borrower_summary",
    "bucket",
    "buckets",
    "cash_flow",
    "days_past_due",
    "lender_currencies",
    "lender_summary",
    "listing_book",
    "loan_book",
    "portfolio",
    "standing",
]
