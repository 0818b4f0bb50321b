"""The European rate of charge against the examples of the Commission."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from amortization import Flow, annual_percentage_rate_of_charge
from amortization.cashflow import TimedFlow, balancing_rate
from kernel import add_months
from tests.amortization.builders import usd
from tests.vectors import vectors


def test_every_example_of_the_commission_is_met_to_six_decimals() -> None:
    cases = vectors("apr_ec_aprc")

    wrong = {case["id"]: _percent(case) for case in cases if not _agrees(case)}

    assert len(cases) >= 15
    assert wrong == {}


def test_other_effective_rates_are_met_by_the_same_equation() -> None:
    """Short loans counted in days of their own year, or in months."""
    cases = vectors("apr_misc")

    found = {case["id"]: round(balancing_rate(_in_years(case)) * 100, 1) for case in cases}

    assert found == {case["id"]: Decimal(case["expected_apr_pct"]) for case in cases}


def _in_years(case: dict[str, Any]) -> list[TimedFlow]:
    year, paid = Fraction(12), case.get("payments_months")
    if paid is None:
        year, paid = Fraction(case["year_days"]), case["payments"]
    received = TimedFlow(Fraction(0), Fraction(0), Decimal(case["principal"]))
    return [
        received,
        *(TimedFlow(when / year, Fraction(0), -Decimal(amount)) for when, amount in paid),
    ]


@pytest.mark.parametrize(
    ("signed", "installment", "expected"),
    [
        (date(2012, 1, 12), "1433.57", "6.434185"),
        (date(2013, 1, 12), "1433.56", "6.434111"),
    ],
    ids=["three odd days of 365", "three odd days of 366, after a leap day"],
)
def test_a_long_first_month_counts_its_odd_days(
    signed: date, installment: str, expected: str
) -> None:
    first = date(signed.year, 2, 15)
    flows = [
        Flow(signed, usd("200000")),
        Flow(signed, usd("-4000")),
        *(Flow(add_months(first, number), -usd(installment)) for number in range(240)),
    ]

    found = annual_percentage_rate_of_charge(flows).value * 100

    assert abs(found - Decimal(expected)) <= Decimal("0.000002")


def test_yearly_payments_count_odd_days_without_months() -> None:
    signed, first = date(2012, 1, 12), date(2012, 2, 15)
    flows = [
        Flow(signed, usd("200000")),
        Flow(signed, usd("-4000")),
        *(Flow(add_months(first, 12 * number), usd("-16541.86")) for number in range(20)),
    ]

    found = annual_percentage_rate_of_charge(flows).value * 100

    assert abs(found - Decimal("6.282070")) <= Decimal("0.000002")


def test_a_month_that_costs_three_quarters_of_the_loan_costs_82400_percent_a_year() -> None:
    flows = [Flow(date(2024, 5, 10), usd("200")), Flow(date(2024, 6, 10), usd("-350"))]

    found = annual_percentage_rate_of_charge(flows)

    assert round(found.value * 100, 1) == Decimal("82400.5")


def test_weekly_payments_are_fifty_second_parts_of_a_year() -> None:
    signed = date(2023, 5, 10)
    days = [signed + timedelta(days=4 + 7 * number) for number in range(1, 3)]
    flows = [Flow(signed, usd("100")), *(Flow(day, usd("-51")) for day in days)]

    found = float(annual_percentage_rate_of_charge(flows).value)

    times = [4 / 365 + number / 52 for number in (1, 2)]
    assert sum(51 / (1 + found) ** time for time in times) == pytest.approx(100, abs=1e-4)


def _percent(case: dict[str, Any]) -> Decimal:
    received = [_timed(time, Decimal(amount)) for time, amount in case["drawdowns"]]
    paid = [_timed(time, -Decimal(amount)) for time, amount in case["payments"]]
    return balancing_rate([*received, *paid]) * 100


def _timed(time: str, amount: Decimal) -> TimedFlow:
    return TimedFlow(Fraction(time), Fraction(0), amount)


def _agrees(case: dict[str, Any]) -> bool:
    return abs(_percent(case) - Decimal(case["expected_aprc_pct_6dp"])) <= Decimal("0.000002")
