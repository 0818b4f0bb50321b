"""Due days go on for ever in both directions, and parts of a period count by its days."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from amortization import Frequency
from amortization.frequency import Timetable

MONTHLY = Timetable(date(2024, 1, 31), Frequency.MONTHLY, 31)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def test_due_days_go_back_from_the_first() -> None:
    assert [MONTHLY.due(number) for number in (0, 1, 2)] == [
        date(2023, 12, 31),
        date(2024, 1, 31),
        date(2024, 2, 29),
    ]


def test_a_part_of_a_period_is_counted_by_its_days() -> None:
    assert MONTHLY.periods(date(2024, 1, 31), date(2024, 2, 10)) == Fraction(10, 29)
    assert MONTHLY.periods(date(2024, 1, 30), date(2024, 2, 29)) == 1 + Fraction(1, 31)


def test_a_day_before_a_due_day_many_years_on_is_still_in_its_period() -> None:
    passed = MONTHLY.periods(date(2024, 1, 31), date(2054, 1, 30))

    assert passed == 359 + Fraction(30, 31)


@given(first=DAYS, frequency=st.sampled_from(Frequency), start=DAYS, end=DAYS)
def test_periods_add_up_over_the_due_days(
    first: date, frequency: Frequency, start: date, end: date
) -> None:
    timetable = Timetable(first, frequency, first.day)

    assert timetable.periods(start, end) == -timetable.periods(end, start)
    assert (timetable.periods(start, end) > 0) == (end > start)
    assert timetable.periods(first, timetable.due(1 + frequency.periods_per_year)) == (
        frequency.periods_per_year
    )


@given(first=DAYS, frequency=st.sampled_from(Frequency))
def test_due_days_always_move_on(first: date, frequency: Frequency) -> None:
    timetable = Timetable(first, frequency, first.day)

    days = [timetable.due(number) for number in range(-10, 40)]

    longest = timedelta(days=366 // frequency.periods_per_year + 3)
    assert timetable.due(1) == first
    assert all(timedelta(0) < later - sooner <= longest for sooner, later in pairwise(days))
