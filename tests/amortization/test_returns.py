"""What irregular flows earn: published rates, and defined answers where there is no rate."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amortization import DayCount, UnusableTerms, annual_return, xirr, xnpv

LENT = (date(2024, 1, 1), Decimal(-100))
YEAR = date(2024, 12, 31)


def test_a_year_of_365_days_earns_what_came_back_on_top() -> None:
    assert xirr([LENT, (YEAR, Decimal("112.5"))]) == pytest.approx(
        Decimal("0.125"), abs=Decimal("1e-9")
    )


def test_an_example_of_mathworks_is_met_under_two_day_counts() -> None:
    days = ("2007-01-12", "2008-02-14", "2008-03-03", "2008-06-14", "2008-12-01")
    amounts = (-10000, 2500, 2000, 3000, 4000)
    flows = [
        (date.fromisoformat(day), Decimal(amount))
        for day, amount in zip(days, amounts, strict=True)
    ]

    by_360 = xirr(flows, day_count=DayCount.ACT_360)
    by_months = xirr(flows[::-1], day_count=DayCount.THIRTY_360_BOND_BASIS)

    assert by_360 is not None
    assert by_months is not None
    assert abs(by_360 - Decimal("0.0991988898057063")) < Decimal("1e-9")
    assert abs(by_months - Decimal("0.100675477282743")) < Decimal("1e-9")


def test_a_day_count_that_finds_no_rates_is_refused() -> None:
    with pytest.raises(UnusableTerms, match="day_count"):
        xirr([LENT, (YEAR, Decimal(1))], day_count=DayCount.EQUAL_PERIODS)


@pytest.mark.parametrize(
    "flows",
    [
        [],
        [LENT],
        [LENT, (YEAR, Decimal(0))],
        [(YEAR, Decimal(5))],
        [LENT, (LENT[0], Decimal(120))],
    ],
    ids=["nothing", "only paid in", "nothing back", "only received", "all on one day"],
)
def test_where_there_is_no_rate_none_is_named(flows: list[tuple[date, Decimal]]) -> None:
    assert xirr(flows) is None


def test_money_that_never_came_back_is_lost() -> None:
    assert annual_return([LENT]) == annual_return([LENT, (YEAR, Decimal(0))]) == -1
    assert annual_return([]) is None
    assert annual_return([(YEAR, Decimal(5))]) is None


def test_nearly_everything_lost_within_days_is_still_a_rate() -> None:
    """A case of pyxirr: -99.99884 % a year."""
    flows = [(date(2020, 3, 5), Decimal(-18480)), (date(2020, 3, 16), Decimal(13120))]

    found = annual_return(flows)

    assert found is not None
    assert abs(found + Decimal("0.9999884228170087")) < Decimal("1e-9")


@given(
    rate=st.decimals(Decimal("-0.5"), Decimal("1.5"), places=4),
    days=st.lists(st.integers(30, 3000), min_size=1, max_size=12, unique=True),
)
def test_the_rate_that_is_found_makes_the_flows_worth_nothing(
    rate: Decimal, days: list[int]
) -> None:
    later = [date.fromordinal(LENT[0].toordinal() + day) for day in days]
    worth = xnpv(rate, [(LENT[0], Decimal(0)), *((day, Decimal(10)) for day in later)])
    assume(worth is not None and worth > 0)
    assert worth is not None

    found = xirr([(LENT[0], -worth), *((day, Decimal(10)) for day in later)])

    assert found is not None
    assert abs(found - rate) < Decimal("1e-6")
