"""What a payment may be meant for."""

from enum import StrEnum


class RepaymentKind(StrEnum):
    """What the borrower means by a payment."""

    INSTALLMENT = "installment"
    EXTRA = "extra"
    PAYOFF = "payoff"
    RECOVERY = "recovery"
    REVERSAL = "reversal"
