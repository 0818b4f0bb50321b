from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kernel import add_months, is_month_end

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@given(days, st.integers(-240, 240))
def test_months_later_is_the_same_day_or_the_months_end(day: date, months: int) -> None:
    later = add_months(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (is_month_end(later) and later.day < day.day)


@given(days)
def test_a_months_end_is_followed_by_a_first(day: date) -> None:
    assert is_month_end(day) == ((day + timedelta(days=1)).day == 1)


def test_an_anchor_brings_a_short_month_back_to_its_day() -> None:
    assert add_months(date(2026, 2, 28), 1) == date(2026, 3, 28)
    assert add_months(date(2026, 2, 28), 1, anchor=31) == date(2026, 3, 31)
