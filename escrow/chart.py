"""The chart: every kind of account and every movement allowed between them: the business.

Balances are what an account holds for its owner. Accounts outside the house may go below zero:
minus their balance is what the bank and the payment provider hold for us, which must be found
when reconciling. Every other account refuses to go below zero. The sum of all balances is zero.
"""

from enum import StrEnum
from typing import NamedTuple


class AccountKind(StrEnum):
    """Whose money an account holds, or who outside holds ours."""

    STRIPE = "STRIPE"  # outside: the payment provider
    BANK = "BANK"  # outside: the custodian's bank account
    LENDER = "LENDER"  # a lender's free cash
    LISTING = "LISTING"  # money reserved for one listing
    BORROWER = "BORROWER"  # proceeds that await payment to the borrower
    LOAN = "LOAN"  # money collected on one loan, about to be distributed
    TRANSIT = "TRANSIT"  # payouts on their way out
    FEES = "FEES"  # what the platform has earned
    RESERVE = "RESERVE"  # a provision fund


class Movement(StrEnum):
    """Why money moves; a reversal carries the word of what it reverses, with the ends swapped."""

    DEPOSIT = "DEPOSIT"
    RESERVE = "RESERVE"
    RELEASE = "RELEASE"
    DISBURSE = "DISBURSE"
    ORIGINATE = "ORIGINATE"
    PAY_OUT = "PAY_OUT"
    WITHDRAW = "WITHDRAW"
    PAID = "PAID"
    BOUNCE = "BOUNCE"
    COLLECT = "COLLECT"
    DISTRIBUTE = "DISTRIBUTE"
    SERVICE = "SERVICE"
    REFUND = "REFUND"
    SETTLE = "SETTLE"
    RETURN = "RETURN"
    COVER = "COVER"
    COST = "COST"
    TRADE = "TRADE"
    RECLAIM = "RECLAIM"
    REBATE = "REBATE"
    ADVANCE = "ADVANCE"
    REPLENISH = "REPLENISH"
    FUND = "FUND"
    RECOUP = "RECOUP"


class Allowed(NamedTuple):
    """One line of the chart."""

    movement: Movement
    source: AccountKind
    target: AccountKind


_A, _M = AccountKind, Movement

ALLOWED = (
    Allowed(_M.DEPOSIT, _A.STRIPE, _A.LENDER),
    Allowed(_M.RESERVE, _A.LENDER, _A.LISTING),
    Allowed(_M.RELEASE, _A.LISTING, _A.LENDER),
    Allowed(_M.DISBURSE, _A.LISTING, _A.BORROWER),
    Allowed(_M.ORIGINATE, _A.LISTING, _A.FEES),
    Allowed(_M.PAY_OUT, _A.BORROWER, _A.TRANSIT),
    Allowed(_M.WITHDRAW, _A.LENDER, _A.TRANSIT),
    Allowed(_M.PAID, _A.TRANSIT, _A.STRIPE),
    Allowed(_M.PAID, _A.TRANSIT, _A.BANK),
    Allowed(_M.BOUNCE, _A.TRANSIT, _A.LENDER),
    Allowed(_M.BOUNCE, _A.TRANSIT, _A.BORROWER),
    Allowed(_M.COLLECT, _A.STRIPE, _A.LOAN),
    Allowed(_M.DISTRIBUTE, _A.LOAN, _A.LENDER),
    Allowed(_M.SERVICE, _A.LOAN, _A.FEES),
    Allowed(_M.REFUND, _A.LOAN, _A.STRIPE),
    Allowed(_M.SETTLE, _A.BANK, _A.STRIPE),
    Allowed(_M.RETURN, _A.LENDER, _A.STRIPE),
    Allowed(_M.COVER, _A.FEES, _A.LENDER),
    Allowed(_M.COST, _A.FEES, _A.STRIPE),
    Allowed(_M.TRADE, _A.LENDER, _A.LENDER),
    Allowed(_M.RETURN, _A.LOAN, _A.STRIPE),
    Allowed(_M.RECLAIM, _A.LENDER, _A.LOAN),
    Allowed(_M.REBATE, _A.FEES, _A.LOAN),
    Allowed(_M.ADVANCE, _A.FEES, _A.LOAN),
    Allowed(_M.REPLENISH, _A.LOAN, _A.FEES),
    Allowed(_M.FUND, _A.BANK, _A.FEES),
    Allowed(_M.RECOUP, _A.LENDER, _A.FEES),
    Allowed(_M.DEPOSIT, _A.BANK, _A.LENDER),
    Allowed(_M.RETURN, _A.LENDER, _A.BANK),
    Allowed(_M.COST, _A.FEES, _A.BANK),
)

OUTSIDE = frozenset({_A.STRIPE, _A.BANK})

# Everybody's payments touch these, so they are locked last and spread over shards.
HOT = frozenset({_A.STRIPE, _A.BANK, _A.FEES})
SHARDS = 8
