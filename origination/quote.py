"""The quote: what a loan costs; one pure function for calculator, offer and contract."""

from dataclasses import dataclass
from datetime import date

from amortization import (
    Contract,
    Schedule,
    annual_percentage_rate,
    borrower_flows,
    schedule,
)
from kernel import Money, Rate
from origination.terms import Terms


@dataclass(frozen=True, slots=True)
class Quote:
    """What a borrower gets, pays, and pays for it.

    Attributes:
        amount: what is lent.
        rate: the nominal rate of a year.
        apr: the annual percentage rate, the origination fee included (12 CFR 1026 Appendix J).
        installment: the regular one.
        origination_fee: what is deducted when the loan is paid out.
        net_proceeds: what the borrower receives.
        finance_charge: interest and fee together.
        total_of_payments: everything the borrower pays back.
        schedule: every installment, as it will be booked.
    """

    amount: Money
    rate: Rate
    apr: Rate
    installment: Money
    origination_fee: Money
    net_proceeds: Money
    finance_charge: Money
    total_of_payments: Money
    schedule: Schedule


def quote(terms: Terms, *, amount: Money, installments: int, rate: Rate, on: date) -> Quote:
    """Return what a loan under `terms` costs when it starts on a day."""
    plan = schedule(Contract(amount, rate, installments, on, None, terms.conventions))
    fee = terms.origination_fee(amount)
    net = amount - fee
    return Quote(
        amount=amount,
        rate=rate,
        apr=annual_percentage_rate(borrower_flows(plan, fee=fee)),
        installment=plan.installment,
        origination_fee=fee,
        net_proceeds=net,
        finance_charge=plan.total - net,
        total_of_payments=plan.total,
        schedule=plan,
    )
