"""What a payment may be meant for, and who it may come from."""

from enum import StrEnum


class RepaymentKind(StrEnum):
    """What the borrower means by a payment."""

    INSTALLMENT = "installment"
    EXTRA = "extra"
    PAYOFF = "payoff"
    RECOVERY = "recovery"
    REVERSAL = "reversal"
    DOWN_PAYMENT = "down_payment"
    GOODWILL = "goodwill"
    CHANGE = "change"

    @property
    def is_payment(self) -> bool:
        """Whether it brings money: returns take it back, changes of terms move none."""
        return self not in {RepaymentKind.REVERSAL, RepaymentKind.CHANGE}


class Source(StrEnum):
    """Who a payment came from, where it was not the borrower in the ordinary way."""

    BORROWER = "borrower"
    COLLECTOR = "collector"
    GUARANTOR = "guarantor"
    COLLATERAL = "collateral"
    SALE = "sale"
