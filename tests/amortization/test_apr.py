"""The annual percentage rate against the worked examples of Regulation Z, Appendix J."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from amortization import (
    Flow,
    UnitPeriod,
    UnusableTerms,
    annual_percentage_rate,
    annuity,
    borrower_flows,
    schedule,
)
from kernel import Rate
from tests.amortization.builders import contract, usd
from tests.vectors import vectors

YEAR_1978 = date(1978, 1, 1)


def test_every_published_example_is_met_to_two_decimals() -> None:
    cases = vectors("apr_regz_appendix_j")

    found = {case["id"]: _shown(annual_percentage_rate(_flows(case))) for case in cases}

    assert len(cases) >= 6
    assert found == {case["id"]: Decimal(case["expected_apr_pct"]) for case in cases}


def test_a_monthly_loan_has_the_rate_of_example_c_1_i() -> None:
    days = [date(1978 + month // 12, month % 12 + 1, 10) for month in range(25)]
    flows = [Flow(days[0], usd("5000")), *(Flow(day, usd("-230")) for day in days[1:])]

    assert _shown(annual_percentage_rate(flows)) == Decimal("9.69")


@pytest.mark.parametrize(
    ("advanced_on", "paid_on", "paid", "expected"),
    [
        (date(1978, 1, 3), date(1978, 9, 15), "1080.00", "11.45"),
        (date(1978, 7, 15), date(1979, 1, 15), "1044.00", "8.80"),
        (date(1978, 1, 17), date(1979, 7, 17), "1135.19", "8.76"),
        (date(1978, 1, 3), date(1980, 1, 3), "1240.00", "11.36"),
    ],
    ids=["in days", "in whole months", "a year and a half", "two years"],
)
def test_one_advance_and_one_payment_have_the_rates_of_example_c_5(
    advanced_on: date, paid_on: date, paid: str, expected: str
) -> None:
    flows = [Flow(advanced_on, usd("1000")), Flow(paid_on, -usd(paid))]

    assert _shown(annual_percentage_rate(flows)) == Decimal(expected)


def test_a_year_and_odd_days_count_the_days_over_365() -> None:
    flows = [Flow(date(1978, 1, 1), usd("1000")), Flow(date(1979, 1, 11), usd("-1100"))]

    found = annual_percentage_rate(flows).value

    assert abs((1 + found * 10 / 365) * (1 + found) - Decimal("1.1")) < Decimal("1e-7")


def test_without_fees_the_rate_of_a_loan_is_its_own() -> None:
    promised = schedule(contract("100000.00", "12.61", 36, start=date(2024, 1, 31)))

    found = annual_percentage_rate(borrower_flows(promised, fee=usd("0")))

    assert _shown(found) == Decimal("12.61")


def test_a_fee_kept_from_the_advance_costs_what_it_adds() -> None:
    promised = schedule(contract("10000.00", "12.00", 36))

    found = annual_percentage_rate(borrower_flows(promised, fee=usd("500")))

    monthly = annuity.rate(36, Decimal("-332.15"), Decimal(9500), Decimal(0))
    assert monthly is not None
    assert _shown(found) == round(monthly * 1200, 2) == Decimal("15.61")


def test_a_stated_unit_period_is_used() -> None:
    flows = [Flow(YEAR_1978, usd("1000")), Flow(date(1978, 3, 1), usd("-1020"))]

    monthly = annual_percentage_rate(flows, unit=UnitPeriod.of_months(1))

    assert monthly.value < Rate.percent(12).value
    assert _shown(monthly) == Decimal("11.94")


def test_credit_that_is_never_repaid_has_no_rate() -> None:
    with pytest.raises(UnusableTerms, match="flows"):
        annual_percentage_rate([Flow(YEAR_1978, usd("1000"))])


def test_payment_before_the_advance_has_no_rate() -> None:
    with pytest.raises(UnusableTerms, match="flows"):
        annual_percentage_rate(
            [Flow(YEAR_1978, usd("-10")), Flow(date(1978, 2, 1), usd("9")), *_pair()]
        )


def _pair() -> list[Flow]:
    return [Flow(date(1978, 3, 1), usd("1")), Flow(date(1978, 4, 1), usd("-1"))]


def test_a_payment_beyond_all_measure_has_no_rate() -> None:
    flows = [Flow(YEAR_1978, usd("0.01")), Flow(date(1978, 2, 1), usd("-10000000"))]

    with pytest.raises(UnusableTerms, match="no rate"):
        annual_percentage_rate(flows)


def _flows(case: dict[str, Any]) -> list[Flow]:
    advance = case["advance"]
    paid = [Flow(date.fromisoformat(day), -usd(amount)) for day, amount in case["payments"]]
    return [Flow(date.fromisoformat(advance["date"]), usd(advance["amount"])), *paid]


def _shown(rate: Rate) -> Decimal:
    return round(rate.value * 100, 2)
