"""The annual percentage rate of US Regulation Z, by the actuarial method.

12 CFR Part 1026, Appendix J, paragraph (b)(8): the rate i of a unit-period is the one at which
sum A/((1 + e·i)(1 + i)^q) = sum P/((1 + f·i)(1 + i)^t); the year's is i times its unit-periods.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from amortization.cashflow import Flow, TimedFlow, balancing_rate, days_of
from amortization.months import Months
from amortization.unitperiod import UnitPeriod, common_unit, unit_of_term
from kernel import Rate


def annual_percentage_rate(flows: Sequence[Flow], *, unit: UnitPeriod | None = None) -> Rate:
    """Return the annual percentage rate of Regulation Z, which is shown with two decimals.

    Args:
        flows: every advance (positive) and payment (negative); a finance charge that is kept from
            an advance makes it smaller.
        unit: the unit-period; None finds it as paragraph (b)(4) says.

    Raises:
        UnusableTerms: nothing is advanced or nothing paid, or no rate makes them equal.
    """
    advances, payments = days_of(flows)
    months = Months.along(advances[0], payments)
    if unit is None and len(advances) == len(payments) == 1:
        unit = unit_of_term(advances[0], payments[0])
    unit = unit or common_unit(advances, payments)
    timed = [_timed(flow, unit.count(advances[0], flow.on, months)) for flow in flows]
    return Rate(
        round(balancing_rate(timed) * unit.per_year.numerator / unit.per_year.denominator, 8)
    )


def _timed(flow: Flow, count: tuple[int, Fraction]) -> TimedFlow:
    whole, odd = count
    return TimedFlow(Fraction(whole), odd, Decimal(flow.amount.minor))
