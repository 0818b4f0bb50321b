"""The arithmetic of a contract, pure: what the quote promises and servicing keeps."""

from amortization import annuity
from amortization.apr import annual_percentage_rate
from amortization.aprc import annual_percentage_rate_of_charge
from amortization.bulk import BulkSchedule, schedules
from amortization.cashflow import Flow, borrower_flows
from amortization.contract import Contract, Installment, RateChange, Schedule
from amortization.conventions import Conventions, InstallmentBasis, Method, Remainder
from amortization.daycount import DayCount, year_fraction
from amortization.errors import UnusableTerms
from amortization.frequency import Frequency
from amortization.interest import period_interest
from amortization.schedule import schedule
from amortization.unitperiod import UnitPeriod

__all__ = [
    "BulkSchedule",
    "Contract",
    "Conventions",
    "DayCount",
    "Flow",
    "Frequency",
    "Installment",
    "InstallmentBasis",
    "Method",
    "RateChange",
    "Remainder",
    "Schedule",
    "UnitPeriod",
    "UnusableTerms",
    "annual_percentage_rate",
    "annual_percentage_rate_of_charge",
    "annuity",
    "borrower_flows",
    "period_interest",
    "schedule",
    "schedules",
    "year_fraction",
]
