"""The arithmetic of a contract, pure: what the quote promises and servicing keeps."""

from amortization import annuity
from amortization.apr import annual_percentage_rate
from amortization.aprc import annual_percentage_rate_of_charge
from amortization.bulk import BulkSchedule, schedules
from amortization.businessdays import BusinessDays
from amortization.cashflow import Flow, borrower_flows
from amortization.contract import (
    Advance,
    Contract,
    DatedRate,
    Installment,
    RateChange,
    Schedule,
)
from amortization.conventions import (
    Conventions,
    DeferredInterest,
    FirstPeriod,
    InstallmentBasis,
    Method,
    Remainder,
)
from amortization.daycount import DayCount, act_act_icma, year_fraction
from amortization.errors import UnusableTerms
from amortization.frequency import Frequency, MonthEnd
from amortization.interest import period_interest
from amortization.periods import interest_between
from amortization.returns import annual_return, xirr, xnpv
from amortization.schedule import broken_interest, schedule
from amortization.unitperiod import UnitPeriod

__all__ = [
    "Advance",
    "BulkSchedule",
    "BusinessDays",
    "Contract",
    "Conventions",
    "DatedRate",
    "DayCount",
    "DeferredInterest",
    "FirstPeriod",
    "Flow",
    "Frequency",
    "Installment",
    "InstallmentBasis",
    "Method",
    "MonthEnd",
    "RateChange",
    "Remainder",
    "Schedule",
    "UnitPeriod",
    "UnusableTerms",
    "act_act_icma",
    "annual_percentage_rate",
    "annual_percentage_rate_of_charge",
    "annual_return",
    "annuity",
    "borrower_flows",
    "broken_interest",
    "interest_between",
    "period_interest",
    "schedule",
    "schedules",
    "xirr",
    "xnpv",
    "year_fraction",
]
