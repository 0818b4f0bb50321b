"""Interest of a stretch of days, exact until it is rounded once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from amortization import DayCount, Frequency, period_interest
from kernel import Rate
from tests.amortization.builders import PLAIN, contract, usd

RATE = Rate.percent(12)


def test_a_whole_period_costs_a_twelfth_of_the_year() -> None:
    signed = contract(start=date(2024, 1, 31))

    interest = period_interest(
        usd("1000"), RATE, date(2024, 1, 31), date(2024, 2, 29), contract=signed
    )

    assert interest == Decimal(1000)


def test_half_of_a_thirty_day_period_costs_half() -> None:
    signed = contract(start=date(2024, 4, 10))

    interest = period_interest(
        usd("1000"), RATE, date(2024, 4, 10), date(2024, 4, 25), contract=signed
    )

    assert interest == Decimal(500)


def test_actual_days_cost_by_the_day_after_maturity_too() -> None:
    signed = contract(installments=1, conventions=replace(PLAIN, day_count=DayCount.ACT_360))

    interest = period_interest(
        usd("1000"), RATE, date(2024, 3, 1), date(2024, 3, 4), contract=signed
    )

    assert interest == Decimal(100)


def test_a_tie_stays_a_tie() -> None:
    rules = replace(PLAIN, frequency=Frequency.ANNUAL)
    signed = contract(start=date(2024, 1, 1), conventions=rules)

    interest = period_interest(
        usd("0.50"), Rate.percent(1), date(2024, 1, 1), date(2025, 1, 1), contract=signed
    )

    assert interest == Decimal("0.5")


def test_two_half_years_compound_to_the_yearly_rate() -> None:
    rules = replace(PLAIN, frequency=Frequency.ANNUAL, compounding_per_year=2)
    signed = contract(start=date(2024, 1, 1), conventions=rules)

    interest = period_interest(
        usd("100"), Rate.percent(10), date(2024, 1, 1), date(2025, 1, 1), contract=signed
    )

    assert interest == Decimal(1025)
