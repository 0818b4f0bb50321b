"""Unit-periods are found from the days, as paragraph (b)(4) of Appendix J tells."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from amortization.months import Months
from amortization.unitperiod import UnitPeriod, common_unit
from kernel import add_months

BEGIN = date(2024, 1, 10)


@pytest.mark.parametrize("months", [1, 2, 3, 6, 12])
def test_payments_every_so_many_months_make_that_the_unit(months: int) -> None:
    days = [add_months(BEGIN, months * number) for number in range(1, 9)]

    assert common_unit([BEGIN], days) == UnitPeriod.of_months(months)


@pytest.mark.parametrize("days", [1, 7, 10, 14, 28])
def test_payments_every_so_many_days_make_that_the_unit(days: int) -> None:
    paid = [BEGIN + timedelta(days=days * number) for number in range(1, 27)]

    assert common_unit([BEGIN], paid) == UnitPeriod.of_days(days)


def test_payments_on_the_first_and_the_sixteenth_are_semimonthly() -> None:
    paid = [date(2024, month, day) for month in (2, 3) for day in (1, 16)]

    unit = common_unit([BEGIN], paid)

    assert unit == UnitPeriod.of_months(Fraction(1, 2))
    assert unit.per_year == 24


def test_ends_of_months_are_months_apart() -> None:
    paid = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]

    assert common_unit([BEGIN], paid) == UnitPeriod.of_months(1)


def test_of_equally_common_periods_the_smaller_is_the_unit() -> None:
    steps = [1, 1, 3, 3]
    paid = [add_months(BEGIN, sum(steps[:count])) for count in range(1, 5)]

    assert common_unit([BEGIN], paid) == UnitPeriod.of_months(1)


def test_monthly_advances_count_among_the_periods() -> None:
    advances = [add_months(BEGIN, number) for number in range(4)]

    assert common_unit(advances, [date(2025, 1, 10)]) == UnitPeriod.of_months(1)


def test_without_a_common_period_the_nearest_to_the_average_is_taken() -> None:
    paid = [BEGIN + timedelta(days=20), BEGIN + timedelta(days=61)]

    assert common_unit([BEGIN], paid) == UnitPeriod.of_months(1)


def test_of_two_standard_intervals_equally_near_the_lower_is_taken() -> None:
    paid = [BEGIN + timedelta(days=13), BEGIN + timedelta(days=29)]

    assert common_unit([BEGIN], paid) == UnitPeriod.of_days(14)


def test_a_week_is_one_of_fifty_two() -> None:
    assert UnitPeriod.of_days(14).per_year == 26
    assert UnitPeriod.of_days(10).per_year == Fraction(365, 10)


@pytest.mark.parametrize(
    ("unit", "begin", "end", "expected"),
    [
        (UnitPeriod.of_months(1), date(1978, 2, 10), date(1978, 4, 1), (1, Fraction(19, 30))),
        (UnitPeriod.of_months(3), date(1978, 5, 23), date(1978, 10, 1), (1, Fraction(39, 90))),
        (UnitPeriod.of_days(7), date(1978, 3, 20), date(1978, 4, 21), (4, Fraction(4, 7))),
        (UnitPeriod.of_months(12), date(1978, 1, 17), date(1979, 7, 17), (1, Fraction(1, 2))),
        (UnitPeriod.of_months(12), date(1978, 1, 1), date(1979, 1, 11), (1, Fraction(10, 365))),
    ],
)
def test_units_and_their_parts_are_counted_back_from_the_later_day(
    unit: UnitPeriod, begin: date, end: date, expected: tuple[int, Fraction]
) -> None:
    assert unit.count(begin, end, Months.along(begin, [end])) == expected


def test_months_keep_the_day_they_began_on_where_the_series_ends_its_months() -> None:
    from_the_31st = Months.along(date(2024, 1, 31), [date(2024, 6, 30)])
    from_the_30th = Months.along(date(2024, 1, 30), [date(2024, 6, 30)])

    assert from_the_31st.between(date(2024, 1, 31), date(2024, 6, 30)) == (5, 0)
    assert from_the_30th.between(date(2024, 1, 30), date(2024, 6, 30)) == (5, 0)
