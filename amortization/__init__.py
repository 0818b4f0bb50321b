"""The arithmetic of a contract, pure: what the quote promises and servicing keeps."""

from amortization.bulk import BulkSchedule, schedules
from amortization.contract import Contract, Installment, RateChange, Schedule
from amortization.conventions import Conventions, InstallmentBasis, Method, Remainder
from amortization.daycount import DayCount, year_fraction
from amortization.errors import UnusableTerms
from amortization.frequency import Frequency
from amortization.interest import period_interest
from amortization.schedule import schedule

__all__ = [
    "BulkSchedule",
    "Contract",
    "Conventions",
    "DayCount",
    "Frequency",
    "Installment",
    "InstallmentBasis",
    "Method",
    "RateChange",
    "Remainder",
    "Schedule",
    "UnusableTerms",
    "period_interest",
    "schedule",
    "schedules",
    "year_fraction",
]
