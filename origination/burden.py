"""How much of an income other debts take: as people state it, and as rules judge it. Pure."""

from decimal import Decimal

from kernel import Money, Rate, Rounding

MONTHS = 12


def debt_to_income(payments: Money, *, annual_income: Money) -> Rate:
    """Return the share of a monthly income that monthly payments on other debts take.

    Rounded to the eight decimals of a rate. Without an income, any payment takes all of it.
    """
    if annual_income.is_zero:
        return Rate.percent(100 if payments.is_positive else 0)
    return Rate(round(Decimal(payments.minor * MONTHS) / annual_income.minor, 8))


def monthly_payments(share: Rate, *, annual_income: Money) -> Money:
    """Return the monthly payments behind a share, to the minor unit.

    It gives back what was stated, as long as a year's income stays below a billion minor units.
    """
    exact = share.value * annual_income.minor / MONTHS
    return Money(Rounding.HALF_UP.apply(exact), annual_income.currency)
